"""Data sets of the `datasets` library: from the hub, saved to disk, or a folder of JSON, Parquet or CSV files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from seqnlp.data.in_memory.rows import class_names, named_class
from seqnlp.errors import DataError, did_you_mean, listed
from seqnlp.text.column_names import refuse_any_twice
from seqnlp.text.conll import split_words
from seqnlp.text.csv_rows import csv_rows
from seqnlp.text.documents import Columns, Document, document_of_row, marks_remedy
from seqnlp.text.files import read_lines
from seqnlp.text.jsonl import TOKEN_FIELDS
from seqnlp.text.parallel import NESTED_FIELD, SentencePair, pair_of_row
from seqnlp.text.sentence import TaggedSentence

_TAG_FIELDS = ("tags", "ner_tags", "pos_tags", "upos")


def read_hub(
    name: str,
    config_name: str,
    split: str,
    left_out: Counter[str],
    token_field: str = "",
    tag_field: str = "",
    tag_names: Sequence[str] = (),
) -> Iterator[TaggedSentence]:
    """The rows of a split as sentences; ``line`` is the row, from 1. Rows without words, of which nobody could rid a
    data set of the hub, are skipped.

    Words and tags are lists, or strings cut at spaces (as CSV must have them). Numbered tags get the names that the
    data set gives them.

    Args:
        name: a name on the hub, or a folder: one written by ``save_to_disk``, or one of data files.
        config_name: the data set's configuration; empty if it has one only.
        left_out: counts the rows without words.
        token_field, tag_field: columns; empty: the first that exists of ``tokens``, ``words``, and of ``tags``,
            ``ner_tags``, ``pos_tags``, ``upos``.
        tag_names: of numbered tags; empty: as the data set gives them.

    Raises:
        DataError: the data set, split or column does not exist, or a row is not a sentence.
    """
    table, where = _split(name, config_name, split), f"{name}[{split}]"
    token_field = _field("data.token_column", token_field, TOKEN_FIELDS, table.column_names, where)
    tag_field = _field("data.tag_column", tag_field, _TAG_FIELDS, table.column_names, where)
    names = list(tag_names) or class_names(table.features[tag_field])
    for number, row in enumerate(table.select_columns([token_field, tag_field]), start=1):
        tokens, tags = _listed(row[token_field]), named_class(_listed(row[tag_field]), names)
        tags = [tag.strip() if isinstance(tag, str) else tag for tag in tags]
        if not (tokens or tags):
            left_out["rows without words"] += 1
            continue
        problem = _problem(tokens, tags)
        if problem:
            raise DataError(problem, where, number)
        yield TaggedSentence(tuple(tokens), tuple(tags), number)


def read_hub_pairs(name: str, config_name: str, split: str, source: str, target: str) -> Iterator[SentencePair]:
    """The rows of a split as sentence pairs; ``line`` is the row, from 1.

    Args:
        name, config_name: as of :func:`read_hub`.
        source, target: columns of the two texts, or keys of the column ``translation``.

    Raises:
        DataError: the data set, split or column does not exist, or a row holds something that is no text.
    """
    table = _split(name, config_name, split)
    sides, columns = {source, target}, set(table.column_names)
    if sides <= columns or NESTED_FIELD in columns - sides:
        table = table.select_columns(sorted(columns & {*sides, NESTED_FIELD}))  # pictures, say, are never decoded
    for number, row in enumerate(table, start=1):
        try:
            yield pair_of_row(row, source, target, number)
        except DataError as problem:
            raise DataError(str(problem), f"{name}[{split}]", number) from None


def read_hub_documents(name: str, config_name: str, split: str, columns: Columns) -> Iterator[Document]:
    """The rows of a split as documents; ``line`` is the row, from 1. Numbered labels get the names the data set gives.

    A document whose label is -1, as the library writes "not labelled", has no labels.

    Args:
        name, config_name: as of :func:`read_hub`.
        columns: names of the text's and the label's column.

    Raises:
        DataError: the data set, split or column does not exist, or a row is no labelled text.
    """
    table, where = _split(name, config_name, split), f"{name}[{split}]"
    rows = (list(row.values()) for row in table)
    remedy = "" if columns.marks else marks_remedy(table.column_names, rows, columns)
    if remedy:
        raise DataError(f"expected the column '{columns.label}', found {listed(table.column_names)}; {remedy}", where)
    wanted = [_field("", name, (), table.column_names, where) for name in columns.names]
    names = None if columns.marks else class_names(table.features[columns.label])
    for number, row in enumerate(table.select_columns(wanted), start=1):
        value = row.get(columns.label)
        if names and value == -1 and isinstance(row[columns.text], str | None):
            yield Document((row[columns.text] or "").strip(), (), number)
            continue
        try:
            yield document_of_row({**row, columns.label: named_class(value, names)}, columns, number)
        except DataError as problem:
            raise DataError(str(problem), where, number) from None


def _split(name: str, config_name: str, split: str) -> Any:
    """One split of the data set."""
    splits = _load(name, config_name)
    if split not in splits:
        raise DataError(f"no split '{split}'{did_you_mean(split, splits)}; it has {', '.join(splits)}", name)
    return splits[split]


def _load(name: str, config_name: str) -> dict[str, Any]:
    """The data set's splits by name."""
    import datasets

    try:
        if not _is_saved(Path(name)):
            return dict(datasets.load_dataset(name, config_name or None, **_as_written(Path(name))))
        loaded = datasets.load_from_disk(name)
    except Exception as problem:  # whatever the library, the network or the data set's files may raise
        if isinstance(problem, ValueError):
            _refuse_configuration(name, config_name)
        reason = " ".join(str(problem).split())[:300]
        remedy = "" if Path(name).is_dir() else "; a hub name needs the network or a cached copy, a folder must exist"
        raise DataError(f"`datasets` cannot load it{remedy} ({type(problem).__name__}: {reason})", name) from problem
    return dict(loaded) if isinstance(loaded, dict) else {str(loaded.split or "train"): loaded}


