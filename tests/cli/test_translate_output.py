"""How translations look."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from seqnlp.api import Hypothesis, Translation
from seqnlp.cli.translate_output import choose_writer, write_jsonl, write_moses, write_text
from seqnlp.tasks.translation.answers import OutputOptions

EVERYTHING = OutputOptions(nbest=2, scores=True, alignments=True, attention=True)


def hypothesis(pieces: str, score: float, attention: list[list[float]] | None = None) -> Hypothesis:
    """A hypothesis from its subwords, each with log probability -0.5."""
    split = pieces.split()
    weights = None if attention is None else np.array(attention, np.float32)
    each = [-0.5] * (len(split) + 1)
    return Hypothesis("".join(split).replace("▁", " ").strip(), score, sum(each), split, each, weights)


WEIGHTS = [[0.1, 0.9, 0.0, 0.0], [0.7, 0.1, 0.1, 0.1], [0.8, 0.1, 0.1, 0.0], [0.0, 0.0, 0.0, 1.0]]
"""Of three subwords and the end on two words (the first of one subword, the second of two) and the end."""
ANSWER = Translation(
    "Hallo Mühle",
    ["▁Hallo", "▁Mü", "hle", "</s>"],
    [hypothesis("▁mill ▁hel lo", -0.25, WEIGHTS), hypothesis("▁mill", -1.23456, [WEIGHTS[0], WEIGHTS[3]])],
)
EMPTY = Translation("", ["</s>"], [Hypothesis("", 0.0, 0.0, [], [], None)])


def test_the_writer_fits_the_format_and_the_number_of_translations() -> None:
    assert choose_writer("text", 1) is write_text
    assert choose_writer("text", 2) is write_moses
    assert choose_writer("jsonl", 1) is choose_writer("jsonl", 2) is write_jsonl


def test_text_is_a_line_with_the_columns_that_were_asked_for() -> None:
    assert write_text(ANSWER, 0, OutputOptions()) == "mill hello\n"
    assert write_text(ANSWER, 0, OutputOptions(scores=True)) == "mill hello\t-0.2500\n"
    assert write_text(ANSWER, 0, OutputOptions(alignments=True)).startswith("mill hello\t")
    assert write_text(ANSWER, 0, OutputOptions(scores=True, alignments=True)) == "mill hello\t-0.2500\t1-0 0-1\n"
    assert write_text(EMPTY, 0, OutputOptions()) == "\n"
    assert write_text(EMPTY, 0, OutputOptions(scores=True, alignments=True)) == "\t0.0000\t\n"


def test_moses_has_a_line_for_each_translation_with_the_number_of_its_source() -> None:
    assert write_moses(ANSWER, 6, OutputOptions(nbest=2)) == "6 ||| mill hello ||| -0.2500\n6 ||| mill ||| -1.2346\n"
    assert (
        write_moses(ANSWER, 6, OutputOptions(nbest=1, alignments=True)) == "6 ||| mill hello ||| -0.2500 ||| 1-0 0-1\n"
    )
    assert write_moses(EMPTY, 7, OutputOptions(nbest=2)) == "7 |||  ||| 0.0000\n"


def test_jsonl_holds_what_was_asked_for() -> None:
    assert json.loads(write_jsonl(ANSWER, 0, OutputOptions())) == {
        "source": "Hallo Mühle",
        "translation": "mill hello",
        "score": -0.25,
        "log_probability": -2.0,
    }
    full = json.loads(write_jsonl(ANSWER, 0, EVERYTHING))
    assert full["pieces"] == ["▁mill", "▁hel", "lo"]
    assert full["token_log_probabilities"] == [-0.5] * 4
    assert full["source_words"] == ["Hallo", "Mühle"]
    assert full["target_words"] == ["mill", "hello"]
    assert full["alignment"] == [[1, 0], [0, 1]]
    assert [len(row) for row in full["attention"]] == [2, 2]
    assert full["attention"][0] == pytest.approx([0.1, 0.9], abs=1e-3)
    first, second = full["nbest"]
    assert first == {key: full[key] for key in first}
    assert second["translation"] == "mill"
    assert second["alignment"] == [[1, 0]]


def test_words_of_languages_without_spaces_are_subwords() -> None:
    read = json.loads(write_jsonl(ANSWER, 0, OutputOptions(alignments=True, by_piece=(True, True))))
    assert read["source_words"] == ["Hallo", "Mü", "hle"]
    assert read["target_words"] == ["mill", "hel", "lo"]
    assert read["alignment"] == [[1, 0], [0, 1], [0, 2]]


def test_jsonl_of_an_empty_line_has_the_same_fields() -> None:
    empty, full = (json.loads(write_jsonl(answer, 0, EVERYTHING)) for answer in (EMPTY, ANSWER))
    assert set(empty) == set(full)
    assert empty["translation"] == ""
    assert empty["alignment"] == empty["attention"] == empty["source_words"] == []
    assert len(empty["nbest"]) == 1


def test_a_line_in_parts_says_in_how_many() -> None:
    cut = Translation("long", ["▁long", "</s>"], [hypothesis("▁lang", -1.0)], parts=3)
    assert json.loads(write_jsonl(cut, 0, EVERYTHING))["parts"] == 3
    assert json.loads(write_jsonl(cut, 0, EVERYTHING))["alignment"] == []
    assert "parts" not in json.loads(write_jsonl(ANSWER, 0, EVERYTHING))


@pytest.mark.parametrize("write", [write_text, write_moses, write_jsonl])
def test_ends_of_lines_and_tabs_in_a_translation_do_not_break_the_output(write: object) -> None:
    odd = Translation("s", ["▁s", "</s>"], [Hypothesis("a\nb\rc\td", -1.0, -1.0, ["▁x"], [-0.5, -0.5], None)])
    line = write(odd, 0, OutputOptions(nbest=2, scores=True))
    assert line.count("\n") == 1
    assert line.endswith("\n")
    assert "\r" not in line
    assert line.count("\t") == (write is write_text)


def test_letters_of_all_scripts_are_written_as_they_are() -> None:
    odd = Translation("é", ["▁é", "</s>"], [hypothesis("▁日本 語😀", -1.0)])
    for write in (write_text, write_moses, write_jsonl):
        assert "日本語😀" in write(odd, 0, OutputOptions())


def test_source_words_are_numbered_as_they_were_given() -> None:
    given = dataclasses.replace(ANSWER, source="Hallo\u200bMühle", piece_words=[0] * (len(ANSWER.source_pieces) - 1))
    fields = json.loads(write_jsonl(given, 0, EVERYTHING))
    assert fields["source_words"] == ["Hallo\u200bMühle"]
    assert {pair[0] for pair in fields["alignment"]} == {0}
