"""JSON lines: words with tags, or text with character spans."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from seqnlp.errors import DataError, SeqnlpError
from seqnlp.text.formats.annotated import Cut, sentences_of
from seqnlp.text.formats.readers import ReaderOptions, read_examples
from seqnlp.text.sentence import TaggedSentence
from seqnlp.text.tags import Span, spans_from_tags
from seqnlp.text.tokenize import KINDS, tokenize


def read(
    folder: Path,
    *rows: Any,
    token_field: str = "",
    tag_field: str = "",
    scheme: str = "iob2",
    tokenizer: str = "words",
    offsets: str = "codepoints",
) -> list[TaggedSentence]:
    path = folder / "file.jsonl"
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    examples = read_examples(path, "jsonl", ReaderOptions(token_field, tag_field, offsets=offsets), Counter())
    return list(sentences_of(examples, path, Cut(scheme, tokenizer, None, strict=True), Counter()))


def test_words_with_tags_are_taken_as_they_are(tmp_path: Path) -> None:
    rows = {"id": 1, "tokens": ["New York", "!"], "tags": ["B-X", "O"]}, "", {"tokens": ["a"], "tags": ["O"]}
    assert read(tmp_path, *rows) == [
        TaggedSentence(("New York", "!"), ("B-X", "O"), line=1),
        TaggedSentence(("a",), ("O",), line=3),
    ]


def test_the_lists_may_have_other_names(tmp_path: Path) -> None:
    [sentence] = read(tmp_path, {"words": ["a"], "pos": ["DET"]}, token_field="words", tag_field="pos", scheme="none")
    assert (sentence.tokens, sentence.tags) == (("a",), ("DET",))


@pytest.mark.parametrize("field", ["spans", "entities"])
@pytest.mark.parametrize("span", [{"start": 6, "end": 14, "label": "LOC", "id": 7}, [6, 14, "LOC"]])
def test_text_with_spans_is_cut_into_words_with_tags(tmp_path: Path, field: str, span: object) -> None:
    [sentence] = read(tmp_path, {"text": "He in New York.", field: [span]}, scheme="bioes")
    assert sentence.tokens == ("He", "in", "New", "York", ".")
    assert sentence.tags == ("O", "O", "B-LOC", "E-LOC", "O")


def test_words_are_those_of_the_tokenizer_and_spans_inside_them_stay_exact_in_pieces(tmp_path: Path) -> None:
    text = "un-Americanised🙂x"
    spans = [[3, 11, "A"], [11, 13, "B"], [15, 16, "C"]]
    [sentence] = read(tmp_path, {"text": text, "spans": spans})
    assert sentence.tokens == ("un-Americanised", "🙂", "x")
    assert sentence.tags == ("B-A", "B-C", "O"), "a word that two entities touch is the first one's"
    assert sentence.scored_tokens == ("un-", "American", "is", "ed", "🙂", "x")
    assert sentence.entities("iob2") == [Span(1, 2, "A"), Span(2, 3, "B"), Span(4, 5, "C")]
    assert sentence.placed([Span(0, 1, "A"), Span(1, 3, "C")]) == [Span(0, 4, "A"), Span(4, 6, "C")]


def test_spaces_at_the_ends_of_a_span_do_not_matter(tmp_path: Path) -> None:
    [sentence] = read(tmp_path, {"text": "in New York now", "spans": [[2, 12, "X"]]})
    assert sentence.tags == ("O", "B-X", "I-X", "O")


@pytest.mark.parametrize("tokenizer", KINDS)
def test_random_spans_are_all_represented_and_the_words_are_those_of_the_tokenizer(
    tmp_path: Path, tokenizer: str
) -> None:
    chance = random.Random(1)
    text = "I'm at https://a.co/x, can't pay $3,000.50 (U.S. 15-year) 👩\u200d👧 e\u0301te #tag."
    rows: list[list[Span]] = [[]]
    for _ in range(200):
        edges = sorted(chance.sample(range(len(text) + 1), 6))
        rows.append([Span(a, b, "X") for a, b in zip(edges[::2], edges[1::2], strict=True) if text[a:b].strip()])
    plain, *sentences = read(tmp_path, *({"text": text, "spans": spans} for spans in rows), tokenizer=tokenizer)
    assert plain.tokens == tuple(token.text for token in tokenize(text, tokenizer))
    for sentence, spans in zip(sentences, rows[1:], strict=True):
        assert sentence.tokens == plain.tokens
        assert "".join(sentence.scored_tokens) == "".join(text.split())
        actual = ["".join(sentence.scored_tokens[a:b]) for a, b, _ in sentence.entities("iob2")]
        assert actual == ["".join(text[a:b].split()) for a, b, _ in spans]
        assert len(spans_from_tags(sentence.tags, "iob2")) <= len(spans)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ('{"tokens": ["a"], ', "expected one JSON object a line: Expecting property name"),
        ("[" * 100_000, "expected one JSON object a line"),
        ("1" * 5000, "expected one JSON object a line"),
        ('{"tokens": ["\\ud800"], "tags": ["O"]}', "half of a character"),
        ("[1, 2]", r"expected a JSON object, found \[1, 2\]"),
        ({"token": ["a"]}, "expected a list 'tokens' or a string 'text', found the fields 'token'"),
        ({"tokens": ["a"], "tag": ["O"]}, r"expected the field 'tags', found 'tokens', 'tag' \(did you mean 'tag'\?\)"),
        ({"tokens": "a b", "tags": ["O"]}, "expected a list in 'tokens', found \"a b\""),
        ({"tokens": ["a"], "tags": [3]}, "expected words in 'tags', found 3 at position 0"),
        ({"tokens": ["a", " "], "tags": ["O", "O"]}, "expected words in 'tokens', found \" \" at position 1"),
        ({"tokens": ["a", "b"], "tags": ["O"]}, "expected as many tags as tokens, found 1 and 2"),
        ({"tokens": [], "tags": []}, "a sentence with no words"),
        ({"text": " \t", "spans": []}, "a sentence with no words"),
        ({"text": "a b", "span": []}, "expected the field 'spans' or 'entities' beside 'text', found 'text', 'span'"),
        ({"text": "a b", "label": [[0, 1, "X"]]}, "expected the field 'spans' or 'entities' beside 'text'"),
        ({"text": "a b", "spans": {}}, "expected a list in 'spans', found {}"),
        ({"text": "a b", "spans": [[0, 1]]}, r'expected a span {"start": 0, .*, found \[0, 1\]'),
        ({"text": "a b", "spans": [{"start": "0", "end": 1, "label": "X"}]}, "expected a span"),
        ({"text": "a b", "spans": [[0, 1, ""]]}, "expected a span"),
        (
            {"text": "a b", "spans": [[2, 4, "X"]]},
            "the span X at 2-4 is empty or reaches out of the text of 3",
        ),
        ({"text": "a b", "spans": [[1, 1, "X"]]}, "the span X at 1-1 is empty or reaches out"),
        ({"text": "a b", "spans": [[-1, 1, "X"]]}, "the span X at -1-1 is empty or reaches out"),
        ({"text": "a b", "spans": [[1, 2, "X"]]}, "the span X at 1-2 covers only spaces"),
        ({"text": "abc", "spans": [[1, 3, "Y"], [0, 2, "X"]]}, "the span X at 0-2 and the span Y at 1-3 overlap"),
    ],
)
def test_a_bad_row_is_refused_with_its_line(tmp_path: Path, row: object, message: str) -> None:
    with pytest.raises(DataError, match=rf"file\.jsonl:2: .*{message}"):
        read(tmp_path, {"tokens": ["fine"], "tags": ["O"]}, row)


def test_a_text_without_the_field_has_no_entities(tmp_path: Path) -> None:
    [sentence] = read(tmp_path, {"text": "calm seas", "id": 3, "topics": ["weather"]})
    assert sentence.tags == ("O", "O")


def test_spans_in_utf16_units_are_converted(tmp_path: Path) -> None:
    rows = {"text": "🚲 Oke at 🏠 Tarn", "spans": [[3, 6, "P"], [13, 17, "L"]]}, {"text": "Oke", "spans": [[0, 3, "P"]]}
    first, second = read(tmp_path, *rows, offsets="utf16")
    assert (first.tags, first.pieces) == (("O", "B-P", "O", "O", "B-L"), None)
    assert second.tags == ("B-P",)
    with pytest.raises(DataError, match=r":1: the span P at 1-6 cuts a character of two UTF-16 units"):
        read(tmp_path, {"text": "🚲 Oke", "spans": [[1, 6, "P"]]}, offsets="utf16")
    with pytest.raises(DataError, match=r"reaches out of the text of 3 characters; .* set data.offsets=utf16"):
        read(tmp_path, {"text": "🚲Ok", "spans": [[2, 4, "P"]]})


def test_invisible_characters_at_the_ends_of_a_span_do_not_matter(tmp_path: Path) -> None:
    [sentence] = read(tmp_path, {"text": "\ufeffin \u200eLow\u00ad \u200bTarn\u200b now", "spans": [[4, 16, "L"]]})
    assert sentence.tags == ("O", "B-L", "I-L", "O")
    assert sentence.pieces is None


def test_spans_do_not_go_with_plain_tags(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r":1: spans need a scheme with entities; .*, found 'none'"):
        read(tmp_path, {"text": "a", "spans": []}, scheme="none")


def test_an_unknown_tokenizer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SeqnlpError, match="found 'word'"):
        read(tmp_path, {"text": "a", "spans": []}, tokenizer="word")
