"""A split of the configured parallel data as sentence pairs, whatever the files look like."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any, cast

from seqnlp.config.delimiter import delimiter_of
from seqnlp.config.splits import source_split, train_is_cut
from seqnlp.config.translation import ParallelDataConfig, format_problems
from seqnlp.data.clean_pairs import clean_pairs, say_blanks
from seqnlp.data.hub import read_hub_pairs
from seqnlp.data.pair_files import pair_files, pair_format, refuse_no_lines, require_languages
from seqnlp.data.pair_quotes import QuoteCounter
from seqnlp.data.part_of_train import PAIRS, part_of_train
from seqnlp.data.split_sources import hub_name, other_format, say_left_out, source_name
from seqnlp.data.turned_pairs import turned_note
from seqnlp.errors import DataError, counted
from seqnlp.text.files import file_digest, rows_digest
from seqnlp.text.pair_format import recognise_pairs
from seqnlp.text.pair_tables import (
    PairColumns,
    columns_of_text,
    read_table_pairs,
    same_in_all_lines,
    unused_columns,
)
from seqnlp.text.parallel import SentencePair, read_aligned, read_row_pairs
from seqnlp.text.tmx import read_tmx_pairs


def load_pairs(config: ParallelDataConfig, split: str, say: Callable[[str], None]) -> list[SentencePair]:
    """The pairs of a split; ``train`` without those that :func:`clean_pairs` drops, ``dev`` and ``test`` whole.

    Args:
        split: ``train``, ``dev`` or ``test``; one that the configuration leaves empty has no pairs.
        say: told what is odd about the data, dropped or not.

    Raises:
        DataError: the source cannot be read, or holds no pair or none fit for training.
    """
    if not getattr(config, split):
        return []
    if source_split(config, split) != "train":
        return _load(config, split, say)
    tell = say if split == "train" else lambda text: None
    return part_of_train(_load(config, "train", tell), config, config.dev_seed, split, PAIRS, tell)


def training_pairs(config: ParallelDataConfig, say: Callable[[str], None]) -> Iterator[SentencePair]:
    """The pairs of train one by one, as :func:`load_pairs` gives them; memory holds all only where some are held out.

    Raises:
        DataError: see :func:`load_pairs`; also after the last pair.
    """
    if not config.train or train_is_cut(config):
        return iter(load_pairs(config, "train", say))
    return _pairs(config, "train", say)


def _pairs(config: ParallelDataConfig, split: str, say: Callable[[str], None]) -> Iterator[SentencePair]:
    """The pairs of a split's own source, of ``train`` those fit for training."""
    source, asked, left_out = source_name(config, split), config.format, Counter[str]()
    config = _with_format(config, split)
    if asked == "auto" and config.format not in ("files", "hub"):
        say(f"{source}: read as data.format={config.format}")
    if asked == "auto" and config.format == "files":
        refuse_no_lines(config, split)
    if config.format == "tsv":
        _refuse_no_texts(config, split)

    def read() -> Iterator[SentencePair]:
        quotes = QuoteCounter()
        try:
            for pair in islice(_read(config, split, left_out), config.limit or None):
                quotes.see(pair)
                yield pair
        except DataError as problem:
            hint = other_format(config, split, recognise_pairs) if asked != "auto" else ""
            raise DataError(f"{problem}{hint}") from None if hint else problem
        if not quotes.total:
            raise DataError(f"no sentence pairs found; is data.format={config.format} right?", source)
        say_left_out(source, left_out, say)
        if config.format == "tsv" and split == "train":
            _say_unused(config, split, say)
        if config.format == "tsv" and (note := quotes.note(config)):
            say(f"{split}: {note}")

    return clean_pairs(read(), config, source, say) if split == "train" else read()


def _load(config: ParallelDataConfig, split: str, say: Callable[[str], None]) -> list[SentencePair]:
    """The pairs of :func:`_pairs` at once."""
    pairs = list(_pairs(config, split, say))
    if split != "train":
        if not any(pair.source and pair.target for pair in pairs):
            found = "an empty side in every one" if len(pairs) > 1 else "an empty side"
            raise DataError(
                f"expected pairs to score by, found {found}; is another column meant?", source_name(config, split)
            )
        say_blanks(pairs, split, say)
        if note := turned_note(pairs, (config.source, config.target)):
            say(f"{split}: {note}")
    return pairs


