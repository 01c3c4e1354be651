"""An HTTP server that answers with trained models: ``seqnlp serve``. Needs the extra ``serve``, not torch."""
