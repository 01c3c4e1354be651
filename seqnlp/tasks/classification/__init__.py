"""Classification: a recurrent network over words, pooled, and n-grams that are fitted beside it."""
