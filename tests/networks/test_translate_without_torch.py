"""Translating where there is no torch: the same answers, alone and in any batch; in int8 nearly the same."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from page_models import make_translator
from tasks_in_process import trained_task
from tiny_pairs import tiny_translation, write_tiny_pairs
from without import run_without

from seqnlp.api import Translator
from seqnlp.decode.sampling import SamplingOptions
from seqnlp.errors import SeqnlpError
from seqnlp.tasks.translation.answers import word_attention
from seqnlp.tasks.translation.task import TranslationTask


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trained run."""
    folder = tmp_path_factory.mktemp("run")
    write_tiny_pairs(folder)
    config = tiny_translation(folder)
    trained_task(TranslationTask, config, folder / "trained")
    return folder / "trained"


@pytest.fixture(scope="module")
def lines(run: Path) -> list[str]:
    """What to translate."""
    return [*(run.parent / "dev.de").read_text(encoding="utf-8").splitlines()[:12], "", "x", "東京 ☃"]


def test_answers_are_those_of_torch(run: Path, lines: list[str]) -> None:
    theirs = Translator(run, engine="torch", precision="fp32")
    for engine in ("auto", "numpy"):
        ours = Translator(run, engine=engine)
        for options in ({"nbest": 3, "attention": True}, {"sampling": SamplingOptions(seed=3)}):
            actual, wanted = ours.translate_lines(lines, **options), theirs.translate_lines(lines, **options)
            for one, other in zip(actual, wanted, strict=True):
                assert [h.text for h in one.hypotheses] == [h.text for h in other.hypotheses]
                for mine, yours in zip(one.hypotheses, other.hypotheses, strict=True):
                    assert mine.score == pytest.approx(yours.score, abs=1e-4)
                    assert (mine.attention is None) == (yours.attention is None)
                    if mine.attention is not None and yours.attention is not None:
                        np.testing.assert_allclose(mine.attention, yours.attention, atol=1e-4)
        texts = [answer.text for answer in theirs.translate_lines(lines)]
        for one, other in zip(ours.score_lines(lines, texts), theirs.score_lines(lines, texts), strict=True):
            assert one.token_log_probabilities == pytest.approx(other.token_log_probabilities, abs=1e-4)


def test_lines_of_a_text_are_translated_by_themselves(run: Path, lines: list[str]) -> None:
    translator = Translator(run)
    one, other = translator.translate_lines(lines[:2])
    for text in (f"{lines[0]}\n{lines[1]}", f"\n \n{lines[0]}\r\n{lines[1]}\n"):
        both = translator.translate(text, nbest=2, attention=True)
        assert (both.text, both.parts, both.source) == (f"{one.text}\n{other.text}", 2, text)
        scores = [one.hypotheses[0].score, other.hypotheses[0].score]
        assert both.hypotheses[0].score == pytest.approx(sum(scores))
    long = " ".join(lines[:12])
    assert translator.translate(f"{lines[0]}\n\n{long}").text == f"{one.text}\n\n{translator.translate(long).text}"
    assert translator.translate(f"{lines[0]}\n").hypotheses == one.hypotheses, "as files give their lines"
    begun = translator.translate_lines([f"{lines[0]}\n{lines[1]}"], prefixes=["the"])[0].text
    assert translator.translate(f"{lines[0]}\n{lines[1]}", prefix="the").text == begun
    assert begun.startswith("the")
    assert begun.endswith(f"\n{other.text}")
    assert translator.translate(" \n\n").text == ""


def test_sentences_of_a_line_are_translated_by_themselves_by_a_model_of_single_ones(
    run: Path, lines: list[str]
) -> None:
    translator = Translator(run)
    sentences = [f"Ein {line}" for line in lines[:3]]
    together = translator.translate("  ".join(sentences), nbest=4, attention=True)
    alone = translator.translate_lines(sentences, nbest=4)
    ways = [
        (" ".join(one.text for one in way), sum(one.score for one in way))
        for way in product(*(answer.hypotheses for answer in alone))
    ]
    best = sorted(ways, key=lambda way: -way[1])[:4]
    assert together.parts == 3
    assert [one.text for one in together.hypotheses] == [text for text, _ in best]
    assert [one.score for one in together.hypotheses] == pytest.approx([score for _, score in best], abs=1e-5)
    source, target, weights = word_attention(together, together.hypotheses[0], (False, False))
    assert (source, target) == (together.source.split(), together.text.split())
    row = column = 0
    for answer in translator.translate_lines(sentences, attention=True):
        own = word_attention(answer, answer.hypotheses[0], (False, False))[2]
        row, column = row + own.shape[0], column + own.shape[1]
        np.testing.assert_allclose(weights[row - own.shape[0] : row, column - own.shape[1] : column], own, atol=1e-5)
        assert weights[:row, column:].sum() == weights[row:, :column].sum() == 0
    assert (row, column) == weights.shape
    assert translator.translate(" ".join(lines[:3])).parts == 3, "training lines begin with small letters"


