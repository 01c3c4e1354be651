from __future__ import annotations

import json
import os
import random

import pytest
from sacrebleu.metrics import BLEU, CHRF
from sacrebleu.significance import PairedTest

from seqnlp.errors import DataError
from seqnlp.metrics.translation_comparison import compare
from seqnlp.report.comparison import comparison_text

WORDS = ["a", "man", "woman", "dog", "runs", "sits", "on", "in", "park", "street", "red", "blue", "big", "and", "near"]


def corpus(lines: int = 30) -> list[str]:
    draw = random.Random(0)
    return [" ".join(draw.choices(WORDS, k=9)) for _ in range(lines)]


def noisy(texts: list[str], rate: float, seed: int) -> list[str]:
    draw = random.Random(seed)
    return [" ".join(draw.choice(WORDS) if draw.random() < rate else word for word in t.split()) for t in texts]


REFERENCES = corpus()
GOOD, BAD = noisy(REFERENCES, 0.1, 1), noisy(REFERENCES, 0.5, 2)


@pytest.fixture(scope="module")
def clear():
    return compare(BAD, GOOD, REFERENCES, "en")


def test_the_numbers_are_those_of_sacrebleus_paired_tests(clear, monkeypatch):
    monkeypatch.setenv("SACREBLEU_SEED", "12345")
    metrics = {"BLEU": BLEU(), "chrF": CHRF()}
    tests = {kind: PairedTest([("A", BAD), ("B", GOOD)], metrics, [REFERENCES], kind)() for kind in ("bs", "ar")}
    assert [each.name for each in clear.measures] == ["BLEU", "chrF2"]
    for each in clear.measures:
        a, b = tests["bs"][1][each.name]
        assert (each.a.score, each.b.score) == (a.score, b.score)
        assert (each.a.mean, each.b.mean) == pytest.approx((a.mean, b.mean))
        assert (each.a.high - each.a.low, each.b.high - each.b.low) == pytest.approx((2 * a.ci, 2 * b.ci))
        assert each.bootstrap_p == b.p_value
        assert each.randomization_p == tests["ar"][1][each.name][1].p_value
        assert "bs:1000|ar:10000|seed:12345" in each.signature


def test_a_clear_difference_is_said_in_plain_words(clear):
    difference = clear.measures[0].difference
    assert difference > 10
    assert clear.verdicts[0] == f"B is better by {difference:.1f} BLEU (p = 0.001)"
    assert clear.verdicts[1].startswith("B is better by ")
    turned = compare(GOOD, BAD, REFERENCES, "en")
    assert turned.verdicts[0] == f"A is better by {difference:.1f} BLEU (p = 0.001)"


def test_chance_is_not_called_a_difference():
    verdicts = compare(noisy(REFERENCES, 0.3, 3), noisy(REFERENCES, 0.3, 4), REFERENCES, "en").verdicts
    assert verdicts[0].startswith("no significant difference in BLEU at p < 0.05 (p = 0.")


def test_identical_translations_are_named_so():
    same = compare(GOOD, list(GOOD), REFERENCES, "en")
    assert same.identical
    assert same.verdicts == ["A and B are identical: there is no difference"]
    assert [(each.bootstrap_p, each.randomization_p) for each in same.measures] == [(1, 1), (1, 1)]


def test_a_difference_that_no_measure_sees_is_not_significant():
    spaced = [text + " " for text in GOOD]
    actual = compare(GOOD, spaced, REFERENCES, "en")
    assert not actual.identical
    assert [each.p_value for each in actual.measures] == [1, 1]
    assert actual.verdicts[0] == "no significant difference in BLEU at p < 0.05 (p = 1.000)"


@pytest.mark.parametrize("seed", [None, "7", "none"])
def test_the_environment_neither_matters_nor_changes(seed, clear, monkeypatch):
    monkeypatch.delenv("SACREBLEU_SEED", raising=False)
    if seed is not None:
        monkeypatch.setenv("SACREBLEU_SEED", seed)
    assert compare(BAD, GOOD, REFERENCES, "en").to_dict() == clear.to_dict()
    assert os.environ.get("SACREBLEU_SEED") == seed


def test_the_comparison_can_be_written_as_json_and_read_back(clear):
    written = clear.to_dict()
    assert json.loads(json.dumps(written, allow_nan=False)) == written
    assert written["verdict"].startswith("B is better by ")
    assert written["measures"][0]["difference"] == clear.measures[0].difference
    assert (written["size"], written["unit"], written["identical"]) == (30, "lines", False)


def test_the_text_begins_with_the_verdict_and_shows_both_systems(clear):
    lines = comparison_text(clear).splitlines()
    assert lines[:2] == clear.verdicts
    assert "30 lines" in lines
    bleu = clear.measures[0]
    row = next(line.split() for line in lines if line.split()[:2] == ["BLEU", "B"])
    assert row[2:4] == [f"{bleu.b.score:.2f}", f"{bleu.b.mean:.2f}"]
    assert row[-2:] == [f"{bleu.bootstrap_p:.4f}", f"{bleu.randomization_p:.4f}"]
    assert lines[-1].startswith("chrF2: nrefs:1|bs:1000|ar:10000|")


def test_intervals_of_a_few_lines_stay_where_scores_can_be():
    actual = compare(REFERENCES[:4], REFERENCES[:4], REFERENCES[:4], "en")
    assert [measure.a.high for measure in actual.measures] == [100.0, 100.0]


def test_an_empty_hypothesis_can_be_compared():
    actual = compare(["", *GOOD[1:]], GOOD, REFERENCES, "en")
    assert actual.measures[0].difference > 0


def test_different_numbers_of_lines_are_refused_with_all_numbers():
    with pytest.raises(DataError, match=r"found 1 translations by A, 2 translations by B, 2 references$"):
        compare(["a"], ["a", "b"], ["a", "b"], "en")
