"""The page of a translator says what the translator says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command import output
from page_answers import needs_node, page_answers, random_lines, variants
from page_models import make_translator

import seqnlp
from seqnlp.text.sentence_ends import SentenceHabits

LONG = "The soup was fine, the rooms were not; 300 years. Lower Ashby met soups! " * 2 + "300yearsofsoup" * 6
SENTENCES = [
    'The soup was fine. The room met soups! "Was Lower Ashby in?" The years. the end',
    "Dr. Ashby met no. 3 J. Oake St. Lower in 1990. The soup vgl. Ashby was U.S. Army. 12. Room... Fine",
    "the soup was fine . it met ashby? lower st. ashby. 3 rooms. u.s. army",
    "私は。彼は「はい。」と言った！本",
]
LINES = ["the soup was fine", "", " ", "x", "Lower  Ashby met\tthe room", *random_lines(8, seed=7), *SENTENCES, LONG]
VARIANTS: dict[str, dict[str, Any]] = {
    "as it is": {},
    "dot": {"attention": "dot", "decoder_hidden_dim": 10, "bridge": "final", "cell": "gru"},
    "general": {
        **{"attention": "general", "input_feeding": False, "bridge": "zero", "tie_embeddings": "none"},
        "decoding": {"length_penalty": "gnmt", "alpha": 0.7, "beam": 3, "min_ratio": 0.8},
    },
    "coverage": {
        **{"coverage": True, "layer_norm": True, "tie_embeddings": "target", "bridge": "final", "joint": False},
        **{"decoding": {"coverage_penalty": 0.3, "no_repeat_ngram": 2}, "habits": SentenceHabits(1, ("soup",))},
    },
    "deep": {
        **{"encoder_layers": 2, "decoder_layers": 3, "bidirectional": False, "bridge": "final", "cell": "peephole"},
        "decoding": {"length_penalty": "none", "max_ratio": 0.5, "max_extra": 3},
    },
    "greedy": {
        **{"decoder_layers": 2, "cell": "rnn", "kind": "unigram", "decoding": {"beam": 1, "no_repeat_ngram": 3}},
        "habits": SentenceHabits(1, (), lowercase=True),
    },
}


@needs_node
@pytest.mark.parametrize("name", variants(VARIANTS, "dot", "deep"))
def test_the_page_translates_as_python_does(tmp_path: Path, name: str) -> None:
    folder = make_translator(tmp_path, **VARIANTS[name])
    output("export", folder, "--page", tmp_path / "page.html", "--precision", "fp32")
    translator: Any = seqnlp.Translator(folder, engine="onnxruntime")
    nbest = min(3, translator.decoding.beam)
    expected = translator.translate_lines(LINES, nbest=nbest, attention=True)
    answers = page_answers("translation", [{"text": line, "nbest": nbest} for line in LINES], tmp_path / "page.html")
    for line, right, actual in zip(LINES, expected, answers, strict=True):
        assert [one["text"] for one in actual] == [one.text for one in right.hypotheses], line
        assert [one["score"] for one in actual] == pytest.approx([one.score for one in right.hypotheses], abs=1e-4)
        if actual[0]["attention"]:
            np.testing.assert_allclose(actual[0]["attention"], right.hypotheses[0].attention, atol=1e-5)
    assert not answers[-1][0]["attention"]  # it was cut
    assert len({one[0]["text"] for one in answers}) > 3


@needs_node
def test_words_of_the_source_are_those_that_alignments_count(tmp_path: Path) -> None:
    folder = make_translator(tmp_path)
    output("export", folder, "--page", tmp_path / "page.html", "--precision", "fp32")
    subwords: Any = seqnlp.Translator(folder, engine="onnxruntime")._subwords.source
    lines = [*(line for line in LINES if line.strip()), *random_lines(60, seed=8)]
    for line, actual in zip(lines, page_answers("alignment", lines, tmp_path / "page.html"), strict=True):
        assert actual["words"] == line.split()
        assert actual["numbers"] == subwords.words_of_pieces(line), line