def test_texts_are_scored_in_the_parts_in_which_they_are_translated(run: Path, lines: list[str]) -> None:
    translator = Translator(run)
    sources = [f"Ein {line}" for line in lines[:3]]
    targets = ["A dog sees a man .", "Because .", ""]
    one, other, blank = translator.score_lines(sources, targets)
    for between in (" ", "\n", "\n\n"):
        [both] = translator.score_lines([between.join(sources[:2])], [between.join(targets[:2])])
        assert both.log_probability == pytest.approx(one.log_probability + other.log_probability, abs=1e-4)
        assert both.token_log_probabilities == pytest.approx(
            one.token_log_probabilities + other.token_log_probabilities, abs=1e-4
        )
        assert both.pieces == [*one.pieces, "</s>", *other.pieces]
    [whole] = translator.score_lines([" ".join(sources[:2])], [targets[0]])
    assert len(whole.token_log_probabilities) == len(one.pieces) + 1
    assert translator.score_lines(["\n"], ["\n"])[0].pieces == blank.pieces == []


@pytest.mark.parametrize("engine", ["torch", "onnxruntime", "numpy"])
@pytest.mark.parametrize("sampling", [None, SamplingOptions(temperature=3.0)])
def test_a_prefix_that_ends_with_a_space_is_continued_by_a_word(
    tmp_path: Path, engine: str, sampling: SamplingOptions | None
) -> None:
    translator = Translator(make_translator(tmp_path), engine=engine, precision="fp32")
    begins = [*"abcdefghijklmnop", "soup", "the room"]

    def after(space: str) -> set[str]:
        prefixes = [begin + space for begin in begins]
        texts = [
            one.text
            for one in translator.translate_lines(["lower"] * len(begins), prefixes=prefixes, sampling=sampling)
        ]
        assert all(text.startswith(begin) for text, begin in zip(texts, begins, strict=True))
        return {text[len(begin) :][:1] for text, begin in zip(texts, begins, strict=True)}

    assert after("") - {"", " "}, "nothing is tested where no word goes on"
    for space in (" ", "  ", "\t", "\u3000", "\u00a0"):
        assert after(space) <= {"", " "}


@pytest.mark.parametrize("precision", ["fp32", "int8"])
def test_a_line_is_translated_alone_as_in_any_batch(run: Path, lines: list[str], precision: str) -> None:
    translator = Translator(run, precision=precision)
    together = translator.translate_lines(lines)
    assert translator.engine == "onnxruntime"
    assert translator.translate_lines(lines, attention=True)[0].hypotheses == together[0].hypotheses
    for line, answer in zip(lines, together, strict=True):
        alone = translator.translate(line)
        assert (alone.text, alone.hypotheses[0].score) == (answer.text, answer.hypotheses[0].score)


def test_two_models_vote_without_torch(run: Path, lines: list[str]) -> None:
    one, two = Translator(run), Translator(run, run)
    assert [a.text for a in one.translate_lines(lines)] == [a.text for a in two.translate_lines(lines)]


def test_lines_are_translated_without_torch(run: Path, lines: list[str]) -> None:
    actual = run_without("torch", "translate", run, text="\n".join(lines) + "\n")
    assert (actual.returncode, actual.stderr) == (0, "")
    wanted = Translator(run, engine="torch", precision="fp32").translate_lines(lines)
    assert actual.stdout.splitlines() == [answer.text for answer in wanted]


def test_what_an_engine_does_not_compute_is_said(run: Path) -> None:
    with pytest.raises(SeqnlpError, match="the engine numpy does not compute in bf16; use the engine torch"):
        Translator(run, precision="bf16", engine="numpy")
    with pytest.raises(SeqnlpError, match="torch does not compute in int8"):
        Translator(run, precision="int8", engine="torch")
    with pytest.raises(SeqnlpError, match="expected a precision of auto, fp32, bf16, int8, found 'fp8'"):
        Translator(run, precision="fp8")
