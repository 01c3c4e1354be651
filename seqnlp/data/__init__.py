"""From labelled sources to encoded arrays to batches."""
