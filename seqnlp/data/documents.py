"""A split of the configured documents, whatever the files look like: labels renamed, dev held out, phrases added."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, cast

import numpy as np

from seqnlp.config.classification import DocumentDataConfig, format_problems, read_label_map
from seqnlp.config.delimiter import delimiter_of
from seqnlp.config.splits import source_split
from seqnlp.data.document_checks import (
    refuse_labels_as_texts,
    refuse_or_say_heading,
    refuse_or_say_summary,
    say_named_labels,
)
from seqnlp.data.hub import read_hub_documents
from seqnlp.data.long_range import long_range_documents
from seqnlp.data.part_of_train import DOCUMENTS, part_of_train
from seqnlp.data.split_sources import existing_file, hub_name, other_format, say_left_out, source_name
from seqnlp.errors import DataError, counted, listed
from seqnlp.text.class_folders import class_folders_digest, read_class_folders
from seqnlp.text.document_format import recognise_documents
from seqnlp.text.documents import Columns, Document, column_names, read_row_documents, read_table_documents
from seqnlp.text.fasttext import read_fasttext_documents
from seqnlp.text.files import file_digest, rows_digest
from seqnlp.text.pair_tables import is_quoted, stands_in_quotes
from seqnlp.text.trees import read_trees

Say = Callable[[str], None]

_TABLES = ("tsv", "csv", "jsonl", "json")
"""Formats in which columns have names."""


def load_documents(config: DocumentDataConfig, split: str, say: Say) -> list[Document]:
    """The documents of a split; ``train`` without what is held out as dev, with the phrases of its trees if wanted.

    Args:
        split: ``train``, ``dev`` or ``test``; one that the configuration leaves empty has no documents.
        say: told what is dropped, held out, added or empty.

    Raises:
        DataError: the source cannot be read, or holds no documents.
    """
    if source_split(config, split) != "train":
        return _read_split(config, split, say)
    tell = say if split == "train" else lambda text: None
    documents = _read_split(config, "train", tell)
    if documents:
        documents = part_of_train(documents, config, config.dev_seed, split, DOCUMENTS, tell)
    return _with_phrases(documents, config, say) if split == "train" and documents else documents


def documents_digest(config: DocumentDataConfig, split: str) -> str:
    """SHA-256 of the split's file (of dev held out of train: of train's); without a file of its texts and labels.

    Raises:
        DataError: the source cannot be read.
    """
    split = source_split(config, split)
    if not getattr(config, split):
        return ""
    config = _with_format(config, split)
    if config.format not in ("hub", "long_range"):
        path = existing_file(config, split, getattr(config, split))
        return class_folders_digest(path) if path.is_dir() else file_digest(path)
    return rows_digest([document.text, document.labels] for document in _read(config, split, Counter()))


def spread_evenly(documents: Sequence[Document], limit: int) -> list[Document]:
    """``limit`` documents at equal distances (a file may be sorted by label), or all of them."""
    if not limit or limit >= len(documents):
        return list(documents)
    return [documents[place] for place in np.linspace(0, len(documents) - 1, limit).astype(int)]


def _read_split(config: DocumentDataConfig, split: str, say: Say) -> list[Document]:
    """The documents of a split's own source, their labels renamed."""
    if not getattr(config, split):
        return []
    source, asked, left_out = source_name(config, split), config.format, Counter[str]()
    config = _with_format(config, split)
    if asked == "auto" and config.format not in ("tsv", "hub"):
        say(f"{source}: read as data.format={config.format}")
    try:
        documents = list(_read(config, split, left_out))
    except DataError as problem:
        hint = other_format(config, split, recognise_documents) if asked != "auto" else ""
        raise DataError(f"{problem}{hint}") from None if hint else problem
    say_left_out(source, left_out, say)
    if not documents:
        raise DataError(f"no documents found; is data.format={config.format} right?", source)
    documents = _labelled(documents, config, split, say)
    if config.format in ("tsv", "csv"):
        refuse_or_say_summary(documents, source, say)
    if split == "train" and config.format != "long_range":
        columns = _columns(config)
        refuse_labels_as_texts(documents, columns.text, source, say)
        if columns.text.isdecimal():
            refuse_or_say_heading(documents, source, say)
        if config.format == "tsv":
            _say_quoted(documents, columns, say)
        if config.format in _TABLES and not columns.marks and not columns.label.isdecimal():
            path = existing_file(config, split, config.train)
            names = partial(column_names, path, cast(Any, config.format), columns.delimiter)
            say_named_labels(documents, columns.label, names, say)
        _say_unmarked(documents, config.marks, say)
    documents = spread_evenly(_renamed(documents, config, split, say), config.limit)
    if not documents:
        raise DataError("data.label_map drops every document", source)
    empty = sum(not document.text for document in documents)
    if empty:
        say(f"{split}: {counted(empty, 'empty document')} (kept)")
    return documents


def _labelled(documents: Sequence[Document], config: DocumentDataConfig, split: str, say: Say) -> list[Document]:
    """Without those that have no label where each must have one; says how many they are."""
    if config.multi_label:
        return list(documents)
    kept = [document for document in documents if document.labels]
    missing = f"{counted(len(documents) - len(kept), 'document')} without a label (-1)"
    if not kept:
        raise DataError(
            f"expected labels, found only {missing}; name a split that has labels", source_name(config, split)
        )
    if len(kept) < len(documents):
        say(f"{split}: {missing} left out")
    return kept