def pairs_digest(config: ParallelDataConfig, split: str) -> str:
    """A SHA-256 over the split's files (of dev held out of train: of train's), or the texts of a hub split.

    Empty for a split that is not configured.

    Raises:
        DataError: the source cannot be read.
    """
    split = source_split(config, split)
    if not getattr(config, split):
        return ""
    config = _with_format(config, split)
    if config.format == "hub":
        return rows_digest([pair.source, pair.target] for pair in _read(config, split, Counter()))
    return hashlib.sha256("".join(map(file_digest, pair_files(config, split))).encode()).hexdigest()


def _with_format(config: ParallelDataConfig, split: str) -> ParallelDataConfig:
    """The configuration with the format that the split has.

    Raises:
        DataError: the file cannot be read or does not look like pairs, or settings do not go with the format.
    """
    if config.format != "auto":
        return config
    config = replace(config, format=cast(Any, pair_format(config, split)))
    problems = format_problems(config)
    if problems:
        raise DataError(problems[0], source_name(config, split))
    return config


def _read(config: ParallelDataConfig, split: str, left_out: Counter[str]) -> Iterator[SentencePair]:
    """The split's pairs as they are written."""
    if config.format not in ("tsv", "csv", "files"):
        require_languages(config, "the key of the text")
    if config.format == "hub":
        name, hub_split = hub_name(config), getattr(config, split)
        return read_hub_pairs(name, config.hub_config, hub_split, *config.keys)
    if config.format == "files":
        source, target = pair_files(config, split)
        return read_aligned(source, target)
    [path] = pair_files(config, split)
    if config.format == "jsonl" or config.format == "json":
        return read_row_pairs(path, config.format, *config.keys)
    if config.format == "tmx":
        return read_tmx_pairs(path, config.source, config.target, left_out)
    languages, delimiter = (config.source, config.target), delimiter_of(config.delimiter)
    assert config.format == "tsv" or config.format == "csv"
    return read_table_pairs(path, config.format, PairColumns(*config.columns, languages, delimiter), left_out)


def _refuse_no_texts(config: ParallelDataConfig, split: str) -> None:
    """Stop where nobody chose the columns of a TSV file, and those that are read hold numbers or codes, others texts.

    Raises:
        DataError: so it is, or only one column holds texts; says which columns do.
    """
    if config.source_column or config.target_column:
        return
    [path] = pair_files(config, split)
    delimiter = delimiter_of(config.delimiter)
    texts, same = columns_of_text(path, delimiter), same_in_all_lines(path, delimiter)
    wrong = [number for number in (0, 1) if number not in texts]
    if len(texts) > 1 and wrong:
        settings = " ".join(
            f"data.{side}_column={number}" for side, number in zip(("source", "target"), texts, strict=False)
        )
        found = " and ".join(f"column {number}" for number in wrong)
        raise DataError(
            f"expected texts in columns 0 and 1, found none in {found}; name the columns: {settings}, say", path
        )
    if texts and (len(wrong) > 1 or same.keys() & {*wrong}):
        found = f"a text in column {texts[0]} alone"
        if constant := next((same[number] for number in wrong if number in same), ""):
            found += f", and '{constant}' in every line"
        raise DataError(f"expected texts in columns 0 and 1, found {found}; join the lines of both sides before", path)


def _say_unused(config: ParallelDataConfig, split: str, say: Callable[[str], None]) -> None:
    """Tell of columns of a TSV file that nothing is read from, where nobody chose those that are read."""
    if config.source_column or config.target_column:
        return
    [path] = pair_files(config, split)
    if unused := unused_columns(path, [int(column) for column in config.columns], delimiter_of(config.delimiter)):
        settings = "data.source_column=0 data.target_column=1"
        say(f"{split}: {counted(len(unused), 'column')} not read: {', '.join(unused)}; read as {settings}")
