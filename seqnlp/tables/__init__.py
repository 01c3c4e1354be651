"""Tables with a text column, answered piece by piece: parquet, CSV, JSON lines."""
