"""First lines that name the columns: known by their words, refused where columns are numbered, and hints from them."""

from __future__ import annotations

import os
from collections.abc import Sequence

from seqnlp.errors import DataError, listed, missing_column

LABELS = frozenset(
    ("label", "labels", "class", "category", "sentiment", "target", "polarity", "rating", "topic", "intent")
)
TEXTS = frozenset(
    ("text", "texts", "sentence", "review", "document", "content", "comment", "tweet", "title", "body", "message")
)
"""Names that stand above columns of labels and of texts, and are no labelled text when they stand together."""

_LABELS_OF_ROWS = frozenset(("cats", "accept"))
"""Fields of spaCy and Prodigy that hold labels; no words for a column."""

_TARGETS = frozenset(("target", "tgt", "trg", "tgt_text", "target_text", "output"))
_SIDES = frozenset((*_TARGETS, "source", "src", "src_text", "source_text", "input"))
_LANGUAGES = frozenset(
    (
        *("arabic", "chinese", "czech", "danish", "dutch", "english", "finnish", "french", "german", "greek", "hebrew"),
        *("hindi", "hungarian", "italian", "japanese", "korean", "norwegian", "polish", "portuguese", "romanian"),
        *("russian", "spanish", "swedish", "turkish", "ukrainian", "vietnamese"),
    )
)
_CODES = (
    "ar bg bn cs da de el en es et fa fi fr he hi hr hu id it ja ko lt lv nb nl no pl pt ro ru sk sl sr sv sw ta th tr "
    "uk ur vi zh ara ces deu ell eng fin fra hin hun ita jpn kor nld pol por ron rus spa swe tur ukr zho"
)

_OF_NAMES = frozenset((*_SIDES, *_LANGUAGES, *TEXTS, *_CODES.split(), "original", "sent", "translation"))
"""Parts of a composed name, such as ``sentence_de``."""

_LONGEST_NAME = 30
"""Characters of a column's name."""

BARS = " ||| "
"""What stands between the sides of pairs for word aligners and in lists of translations."""

_DELIMITERS = (BARS, ";", "\t", "|", ",")


def cell(text: str) -> str:
    """A name without surrounding spaces and quotes, lower-cased."""
    return text.strip().strip('"').lower()


def refuse_heading(head: Sequence[str], text: int, label: int, path: str | os.PathLike[str], line: int) -> None:
    """Stop at a first line that names the columns, which would be learned as a text with a label of its own.

    Raises:
        DataError: the line is such a heading.
    """
    if cell(head[text]) in TEXTS and cell(head[label]) in LABELS:
        problem = f"expected a labelled text, found the names of the columns ('{head[text]}', '{head[label]}')"
        settings = f"data.text_column={head[text].strip()} data.label_column={head[label].strip()}"
        raise DataError(f"{problem}; remove the line, or read the columns by name: {settings}", path, line)


def refuse_pair_heading(source: str, target: str, languages: Sequence[str], path: object, line: int) -> None:
    """Stop at a first line that names the sides of sentence pairs, which would be learned as a pair.

    Args:
        languages: what the configuration calls the sides; empty names say nothing.

    Raises:
        DataError: the line is such a heading.
    """
    if names_sides(source, target, languages):
        problem = f"expected a sentence pair, found the names of the columns ('{source}', '{target}')"
        names = source.strip(), target.strip()
        if _other_way_round(source, target, languages):
            settings = f"data.source_column={names[1]} data.target_column={names[0]}"
            raise DataError(f"{problem}, the target first; read the columns by name: {settings}", path, line)
        settings = f"data.source_column={names[0]} data.target_column={names[1]}"
        raise DataError(f"{problem}; remove the line, or read the columns by name: {settings}", path, line)


def _other_way_round(source: str, target: str, languages: Sequence[str]) -> bool:
    """Whether what stands where the source should be names the target."""
    names = cell(source), cell(target)
    turned = zip(map(cell, languages), reversed(names), strict=False)
    swapped = all(languages) and all(language in (name, *_parts(name)) for language, name in turned)
    return (len(languages) == 2 and swapped) or (_is_target(names[0]) and not _is_target(names[1]))


