"""The network of a tagger: vectors of words -> recurrent layers -> emissions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from seqnlp.arrays import IntArray
from seqnlp.config.tagging import ModelConfig
from seqnlp.crf.chain import boundary_transitions, forbidden_moves
from seqnlp.crf.inference import LinearChainCRF
from seqnlp.networks.graph import Builder, Graph, Run
from seqnlp.networks.layers import Stack, Weights, linear, recurrent
from seqnlp.networks.protocol import FloatArray
from seqnlp.networks.viterbi import add_viterbi
from seqnlp.networks.word_rows import WordRows, below
from seqnlp.text.tags import legal_end, legal_start, legal_transitions


class GraphTagger:
    """A tagger whose network is a graph; see :class:`~seqnlp.networks.protocol.TaggerNetwork`.

    Args:
        tags: every tag, in the order of the emissions.
        weights: of the whole model.
        make: makes a graph callable.
        context_dim: width of the contextual embeddings; 0: it reads none.
    """

    def __init__(
        self,
        model: ModelConfig,
        tags: Sequence[str],
        weights: Weights,
        make: Callable[[Graph], Run],
        context_dim: int = 0,
    ) -> None:
        self.words = WordRows(below(weights, "embedder"), model.fine_tune, make)
        self.crf = crf_of(tags, model.scheme, weights)
        self.greedy = model.output == "softmax"
        self._run = make(tagger_graph(model, weights, context_dim))

    def emissions(self, rows: FloatArray, lengths: IntArray, context: FloatArray | None = None) -> FloatArray:
        """Emissions (B, T, K)."""
        more = {} if context is None else {"context": context}
        return self._run(rows=rows, lengths=lengths, **more)["emissions"]


def crf_of(tags: Sequence[str], scheme: str, weights: Weights) -> LinearChainCRF:
    """The CRF of a tagger's weights."""
    legal = legal_start(tags, scheme), legal_end(tags, scheme), legal_transitions(tags, scheme)
    forbidden = forbidden_moves(*map(np.array, legal))
    start, end, moves = (weights[f"crf.{name}"] for name in ("start_transitions", "end_transitions", "transitions"))
    return LinearChainCRF(boundary_transitions(start, end, moves, forbidden))


def tagger_graph(
    model: ModelConfig,
    weights: Weights,
    context_dim: int = 0,
    crf: LinearChainCRF | None = None,
    penalties: FloatArray | None = None,
) -> Graph:
    """Emissions (B, T, K) from the words' vectors ``rows`` (B, T, D) and ``lengths`` (B,).

    Args:
        crf: for the best ``tags`` (B, T) and their ``score`` (B,) as well; numpy has no Scan, which they need.
        penalties: (K,) taken from the emissions where the best tags are sought.
        context_dim: C, width of the contextual embeddings ``context`` (B, T, C); 0: the tagger reads none.
    """
    build = Builder("tagger")
    stack = Stack.of(weights, "recurrent", model.cell, model.num_layers, model.bidirectional)
    context_width = model.context_dim or context_dim if context_dim else 0
    row_dim = weights["recurrent.forwards.0.weight_ih_l0"].shape[1] - context_width
    inputs = build.input("rows", np.float32, ("B", "T", row_dim))
    if context_dim:
        context = build.input("context", np.float32, ("B", "T", context_dim))
        if "context.project.weight" in weights:
            context = linear(build, context, weights, "context.project")
        inputs = build.add("Concat", inputs, context, axis=-1)
    lengths = build.input("lengths", np.int32, ("B",))
    outputs = recurrent(build, inputs, lengths, stack)  # (B, T, H)
    emissions = linear(build, outputs, weights, "project")
    build.output("emissions", emissions, np.float32, ("B", "T", len(weights["project.weight"])))
    if crf is not None:
        lowered = emissions if penalties is None else build.add("Sub", emissions, build.constant(penalties))
        tags, score = add_viterbi(build, lowered, lengths, crf)
        build.output("tags", tags, np.int64, ("B", "T"))
        build.output("score", score, np.float32, ("B",))
    return build.graph
