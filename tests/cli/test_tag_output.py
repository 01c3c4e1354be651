"""How answers look."""

from __future__ import annotations

import dataclasses
import json
import re
from types import SimpleNamespace

import pytest

from seqnlp.api import Span, TaggedText, TagSequence
from seqnlp.cli.tag_output import WRITERS, choose_output
from seqnlp.text.tokenize import Token, tokenize

ENTITIES = SimpleNamespace(plain_tags=False, labels=["LOC", "PER", "creative work"], metrics={"recipe": "mine"})
PLAIN = SimpleNamespace(plain_tags=True, labels=["NOUN", "PUNCT", "VERB"], metrics={})


def answer(text: str, *spans: tuple[int, int, str, float]) -> TaggedText:
    """An answer with these entities, given by character offsets."""
    tokens = tokenize(text, "words")
    actual, tags = [], ["O"] * len(tokens)
    for start, end, label, probability in spans:
        inside = [number for number, token in enumerate(tokens) if start <= token.start and token.end <= end]
        for number in inside:
            tags[number] = f"{'B' if number == inside[0] else 'I'}-{label}"
        actual.append(Span(start, end, label, text[start:end], probability, inside[0], inside[-1] + 1))
    return TaggedText(text, tokens, tags, actual, [], [])


EXAMPLE = answer("Ada Sorrel lives  in Brinmoor.", (0, 10, "PER", 0.98765), (21, 29, "LOC", 0.5))
TAGGED = TaggedText(
    "Mills turn.", tokenize("Mills turn.", "words"), ["NOUN", "VERB", "PUNCT"], [], [0.9, 0.87654, 1.0], [], True
)
EMPTY = TaggedText("", [], [], [], [], [])


@pytest.mark.parametrize(
    ("asked", "source", "terminal", "expected"),
    [
        (None, "text", False, "jsonl"),
        (None, "tokens", False, "jsonl"),
        (None, "conll", False, "conll"),
        (None, "conll", True, "pretty"),
        (None, "text", True, "pretty"),
        ("inline", "conll", True, "inline"),
    ],
)
def test_the_output_is_as_asked_or_fits_the_reader(
    asked: str | None, source: str, terminal: bool, expected: str
) -> None:
    assert choose_output(asked, source, terminal) == expected


def test_jsonl_is_one_object_a_line_with_offsets_that_cut_the_text() -> None:
    line = WRITERS["jsonl"](EXAMPLE, ENTITIES)
    assert line.endswith("}\n")
    assert line.count("\n") == 1
    read = json.loads(line)
    assert read["text"] == EXAMPLE.text
    assert [read["text"][t["start"] : t["end"]] for t in read["tokens"]] == [t["text"] for t in read["tokens"]]
    assert read["tags"] == ["B-PER", "I-PER", "O", "O", "B-LOC", "O"]
    assert read["spans"] == [
        {"start": 0, "end": 10, "label": "PER", "text": "Ada Sorrel", "probability": 0.9877},
        {"start": 21, "end": 29, "label": "LOC", "text": "Brinmoor", "probability": 0.5},
    ]
    assert "nbest" not in read


def test_jsonl_of_plain_tags_has_a_probability_for_each() -> None:
    read = json.loads(WRITERS["jsonl"](TAGGED, PLAIN))
    assert read["tags"] == ["NOUN", "VERB", "PUNCT"]
    assert read["probabilities"] == [0.9, 0.8765, 1.0]
    assert "spans" not in read


def test_jsonl_lists_the_best_answers_if_asked_for() -> None:
    several = TaggedText(
        "hm", [Token("hm", 0, 2)], ["O"], [], [], [TagSequence(0.75, ["O"]), TagSequence(0.25, ["B-PER"])]
    )
    read = json.loads(WRITERS["jsonl"](several, ENTITIES))
    assert read["nbest"] == [{"probability": 0.75, "tags": ["O"]}, {"probability": 0.25, "tags": ["B-PER"]}]


def test_jsonl_keeps_letters_of_all_scripts_and_escapes_ends_of_lines() -> None:
    line = WRITERS["jsonl"](answer("Straße\r東京"), ENTITIES)
    assert "Straße" in line
    assert "東京" in line
    assert "\r" not in line


