"""Pieces that know tensors, not tasks: recurrent layers, embeddings, dropout, the conditional random field."""
