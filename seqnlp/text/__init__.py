"""Text without tensors: tag schemes, files, tokens, vocabularies, pretrained vectors."""
