from __future__ import annotations

import gzip
import math
import random
from dataclasses import asdict
from pathlib import Path

import pytest
from sacrebleu.metrics import BLEU, CHRF, TER

from seqnlp.errors import DataError
from seqnlp.metrics.translation_scores import bleu, chrf, corpus_scores

REFERENCES = ["the cat sat on the mat .", "a dog barks"]
METRICS = {"bleu": BLEU, "chrf": CHRF, "ter": TER}


@pytest.fixture(scope="module")
def texts(shared_data: Path) -> tuple[list[str], list[str]]:
    """200 real captions, and the same with words exchanged and dropped."""
    with gzip.open(shared_data / "translation/multi30k/test_2016_flickr.en.gz", "rt", encoding="utf-8") as file:
        references = [next(file).rstrip("\n") for _ in range(200)]
    draw = random.Random(1)
    pool = " ".join(references).split()
    noisy = [
        " ".join(draw.choice(pool) if draw.random() < 0.3 else word for word in line.split() if draw.random() > 0.1)
        for line in references
    ]
    return noisy, references


def test_a_perfect_translation_has_perfect_scores():
    scores = corpus_scores(REFERENCES, REFERENCES, "en")
    assert scores.bleu.value == pytest.approx(100)
    assert (scores.chrf.value, scores.ter.value, scores.brevity_penalty) == (100, 0, 1)
    assert (scores.hypothesis_length, scores.reference_length) == (10, 10)
    assert (scores.ter.low, scores.ter.high) == (0, 0)


def test_bleu_by_hand():
    # n-grams right: 5 of 6 words, 3 of 5 pairs, 2 of 4 triples, 1 of 3 fours; one word too short.
    score = bleu(["the cat sat on a mat"], ["the cat sat on the mat ."], "en")
    assert score == pytest.approx(100 * math.exp(1 - 7 / 6) * (5 / 6 * 3 / 5 * 2 / 4 * 1 / 3) ** 0.25)


def test_ter_by_hand_sums_edits_before_it_divides():
    scores = corpus_scores(["the cat sat on a mat .", "dog barks"], REFERENCES, "en")  # one word wrong, one left out
    assert scores.ter.value == pytest.approx(100 * (1 + 1) / (7 + 3))


def test_the_scores_are_those_of_sacrebleu(texts):
    hypotheses, references = texts
    scores = corpus_scores(hypotheses, references, "en")
    for name, metric in METRICS.items():
        expected = metric().corpus_score(hypotheses, [references])
        assert getattr(scores, name).value == expected.score
        assert getattr(scores, name).name == expected.name
    assert bleu(hypotheses, references, "en") == scores.bleu.value
    assert chrf(hypotheses, references, "en") == scores.chrf.value
    lengths = BLEU().corpus_score(hypotheses, [references])
    assert (scores.brevity_penalty, scores.hypothesis_length, scores.reference_length) == (
        lengths.bp,
        lengths.sys_len,
        lengths.ref_len,
    )
    assert scores.brevity_penalty < 1


@pytest.mark.parametrize("name", METRICS)
def test_interval_and_signature_are_those_of_sacrebleus_own_bootstrap(name, texts, monkeypatch):
    monkeypatch.delenv("SACREBLEU_SEED", raising=False)
    hypotheses, references = texts
    actual = getattr(corpus_scores(hypotheses, references, "en"), name)
    metric = METRICS[name]()
    expected = metric.corpus_score(hypotheses, [references], n_bootstrap=1000)
    assert (actual.high - actual.low) / 2 == pytest.approx(expected._ci, abs=1e-4)  # sacrebleu sums in float32
    assert actual.low < expected._mean < actual.high
    assert actual.signature == str(metric.get_signature())
    assert "bs:1000|seed:12345" in actual.signature


def test_the_interval_does_not_depend_on_anything_but_the_texts(texts, monkeypatch):
    first = asdict(corpus_scores(*texts, "en"))
    monkeypatch.setenv("SACREBLEU_SEED", "7")
    random.seed(3)
    assert asdict(corpus_scores(*texts, "en")) == first


def test_bleu_and_chrf_tell_upper_from_lower_case():
    assert bleu(["the cat sat on the mat"], ["The cat sat on the mat"], "en") < 100
    assert "case:mixed" in corpus_scores(REFERENCES, REFERENCES, "en").bleu.signature


@pytest.mark.parametrize("code", ["zh", "zh-CN", "zh_Hans", "cmn", "Chinese", "target"])
def test_chinese_is_cut_into_characters(code):
    scores = corpus_scores(["我 喜欢狗。"], ["我喜欢狗。"], code)
    assert scores.bleu.value == pytest.approx(100)
    assert scores.reference_length == 5
    assert "tok:zh" in scores.bleu.signature
    assert corpus_scores(["我喜欢猫。"], ["我喜欢狗。"], code).ter.value == pytest.approx(100 / 5)  # not the sentence


@pytest.mark.parametrize("code", ["ja", "jpn", "Japanese", "tgt_text"])
def test_japanese_says_how_it_was_cut(code):
    scores = corpus_scores(["犬が好きです。"], ["犬が好きです。"], code)
    assert scores.bleu.value == pytest.approx(100)
    assert "tok:char" in scores.bleu.signature or "tok:ja-mecab" in scores.bleu.signature
    assert "norm:yes" in scores.ter.signature
    assert "asian:yes" in scores.ter.signature


@pytest.mark.parametrize("code", ["th", "tha", "Thai", "output"])
def test_thai_is_no_line_of_one_word(code):
    """Whole lines as words would make any translation but the reference worth nothing."""
    scores = corpus_scores(["ฉันชอบสุนัขมาก"], ["ฉันชอบสุนัข"], code)
    assert scores.bleu.value == pytest.approx(100 * (11 / 14 * 10 / 13 * 9 / 12 * 8 / 11) ** 0.25)
    assert "tok:char" in scores.bleu.signature
    assert bleu(["ฉันชอบสุนัขมาก"], ["ฉันชอบสุนัข"], code) == pytest.approx(scores.bleu.value)


@pytest.mark.parametrize("code", ["en", "target", "xx", "my_text", "th_en"])
def test_texts_with_spaces_are_cut_as_ever(code):
    assert "tok:13a" in corpus_scores(REFERENCES, REFERENCES, code).bleu.signature


def test_an_empty_hypothesis_is_scored_not_refused():
    scores = corpus_scores(["", "a dog barks"], REFERENCES, "en")
    assert scores.hypothesis_length == 3
    assert scores.brevity_penalty == pytest.approx(math.exp(1 - 10 / 3))
    assert scores.ter.value == pytest.approx(70)
    nothing = corpus_scores(["", ""], REFERENCES, "en")
    assert (nothing.bleu.value, nothing.chrf.value, nothing.ter.value, nothing.brevity_penalty) == (0, 0, 100, 0)


@pytest.mark.parametrize("score", [corpus_scores, bleu, chrf])
def test_different_numbers_of_lines_are_refused_with_both_numbers(score):
    expected = "expected texts with the same number of lines, line by line; found 1 hypotheses, 2 references"
    with pytest.raises(DataError, match=f"^{expected}$"):
        score(["a"], REFERENCES, "en")
    with pytest.raises(DataError, match=r"^expected at least one line to score; found 0 hypotheses, 0 references$"):
        score([], [], "en")
