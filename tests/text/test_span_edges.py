"""Span edges inside words: counted, and explained where they are many."""

from __future__ import annotations

import pytest

from seqnlp.errors import DataError
from seqnlp.text.span_edges import SpanEdges
from seqnlp.text.tags import Span
from seqnlp.text.tokenize import tokenize

NAMES = ("Hanno Brisk", "Tarnwick", "Ilse")


def rows(before: str = "then ", after: str = " slept", start: int = 0, end: int = 0) -> list[tuple[str, Span]]:
    """Names in a text, their offsets moved."""
    return [(f"{before}{name}{after}", Span(len(before) + start, len(before) + len(name) + end, "X")) for name in NAMES]


def check(texts: list[tuple[str, Span]], accept: bool = False, tokenizer: str = "words") -> list[str]:
    edges = SpanEdges(tokenizer)
    said: list[str] = []
    for line, (text, span) in enumerate(texts, 1):
        edges.add(text, tokenize(text, tokenizer), [span], line)
    edges.check("notes.jsonl", accept, said.append)
    return said


@pytest.mark.parametrize(
    ("texts", "cause"),
    [
        (rows(before="🚲 then ", start=1, end=1), "UTF-16 units, as browsers do: set data.offsets=utf16"),
        (rows(before="größe é ", start=3, end=3), "if spans count bytes: set data.offsets=bytes"),
        (rows(end=-1), "ends are inclusive"),
        (rows(start=1), "count from 1 with inclusive ends"),
        (rows(after=", slept", start=1, end=1), "count from 1: "),
        (rows(after="'s boat"), "set data.tokenizer=split or english"),
        (rows(before="cafe\u0301 and the\u0301 ", start=-2, end=-2), "NFC; these texts are NFD"),
        (rows(before="\u1112\u1161\u11ab ", start=-2, end=-2), "NFC; these texts are NFD"),
        (rows(before="昨天", after="来了"), "set data.tokenizer=characters"),
    ],
)
def test_many_edges_inside_words_are_an_error_that_names_the_cause(texts: list[tuple[str, Span]], cause: str) -> None:
    whole = [("calm seas", Span(0, 4, "X"))]
    with pytest.raises(
        DataError, match=r"notes\.jsonl:2: \d of 8 span edges lie inside words of data\.tokenizer=words"
    ) as e:
        check(whole + texts)
    assert cause in str(e.value)
    assert "or set data.accept_cut_words=true" in str(e.value)
    assert check(whole + texts, accept=True)[0].startswith("notes.jsonl: ")


def test_few_edges_inside_words_are_reported_and_none_are_not() -> None:
    whole = rows() * 10
    assert check(whole) == []
    [said] = check([*whole, *rows(after="'s boat")])
    assert said.startswith(
        "notes.jsonl: 3 of 66 span edges lie inside words of data.tokenizer=words, first on line 31; "
    )
    assert len(check(rows(after="'s boat")[:2])) == 1, "fewer than three are no error"


def test_few_edges_that_other_offsets_explain_are_told_with_them() -> None:
    [said] = check([*rows() * 20, *rows(before="größe é ", start=3, end=3)])
    assert "; such entities" in said
    assert "first on line 61 (most of them fit if spans count bytes: set data.offsets=bytes); " in said


def test_entities_that_go_on_in_the_next_line_are_told() -> None:
    texts = [
        ("Ilse slept", Span(0, 4, "X")),
        ("then Hanno\nBrisk slept", Span(5, 16, "X")),
        ("a\nIlse", Span(1, 6, "X")),
    ]
    [said] = check(texts)
    assert said.startswith("notes.jsonl: 1 of 3 entities go on in the next line, first on line 2: ")
