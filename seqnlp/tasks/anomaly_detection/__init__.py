"""Finding anomalies in series of numbers: an autoencoder of windows, and the threshold of its errors."""
