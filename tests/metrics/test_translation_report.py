from __future__ import annotations

import json
import re

import numpy as np
import pytest
from outline import Outline

from seqnlp.metrics.translation_health import health
from seqnlp.metrics.translation_scores import bleu, corpus_scores
from seqnlp.metrics.translation_worst import worst_sentences
from seqnlp.tasks.translation.report import TranslationReport

SOURCES = ["Ein Hund läuft im Park .", "Zwei Frauen reden miteinander .", "Ein Zimmermann arbeitet .", "Schnee ."]
REFERENCES = ["A dog runs in the park .", "Two women are talking .", "A carpenter works .", "Snow ."]
OUTPUTS = ["A dog runs in the park .", "Two women women are talking .", "A Zimmermann works .", ""]


def report(**changes) -> TranslationReport:
    hypotheses, attention = changes.pop("hypotheses", OUTPUTS), changes.pop("attention", None)
    sources = changes.pop("sources", SOURCES)
    return TranslationReport(
        **{
            "title": "demo",
            "split": "test",
            "sentences": 4,
            "source_tokens": 1234,
            "target_tokens": 18,
            "scores": corpus_scores(hypotheses, REFERENCES, "en"),
            "health": health(sources, hypotheses, REFERENCES, [attention] * 4),
            "decoding": "beam 5, length penalty average",
            "worst": worst_sentences(sources, hypotheses, REFERENCES),
            **changes,
        }
    )


def test_the_score_of_a_report_is_bleu_between_0_and_1():
    assert report().score == pytest.approx(bleu(OUTPUTS, REFERENCES, "en") / 100)
    assert 0 < report().score < 1


def test_a_report_can_be_written_as_json_and_read_back():
    written = report(seconds=2.0, attention=np.full((1, 3), 0.1, dtype=np.float32)).to_dict()
    assert json.loads(json.dumps(written, allow_nan=False)) == written
    assert (written["measure"], written["score"]) == ("BLEU", report().score)
    assert written["scores"]["bleu"]["signature"].startswith("nrefs:1|")
    assert written["health"]["uncovered"]["count"] == 8
    assert written["health"]["empty"]["examples"][0]["source"] == "Schnee ."
    assert (written["seconds"], written["decoding"]) == (2.0, "beam 5, length penalty average")


def test_the_text_says_what_was_measured():
    actual = report(seconds=2.0)
    lines = actual.to_text().splitlines()
    scores = actual.scores
    assert lines[0] == "demo on test: 4 sentences, 1,234 source tokens, 18 target tokens"
    interval = f"(95 % interval {scores.bleu.low:.2f} to {scores.bleu.high:.2f})"
    assert lines[1] == f"  BLEU             {scores.bleu.value:.2f}  {interval}"
    assert f"  brevity penalty  {scores.brevity_penalty:.3f}  (17 words for 18)" in lines
    assert "  decoding         beam 5, length penalty average" in lines
    assert "  speed            2.0 sentences/s" in lines
    assert f"  TER by           {scores.ter.signature}" in lines  # signatures are never cut
    assert any(line.split() == ["empty", "outputs", "1", "4", "25.00"] for line in lines)
    assert any(line.startswith("     3  Zimmermann  Ein Zimmermann arbeitet .") for line in lines)
    assert any(line.startswith("     2  women (2 times)") for line in lines)
    assert all(line == line.rstrip() for line in lines)


def test_what_was_not_measured_is_left_out():
    text = report().to_text()
    assert "speed" not in text
    assert "attention" not in text
    attended = report(attention=np.ones((1, 4), dtype=np.float32)).to_text()
    assert "source positions with hardly any attention" in attended
    assert "Worst: source positions" not in attended


def test_text_from_data_cannot_disturb_a_terminal():
    text = report(sources=[*SOURCES[:3], "\x1b[31m" + "x" * 100]).to_text()
    assert "\x1b" not in text
    assert "x" * 49 not in text


def test_the_page_holds_every_part():
    outline = Outline(report(seconds=2.0).to_html())
    assert outline.texts.count("A carpenter works .") == 2  # beside the copied word and among the worst
    for text in (
        "The worst sentences, by their chrF",
        "demo on test",
        "BLEU",
        "chrF2",
        "TER",
        "Health",
        "Worst: empty outputs",
        "Zimmermann",
        "decoding",
    ):
        assert text in outline.texts
    assert report().scores.chrf.signature in outline.texts


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", '"><img src=x>', "a&b", "'</td>'"])
def test_text_from_data_is_never_markup(hostile):
    changed = {
        "sources": {"sources": [*SOURCES[:3], hostile]},
        "outputs": {"hypotheses": [f"word word {hostile}", *OUTPUTS[1:]]},
        "title": {"title": hostile},
        "decoding": {"decoding": hostile},
    }
    for change in changed.values():
        outline = Outline(report(**change).to_html())
        assert not {"script", "img"} & {name for name, _ in outline.seen}
        assert any(hostile in actual for actual in outline.texts)


def test_the_page_asks_nothing_of_the_network():
    text = report().to_html()
    assert "://" not in text
    assert not re.search(r"\b(src|href|srcset|action)\s*=|url\(|@import|<script|<link", text)
    assert "default-src 'none'" in text


def test_one_sentence_is_not_called_one_sentences() -> None:
    assert report(sentences=1, source_tokens=1, target_tokens=2).size == "1 sentence, 1 source token, 2 target tokens"