def _refuse_configuration(name: str, config_name: str) -> None:
    """Stop if the data set has several configurations, and this is none of them."""
    import datasets

    try:
        names = datasets.get_dataset_config_names(name)
    except Exception:  # what is wrong with the data set is said by whoever could not load it
        return
    if len(names) > 1 and config_name not in names:
        actual = f"found '{config_name}'{did_you_mean(config_name, names)}" if config_name else "found none"
        raise DataError(f"data.hub_config: expected one of {', '.join(names)}; {actual}", name)


def _as_written(folder: Path) -> dict[str, Any]:
    """Options for a folder of CSV files with the same columns: every field is text, as written.

    ``NA``, ``null`` and ``nan`` are words like others, and ``01`` is not 1. A folder that also has other data files
    takes no such options.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
    tables = [path for path in files if path.suffix == ".csv"]
    if not tables or {path.suffix for path in files} & {".json", ".jsonl", ".parquet", ".arrow", ".tsv", ".txt"}:
        return {}
    import datasets

    heads = [next(csv_rows((line for _, line in read_lines(table)), table), (1, []))[1] for table in tables]
    for table, head in zip(tables, heads, strict=True):
        refuse_any_twice([name for name in head if name], table, 1)
    if any(head != heads[0] for head in heads):
        return {}
    text = datasets.Features({name: datasets.Value("string") for name in heads[0]})
    return {"keep_default_na": False, "na_filter": False, "features": text}


def _is_saved(folder: Path) -> bool:
    """Whether `save_to_disk` wrote the folder."""
    return any((folder / name).is_file() for name in ("dataset_dict.json", "state.json"))


def _field(key: str, wanted: str, usual: Sequence[str], columns: Sequence[str], where: str) -> str:
    """The column to read."""
    field = next((name for name in ([wanted] if wanted else usual) if name in columns), "")
    if not field:
        expected = f"'{wanted}'" if wanted else " or ".join(usual)
        close = did_you_mean(wanted, columns) if wanted else f"; set {key}"
        raise DataError(f"expected the column {expected}, found {', '.join(columns)}{close}", where)
    return field


def _listed(value: Any) -> list[Any]:
    return split_words(value) if isinstance(value, str) else list(value or [])


def _problem(tokens: Sequence[Any], tags: Sequence[Any]) -> str:
    """Why a row is no sentence, or an empty string."""
    if len(tokens) != len(tags):
        return f"expected as many tags as tokens, found {len(tags)} and {len(tokens)}"
    for kind, values in (("tokens", tokens), ("tags", tags)):
        for value in values:
            if not isinstance(value, str) or not value.strip(" "):
                named = " whose names the data set does not give; set data.tag_names" if isinstance(value, int) else ""
                return f"expected {kind} that are words, found {value!r}{named}"
    return ""
