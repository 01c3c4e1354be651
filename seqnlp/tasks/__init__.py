"""One task a folder: joins data, model and metric; nothing below knows all three."""