def test_conll_is_a_word_and_a_tag_a_line_and_a_blank_line() -> None:
    expected = "Ada\tB-PER\nSorrel\tI-PER\nlives\tO\nin\tO\nBrinmoor\tB-LOC\n.\tO\n\n"
    assert WRITERS["conll"](EXAMPLE, ENTITIES) == expected
    assert WRITERS["conll"](EMPTY, ENTITIES) == "\n"


def test_inline_puts_entities_in_brackets_and_keeps_all_else() -> None:
    assert WRITERS["inline"](EXAMPLE, ENTITIES) == "[Ada Sorrel PER] lives  in [Brinmoor LOC].\n"
    assert WRITERS["inline"](answer("  nobody came \r"), ENTITIES) == "  nobody came  \n"
    assert WRITERS["inline"](EMPTY, ENTITIES) == "\n"
    assert WRITERS["inline"](TAGGED, PLAIN) == "Mills/NOUN turn/VERB./PUNCT\n"


def uncoloured(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def test_pretty_is_inline_in_colour_with_percent() -> None:
    line = WRITERS["pretty"](EXAMPLE, ENTITIES)
    assert uncoloured(line) == "Ada Sorrel PER 99% lives  in Brinmoor LOC 50%.\n"
    colours = re.findall(r"\x1b\[1;(\d+)m", line)
    assert len(set(colours)) == 2, "each label has its own colour"
    assert line.count("\x1b[0m") == 4, "every colour ends"
    assert uncoloured(WRITERS["pretty"](TAGGED, PLAIN)) == "Mills/NOUN turn/VERB./PUNCT\n"
    assert WRITERS["pretty"](EMPTY, ENTITIES) == "\n"


def test_labels_may_hold_spaces() -> None:
    song = answer("The Mill", (0, 8, "creative work", 0.7))
    assert WRITERS["inline"](song, ENTITIES) == "[The Mill creative work]\n"
    assert uncoloured(WRITERS["pretty"](song, ENTITIES)) == "The Mill creative work 70%\n"


def test_every_writer_writes_one_line_or_one_block() -> None:
    for name, write in WRITERS.items():
        text = write(answer("a\rb\x85c\r\nd\ne"), ENTITIES)
        assert text.endswith("\n"), name
        if name != "conll":
            assert text.count("\n") == 1, name


def test_pretty_answers_show_control_characters() -> None:
    answer = dataclasses.replace(EXAMPLE, text=EXAMPLE.text + "\x1b[2J\x1b]0;title\x07\x9b31m\x7f\r")
    plain = WRITERS["pretty"](EXAMPLE, ENTITIES).rstrip("\n")
    line = WRITERS["pretty"](answer, ENTITIES)
    assert line.startswith(plain)
    assert not set("\x07\x9b\x7f\r\x1b") & set(line.removeprefix(plain))


def test_doccano_and_label_studio_get_labels_with_scores() -> None:
    row = json.loads(WRITERS["doccano"](EXAMPLE, ENTITIES))
    assert row == {"text": EXAMPLE.text, "label": [[0, 10, "PER"], [21, 29, "LOC"]], "scores": [0.9877, 0.5]}
    task = json.loads(WRITERS["label-studio"](EXAMPLE, ENTITIES))
    assert task["data"] == {"text": EXAMPLE.text}
    [prediction] = task["predictions"]
    assert (prediction["score"], prediction["model_version"]) == (0.5, "seqnlp mine")
    assert [(one["from_name"], one["to_name"], one["type"]) for one in prediction["result"]] == [
        ("label", "text", "labels")
    ] * 2
    assert [one["value"] for one in prediction["result"]] == [
        {"start": 0, "end": 10, "text": "Ada Sorrel", "labels": ["PER"]},
        {"start": 21, "end": 29, "text": "Brinmoor", "labels": ["LOC"]},
    ]
    assert [one["score"] for one in prediction["result"]] == [0.9877, 0.5]
    assert json.loads(WRITERS["doccano"](TAGGED, PLAIN))["label"][1] == [6, 10, "VERB"]
    assert json.loads(WRITERS["label-studio"](EMPTY, ENTITIES))["predictions"][0]["result"] == []
