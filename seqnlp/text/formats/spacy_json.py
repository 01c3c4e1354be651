"""spaCy's JSON: ``["text", {"entities": [[0, 5, "X"]]}]``, documents of ``Doc.to_json``, corpora of version 2."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from seqnlp.errors import DataError
from seqnlp.text.formats.annotated import AnnotatedText, annotated, quotes_in
from seqnlp.text.formats.json_rows import fields_of
from seqnlp.text.formats.spans import spans_of, text_of
from seqnlp.text.jsonl import shown
from seqnlp.text.sentence import TaggedSentence
from seqnlp.text.tags import convert_tags

_MISSING = "-"


def spacy_examples(
    row: Any, line: int, offsets: str, scheme: str, left_out: Counter[str]
) -> Iterator[AnnotatedText | TaggedSentence]:
    """The texts of a row; a sentence of version 2's corpora with its words and with tags of the scheme.

    Raises:
        DataError: it is none of these, or a tag of a word is not legal.
    """
    if isinstance(row, list):
        yield _pair(row, line, offsets)
    elif isinstance(row, dict) and isinstance(row.get("annotations"), list):  # beside "classes": an annotation tool
        yield from (_pair(pair, line, offsets) for pair in row["annotations"] if pair is not None)
    elif isinstance(row, dict) and isinstance(row.get("paragraphs"), list):
        for paragraph in row["paragraphs"]:
            for sentence in fields_of(paragraph).get("sentences", []):
                yield _sentence(sentence, line, scheme, left_out)
    else:
        fields = fields_of(row)
        name = "ents" if "ents" in fields else "entities"
        spans = spans_of(fields.get(name), name)
        yield annotated(text_of(fields, ("text",)), spans, line, offsets, quotes_in(fields.get(name)))


def _pair(pair: Any, line: int, offsets: str) -> AnnotatedText:
    if isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str) and isinstance(pair[1], dict):
        return annotated(pair[0], spans_of(pair[1].get("entities"), "entities"), line, offsets)
    raise DataError(f'expected ["text", {{"entities": [[0, 5, "X"]]}}], found {shown(pair)}')


def _sentence(sentence: Any, line: int, scheme: str, left_out: Counter[str]) -> TaggedSentence:
    tokens = fields_of(sentence).get("tokens")
    if not isinstance(tokens, list) or not tokens:
        raise DataError(f"expected a list of words in 'tokens', found {shown(tokens)}")
    words: list[Any] = [fields_of(token).get("orth") for token in tokens]
    tags = [token.get("ner", "O") for token in tokens]
    for value in (*words, *tags):
        if not isinstance(value, str) or not value:
            raise DataError(f"expected a word in 'orth' and a tag in 'ner', found {shown(value)}")
    left_out["marks of a missing tag, read as O"] += tags.count(_MISSING)
    known = ["O" if tag == _MISSING else tag for tag in tags]
    return TaggedSentence(tuple(words), tuple(convert_tags(known, "bilou", scheme)), line)
