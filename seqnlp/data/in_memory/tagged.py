"""Tagged sentences in memory: (words, tags), (text, spans), rows with such columns, or a table of one word a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from seqnlp.data.in_memory.missing import is_missing
from seqnlp.data.in_memory.rows import WrittenSplit, answer_of, as_lines, columns_in, plain, rows_of, shown, text_in
from seqnlp.errors import DataError
from seqnlp.text.formats.sentence_csv import holds_sentences, parts_of, tags_of
from seqnlp.text.formats.sentence_order import SentenceOrder
from seqnlp.text.formats.token_csv import DOCUMENTS, LOOKED_AT, SENTENCES, TAGS, WORDS, continued
from seqnlp.text.jsonl import ENTITY_TAG, TAG_FIELDS, TOKEN_FIELDS, RowFields, row_reader
from seqnlp.text.partial_tags import UNKNOWN
from seqnlp.text.sentence import TaggedSentence

_WEIGHT = "weight"
_SPANS = ("spans", "entities")
_EXPECTED = (
    "expected columns of words and tags (tokens, tags), or of texts and spans (text, spans), found {}; rename them, or "
    'name them in training: settings={{"data.token_column": ..., "data.tag_column": ...}}'
)


def written_tagged(examples: Any, name: str, settings: Mapping[str, Any]) -> WrittenSplit:
    """Sentences as JSON lines."""
    wanted = str(settings.get("data.token_column", "")), str(settings.get("data.tag_column", ""))
    weight = str(settings.get("data.weight_column", "")) or _WEIGHT
    rows = rows_of(examples, name)
    if isinstance(rows[0], Mapping) and (columns := _word_columns(rows, *wanted)):
        placed = [(place, row) for place, row in _sentences(rows, columns, name)]
        wanted = ("", "")
    else:
        placed = [(place, _row(row, f"{name}[{place}]", *wanted, weight)) for place, row in enumerate(rows)]
    names = _names(settings)
    read = row_reader(Path(name), RowFields(*wanted, names, weight), str(settings.get("data.offsets", "codepoints")))
    sentences = [_checked(read, row, f"{name}[{place}]") for place, row in placed]
    made = {} if "data.scheme" in settings or not _plain_tags(sentences) else _PLAIN
    if any(weight in row for _, row in placed):
        made = {**made, "data.weight_column": weight}
    return WrittenSplit(".jsonl", as_lines(row for _, row in placed), {"data.format": "auto", **made})


_PLAIN = {"data.scheme": "none", "model.scheme": "none"}


def _names(settings: Mapping[str, Any]) -> tuple[str, ...]:
    given = settings.get("data.tag_names", "")
    return tuple(str(given).split()) if given and not Path(str(given)).is_file() else ()


def _plain_tags(sentences: list[Any]) -> bool:
    """Whether the tags are plain, such as parts of speech: none begins or goes on with an entity."""
    tags = {tag for sentence in sentences if isinstance(sentence, TaggedSentence) for tag in sentence.tags}
    tags -= {"O", UNKNOWN}
    return bool(tags) and not any(tag[1:2] in ("-", "_") for tag in tags)


def _row(example: Any, where: str, token: str, tag: str, weight: str) -> dict[str, Any]:
    """The example as a row whose fields the reader of JSON lines knows."""
    if isinstance(example, Mapping):
        return _fields(example, where, token, tag, weight)
    if _is_of_pairs(example):
        raise DataError(
            f"{where}: expected (words, tags), found pairs of a word and its tag; hand over tuple(zip(*sentence))"
        )
    if isinstance(example, list | tuple) and len(example) == 3:
        return {**_row(example[:2], where, token, tag, weight), weight: plain(example[2])}
    if isinstance(example, list | tuple) and len(example) == 2:
        first, second = example
        if isinstance(first, str):
            return {"text": text_in(first, "a text", where), "spans": _spans(second, where)}
        return _words(first, second, where, token or TOKEN_FIELDS[0], tag or TAG_FIELDS[0])
    if isinstance(example, TaggedSentence):
        return {token or TOKEN_FIELDS[0]: list(example.tokens), tag or TAG_FIELDS[0]: list(example.tags)}
    raise DataError(f"{where}: expected (words, tags) or (text, spans), perhaps with a weight, found {shown(example)}")


def _is_of_pairs(example: Any) -> bool:
    """Whether a sentence is a list of words each with its tag, as NLTK and CRF libraries have it.

    Two such pairs look like two words and their two tags: they are pairs where only so all tags are those of entities.
    """
    if not isinstance(example, list | tuple) or not example:
        return False
    if not all(
        isinstance(one, list | tuple) and len(one) == 2 and all(isinstance(s, str) for s in one) for one in example
    ):
        return False
    if len(example) != 2:
        return True
    return all(ENTITY_TAG.match(tag) for _, tag in example) and not all(map(ENTITY_TAG.match, example[1]))


def _fields(row: Mapping[str, Any], where: str, token: str, tag: str, weight: str) -> dict[str, Any]:
    tag = tag or next((one for one in TAG_FIELDS if one in row), "")
    written = isinstance(row.get(tag), str) and not any(one in row for one in _SPANS)
    if not token and written and (text := next((one for one in ("text", "sentence") if one in row), "")):
        row = {TOKEN_FIELDS[0]: row[text], **row}
    token = token or next((one for one in TOKEN_FIELDS if one in row), "")
    weights = {weight: plain(row[weight])} if weight in row else {}
    if token in row and tag in row:
        return {**_words(row[token], row[tag], where, token, tag), **weights}
    spans = next((one for one in _SPANS if one in row), "")
    if "text" in row and spans:
        text = text_in(row["text"], "a text", where)
        return {"text": text, "spans": _spans(row[spans], where), **weights, **answer_of(row)}
    raise DataError(f"{where}: " + _EXPECTED.format(columns_in(row)))


def _words(words: Any, tags: Any, where: str, token: str, tag: str) -> dict[str, Any]:
    words, tags = plain(words), plain(tags)
    words, tags = parts_of(words) if isinstance(words, str) else words, tags_of(tags) if isinstance(tags, str) else tags
    if not isinstance(words, list) or not isinstance(tags, list):
        wrong = tags if isinstance(words, list) else words
        raise DataError(f"{where}: expected a list of words and a list of tags, found {shown(wrong)}")
    for place, word in enumerate(words):
        text_in(word, "a word", f"{where}, word {place}")
    for place, one in enumerate(tags):
        if not isinstance(one, int) or isinstance(one, bool):  # numbers may have names
            text_in(one, "a tag", f"{where}, tag {place}")
    return {token: words, tag: tags}


def _spans(spans: Any, where: str) -> list[Any]:
    spans = plain(spans)
    if isinstance(spans, dict):  # as spaCy's examples have it
        spans = spans.get("entities", spans.get("spans"))
    if spans is None:
        return []
    if not isinstance(spans, list):
        raise DataError(f"{where}: expected a list of spans (start, end, label), found {shown(spans)}")
    for span in spans:
        values = list(span.values()) if isinstance(span, dict) else span
        for value in values if isinstance(values, list) else [values]:
            if not isinstance(value, str | int | float | None):
                raise DataError(f"{where}: expected a span (start, end, label), found {shown(span)}")
    return spans


def _checked(read: Any, row: dict[str, Any], where: str) -> Any:
    try:
        return read({name: value for name, value in row.items() if name not in answer_of(row)}, 1)
    except DataError as problem:
        raise DataError(f"{where}: {problem}") from None


def _word_columns(rows: list[Any], token: str, tag: str) -> tuple[str, str, str] | None:
    """The columns of a table of one word a row: sentence, word, tag; None if it is none."""
    row = rows[0]
    known = {str(name).lower(): name for name in row}
    wanted = [
        next((known[one] for one in SENTENCES if one in known), ""),
        token or next((known[one] for one in WORDS if one in known), ""),
        tag or next((known[one] for one in TAGS if one in known), ""),
    ]
    if len(set(wanted)) < 3 or not all(wanted) or any(name not in row for name in wanted):
        return None
    first = [one for one in rows[:LOOKED_AT] if isinstance(one, Mapping)]
    fields = ((number, [plain(one.get(name, "")) for name in wanted[1:]]) for number, one in enumerate(first))
    texts = ((number, both) for number, both in fields if all(isinstance(field, str) for field in both))
    is_list = isinstance(plain(row[wanted[1]]), list)
    return None if is_list or holds_sentences(texts, 0, 1) else (wanted[0], wanted[1], wanted[2])


def _sentences(rows: list[Any], columns: tuple[str, str, str], name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Sentences of a table of one word a row: another value in the column of sentences or of documents begins one.

    A missing value is that of the row before.
    """
    sentence, token, tag = columns
    also = [column for column in rows[0] if str(column).strip(" ").lower() in DOCUMENTS and column not in columns]
    placed = list(enumerate(rows))
    keys: list[tuple[str, ...]] = []
    order = SentenceOrder()
    for place, row in placed:
        keys.append(continued([_written(row[column]) for column in (sentence, *also)], keys[-1] if keys else ()))
        order.add(keys[-1], keys[-1][0], place)
    order.refuse_scattered(name, "row")
    for _, group in groupby(placed, key=lambda one: keys[one[0]]):
        words = list(group)
        for place, row in words:
            text_in(row[token], "a word", f"{name}[{place}]")
            text_in(row[tag], "a tag", f"{name}[{place}]")
        yield words[0][0], {"tokens": [row[token] for _, row in words], "tags": [row[tag] for _, row in words]}


def _written(value: Any) -> str:
    """What a field of a table says; empty where it is missing."""
    return "" if is_missing(value) else str(value)
