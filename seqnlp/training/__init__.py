"""The training loop and what it needs; knows models only as something with a loss."""
