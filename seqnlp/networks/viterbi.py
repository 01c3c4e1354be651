"""Viterbi's algorithm inside a graph, for runtimes of other languages: the best tags of a CRF."""

from __future__ import annotations

import numpy as np

from seqnlp.crf.inference import LinearChainCRF
from seqnlp.networks.graph import Array, Builder, Graph

FORBIDDEN = -1e30
"""The score of what must not be."""


def add_viterbi(build: Builder, emissions: str, lengths: str, crf: LinearChainCRF) -> tuple[str, str]:
    """The best tags (B, T), anything at padding, and their scores (B,), from emissions (B, T, K) and lengths (B,)."""
    scores = np.where(np.isneginf(crf.transitions), FORBIDDEN, crf.transitions).astype(np.float32)  # (N, N)
    start, end, moves = scores[-1, :-1], scores[:-1, -1], scores[:-1, :-1]
    steps = build.add("Transpose", emissions, perm=[1, 0, 2])  # (T, B, K)
    axis, zero, one = build.constant([0]), build.constant([0]), build.constant([1])
    first = build.add("Slice", steps, zero, one, axis)  # (1, B, K)
    state = build.add("Add", build.add("Squeeze", first, axis), build.constant(start[None]))  # (B, K)
    # A Scan may not run over nothing, as with a single word: a step that is over for everybody is appended.
    rest = build.add("Slice", steps, one, build.constant([np.iinfo(np.int64).max]), axis)
    rest = build.add("Concat", rest, first, axis=0)  # (T, B, K)
    live = _live(build, steps, lengths)  # (T, B, 1)
    last, pointers = build.add_many("Scan", 2, state, rest, live, body=_forward(moves), num_scan_inputs=2)
    final = build.add("Add", last, build.constant(end[None]))  # (B, K)
    best = build.add("ArgMax", final, axis=1, keepdims=1)  # (B, 1)
    _, path = build.add_many(
        "Scan",
        2,
        best,
        pointers,
        body=_backward(len(start)),
        num_scan_inputs=1,
        scan_input_directions=[1],
        scan_output_directions=[1],
    )  # (T, B, 1)
    tags = build.add("Transpose", build.add("Squeeze", path, build.constant([2])), perm=[1, 0])  # (B, T)
    return tags, build.add("ReduceMax", final, axes=[1], keepdims=0)


def _live(build: Builder, steps: str, lengths: str) -> str:
    """Whether steps 1 to T are real ones of each sentence, (T, B, 1)."""
    count = build.add("Gather", build.add("Shape", steps), build.constant(np.array(0)))
    one = build.constant(np.array(1))
    numbers = build.add("Range", one, build.add("Add", count, one), one)  # (T,)
    wide = build.add("Unsqueeze", numbers, build.constant([1, 2]))
    long = build.add("Unsqueeze", build.add("Cast", lengths, to=np.int64), build.constant([0, 2]))
    return build.add("Less", wide, long)


def _forward(moves: Array) -> Graph:
    """The next scores (B, K) and where each came from; where a sentence is over, both stay."""
    build, count = Builder("forward", "forward."), len(moves)
    state = build.input("forward.state", np.float32, ("B", count))
    emission = build.input("forward.emission", np.float32, ("B", count))
    live = build.input("forward.live", np.bool_, ("B", 1))
    wide = build.add("Unsqueeze", state, build.constant([2]))  # (B, K, 1)
    candidates = build.add("Add", wide, build.constant(moves[None]))  # (B, K, K)
    best = build.add("Add", build.add("ReduceMax", candidates, axes=[1], keepdims=0), emission)
    pointers = build.add("ArgMax", candidates, axis=1, keepdims=0)
    build.output("forward.next", build.add("Where", live, best, state), np.float32, ("B", count))
    own = build.constant(np.arange(count)[None])
    build.output("forward.pointers", build.add("Where", live, pointers, own), np.int64, ("B", count))
    return build.graph


def _backward(count: int) -> Graph:
    """The tag (B, 1) from which a tag was reached."""
    build = Builder("backward", "backward.")
    tag = build.input("backward.tag", np.int64, ("B", 1))
    pointers = build.input("backward.pointers", np.int64, ("B", count))
    before = build.add("GatherElements", pointers, tag, axis=1)
    build.output("backward.before", before, np.int64, ("B", 1))
    build.output("backward.found", before, np.int64, ("B", 1))
    return build.graph
