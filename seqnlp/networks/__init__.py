"""Inference without torch: a network is a graph of standard operators, run by onnxruntime or by numpy.

Read ``graph`` (what a graph is) and ``tagger`` (how one is built from settings and weights) first.
"""
