"""One task a file: joins data, model and metric; nothing else knows all three."""
