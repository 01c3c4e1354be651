"""Translation: an encoder, a decoder with attention, and how they are searched."""
