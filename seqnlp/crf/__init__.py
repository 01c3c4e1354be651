"""The algorithms of a linear-chain conditional random field (CRF), on NumPy arrays; nothing here needs torch.

Read ``chain.py`` first: it says what a CRF scores and how a padded batch is laid out. Then ``log_space.py``: the
forward-backward algorithm in its simplest form. ``scaled.py`` computes the same, faster. The others build on these:
``posterior.py`` (probabilities), ``entropy.py`` (how unsure), ``viterbi.py`` and ``k_best.py`` (best paths),
``gradient.py`` (of the likelihood), ``constrained.py`` (greedy, without a CRF). ``inference.py`` puts them behind one
class. The trainable module with its parameters and its loss is ``seqnlp/nn/crf.py``.
"""
