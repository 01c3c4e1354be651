"""Tagging: a recurrent network over words, a CRF over tags, and the probabilities of what they find."""
