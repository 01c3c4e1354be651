"""From scores to the best sequences: Viterbi, its K best, constrained greedy decoding."""