def _with_format(config: DocumentDataConfig, split: str) -> DocumentDataConfig:
    """The configuration with the format that the split has.

    Raises:
        DataError: the file cannot be read, or settings do not go with the format.
    """
    if config.format != "auto":
        return config
    form = "hub" if config.hub else recognise_documents(existing_file(config, split, getattr(config, split)))
    config = replace(config, format=cast(Any, form))
    problems = format_problems(config)
    if problems:
        raise DataError(problems[0], source_name(config, split))
    return config


def _read(config: DocumentDataConfig, split: str, left_out: Counter[str]) -> Iterator[Document]:
    """The split's documents as they are written."""
    if config.format == "hub":
        return read_hub_documents(hub_name(config), config.hub_config, getattr(config, split), _columns(config))
    if config.format == "long_range":
        return long_range_documents(config, split)
    path = existing_file(config, split, getattr(config, split))
    if config.format == "folder":
        return read_class_folders(path, left_out)
    if config.format == "fasttext":
        return read_fasttext_documents(path, config.multi_label)
    if config.format == "trees":
        return read_trees(path)
    if config.format == "jsonl" or config.format == "json":
        return read_row_documents(path, config.format, _columns(config), left_out)
    assert config.format == "tsv" or config.format == "csv"
    return read_table_documents(path, config.format, _columns(config), left_out)


def _columns(config: DocumentDataConfig) -> Columns:
    usual = ("1", "0") if config.format == "tsv" and not config.marks else ("text", "label")
    text, label = config.text_column or usual[0], config.label_column or usual[1]
    if config.marks and config.format in ("tsv", "csv") and text.isdecimal():
        raise DataError(f"data.text_column: expected a name, as data.label_columns are names, found '{text}'")
    if not config.marks and config.format in ("tsv", "csv") and text.isdecimal() != label.isdecimal():
        actual = f"'{text}' and '{label}'"
        raise DataError(f"data.text_column, data.label_column: expected two numbers or two names, found {actual}")
    if text == label and not config.marks:
        raise DataError(f"data.text_column, data.label_column: expected two columns, found '{text}' for both")
    separator = config.label_separator if config.multi_label else ""
    chosen = bool(config.text_column or config.label_column)
    return Columns(text, label, separator, chosen, delimiter_of(config.delimiter), config.marks)


def _say_quoted(documents: Sequence[Document], columns: Columns, say: Say) -> None:
    """Say how many have the quotes of CSV, which in TSV are a part of texts and labels, and what reads them."""
    quoted = [one for one in documents if is_quoted(one.text) or any(map(stands_in_quotes, one.labels))]
    if quoted:
        example = quoted[0].text
        chosen = " ".join(f"data.{name}_column={getattr(columns, name)}" for name in ("text", "label"))
        delimiter = (columns.delimiter or "\t").replace("\t", r"\t")
        remedy = f"data.format=csv data.delimiter='{delimiter}' {chosen} reads them"
        say(f"train: {counted(len(quoted), 'document')} with the quotes of CSV, such as {example[:60]}; {remedy}")


def _say_unmarked(documents: Sequence[Document], marks: Sequence[str], say: Say) -> None:
    """Say which columns of labels hold no 1 and are therefore nothing that could be learnt."""
    if never := [f"'{name}'" for name in marks if not any(name in document.labels for document in documents)]:
        say(f"train: no text has the label{'s' * (len(never) > 1)} {', '.join(never)}")


def _renamed(documents: Sequence[Document], config: DocumentDataConfig, split: str, say: Say) -> list[Document]:
    """Documents with the labels of ``data.label_map``; says how many are dropped, and which names never occur."""
    names = read_label_map(config.label_map)
    if not names:
        return list(documents)
    if split == "train":
        _say_unused(names, documents, say)
    kept, dropped = [], Counter[str]()
    for document in documents:
        labels = tuple(names.get(label, label) for label in document.labels)
        if all(labels):
            phrases = tuple((text, new) for text, label in document.phrases if (new := names.get(label, label)))
            kept.append(replace(document, labels=tuple(dict.fromkeys(labels)), phrases=phrases))
        else:
            dropped.update(label for label in document.labels if names.get(label) == "")
    if dropped:
        each = ", ".join(f"'{label}' {count:,}" for label, count in dropped.most_common())
        say(f"{split}: {counted(len(documents) - len(kept), 'document')} dropped by data.label_map ({each})")
    return kept


def _say_unused(names: Mapping[str, str], documents: Sequence[Document], say: Say) -> None:
    """Say which labels of ``data.label_map`` no document and no phrase has, and which there are."""
    there = {label for document in documents for label in (*document.labels, *(label for _, label in document.phrases))}
    if unused := [label for label in names if label not in there]:
        say(f"train: nothing has the label {listed(unused)} of data.label_map; the labels are {listed(sorted(there))}")


def _with_phrases(documents: Sequence[Document], config: DocumentDataConfig, say: Say) -> list[Document]:
    """The sentences, then their labelled phrases, as ``data.phrases`` says."""
    if config.phrases == "none":
        return [replace(document, phrases=()) if document.phrases else document for document in documents]
    labelled = [(document, phrase) for document in documents for phrase in document.phrases]
    if config.phrases == "distinct":
        sentences = {(document.text, document.labels[0]) for document in documents}
        first = {phrase: (document, phrase) for document, phrase in reversed(labelled) if phrase not in sentences}
        labelled = list(reversed(first.values()))
    say(f"train: {counted(len(documents), 'sentence')} and {counted(len(labelled), 'labelled phrase')} in them")
    phrases = [Document(text, (label,), document.line) for document, (text, label) in labelled]
    return [*(replace(document, phrases=()) for document in documents), *phrases]