def names_sides(source: str, target: str, languages: Sequence[str] = ()) -> bool:
    """Whether two fields are names of the sides of sentence pairs.

    Args:
        languages: what the configuration calls the sides; codes of other languages are no names then.
    """
    names = cell(source), cell(target)
    configured = tuple(cell(language) for language in languages)
    words = all(name in _SIDES or name in _LANGUAGES for name in names) or _are_composed(names)
    unknown = not configured or not all(configured)
    codes = unknown and all(name.replace("_", "-").split("-")[0] in _CODES.split() for name in names)
    return names[0] != names[1] and (words or codes or names in (configured, configured[::-1]))


def _parts(name: str) -> list[str]:
    """What a name is composed of."""
    return name.replace("-", "_").split("_")


def _is_target(name: str) -> bool:
    return not _TARGETS.isdisjoint(_parts(name)) or name == "translation"


def _are_composed(names: Sequence[str]) -> bool:
    """Whether both are composed of words in use for sides, texts and languages, or one is called translation."""
    if not all(_OF_NAMES.issuperset(_parts(name)) for name in names):
        return False
    return all(len(_parts(name)) > 1 for name in names) or "translation" in names


def names_columns(row: Sequence[str]) -> bool:
    """Whether a row of a table looks like names of its columns: all are short, and one of them is in use for texts,
    labels, sides of pairs or numbers of rows."""
    names = list(map(cell, row))
    known = any(name in LABELS or name in TEXTS or name in _SIDES or name in ("id", "idx", "index") for name in names)
    short = all(len(name) <= _LONGEST_NAME and len(name.split()) < 3 and not name.isdecimal() for name in names)
    return short and len(set(names)) == len(names) and (known or (len(names) > 1 and names_sides(*names[:2])))


def unnamed_column(name: str, names: Sequence[str], remedy: str, path: object, line: int, delimiter: str) -> DataError:
    """The error for a first line that lacks a column of this name; the remedy is for one that is cut rightly."""
    if hint := delimiter_hint(names, delimiter):
        return DataError(f"expected the column '{name}', found {listed(names)}; {hint}", path, line)
    return missing_column(name, names, remedy, path, line)


def delimiter_hint(head: Sequence[str], delimiter: str, others: Sequence[str] = _DELIMITERS) -> str:
    """What to set where a first line has one column, and the fields seem to be separated by something else."""
    if len(head) == 1:
        for other in others:
            if other != delimiter and other in head[0]:
                return f"if the fields are separated by '{_written(other)}' set data.delimiter='{_written(other)}'"
    return ""


def columns_hint(names: Sequence[str]) -> str:
    """What to set, after a semicolon, where a row lacks the usual names and has others that are in use."""
    text, label = known_columns(names)
    label = label or next((name for name in names if cell(name) in _LABELS_OF_ROWS), "")
    return f"; set data.text_column={text} data.label_column={label}" if text and label else ""


def quotes_hint(row: Sequence[str], delimiter: str) -> str:
    """What to set, after a semicolon, where a field begins with a quote and a line has the wrong number of them."""
    if not any(field.startswith('"') for field in row):
        return ""
    return f"; if texts stand in double quotes set data.format=csv data.delimiter='{_written(delimiter)}'"


def known_columns(head: Sequence[str]) -> tuple[str, str]:
    """The names of the text's and of the label's column, by the words in use for them; empty where there is none."""
    names = [field.strip() for field in head]
    text = next((name for name in names if cell(name) in TEXTS), "")
    return text, next((name for name in names if cell(name) in LABELS), "")


def document_columns_remedy(names: Sequence[str]) -> str:
    """What to set where the names of the text's and the label's column are not those of the first line."""
    text, label = known_columns(names)
    if text or label:
        return f"set data.text_column={text or 'NAME'} data.label_column={label or 'NAME'}"
    if len(names) > 1 and all(len(name) < 30 and " " not in name.strip() for name in names):
        return "name the columns with data.text_column and data.label_column"
    return "for a file without names in its first line set data.text_column and data.label_column to numbers"


def _written(delimiter: str) -> str:
    return r"\t" if delimiter == "\t" else delimiter
