"""A split of the configured parallel data as sentence pairs, whatever the files look like."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from seqnlp.config import ParallelDataConfig
from seqnlp.config.common import delimiter_of, held_out_part
from seqnlp.data.clean_pairs import clean_pairs, counted, say_blanks
from seqnlp.data.holdout import held_out, hold_out_pairs
from seqnlp.data.hub import read_hub_pairs
from seqnlp.data.sources import existing_file, hub_name, source_name
from seqnlp.errors import DataError
from seqnlp.text.files import file_digest
from seqnlp.text.parallel import SentencePair, read_aligned, read_jsonl_pairs, read_tsv_pairs, unused_columns

_LANGUAGE = "{lang}"


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
    part = held_out_part(config)
    if split == "dev" and part is not None:
        return hold_out_pairs(_load(config, "train", lambda text: None), part, config.dev_seed)[1]
    pairs = _load(config, split, say)
    if split == "train" and part is not None:
        kept, dev = hold_out_pairs(pairs, part, config.dev_seed)
        say(f"train: {held_out(len(dev), len(pairs), part, 'pair', 'equal sides stay together')} held out as dev")
        return kept
    return pairs


def _load(config: ParallelDataConfig, split: str, say: Callable[[str], None]) -> list[SentencePair]:
    """The pairs of a split's own source, of ``train`` those fit for training."""
    pairs = list(islice(_read(config, split), config.limit or None))
    if not pairs:
        raise DataError(f"no sentence pairs found; is data.format={config.format} right?", source_name(config, split))
    if config.format == "tsv" and split == "train":
        _say_unused(config, split, say)
    if split == "train":
        return clean_pairs(pairs, config, source_name(config, split), say)
    say_blanks(pairs, split, say)
    return pairs


def pairs_digest(config: ParallelDataConfig, split: str) -> str:
    """A SHA-256 over the split's files (of dev held out of train: of train's), or the texts of a hub split.

    Empty for a split that is not configured.

    Raises:
        DataError: the source cannot be read.
    """
    split = "train" if split == "dev" and held_out_part(config) is not None else split
    if not getattr(config, split):
        return ""
    digest = hashlib.sha256()
    if config.format == "hub":
        for pair in _read(config, split):
            digest.update(json.dumps([pair.source, pair.target]).encode())
    else:
        for path in _files(config, split):
            digest.update(file_digest(path).encode())
    return digest.hexdigest()


def _read(config: ParallelDataConfig, split: str) -> Iterator[SentencePair]:
    """The split's pairs as they are written."""
    if config.format != "tsv":
        _require_languages(config)
    if config.format == "hub":
        name, hub_split = hub_name(config), getattr(config, split)
        return read_hub_pairs(name, config.hub_config, hub_split, config.source, config.target)
    if config.format == "files":
        source, target = _files(config, split)
        return read_aligned(source, target)
    [path] = _files(config, split)
    if config.format == "jsonl":
        return read_jsonl_pairs(path, config.source, config.target)
    languages, delimiter = (config.source, config.target), delimiter_of(config.delimiter)
    columns = config.source_column, config.target_column
    return read_tsv_pairs(path, *columns, languages=languages, delimiter=delimiter)


def _say_unused(config: ParallelDataConfig, split: str, say: Callable[[str], None]) -> None:
    """Tell of columns of a TSV file that nothing is read from, where the usual two are read."""
    used = config.source_column, config.target_column
    if used != (ParallelDataConfig.source_column, ParallelDataConfig.target_column):
        return
    [path] = _files(config, split)
    if unused := unused_columns(path, used, delimiter_of(config.delimiter)):
        settings = "data.source_column=0 data.target_column=1"
        say(f"{split}: {counted(len(unused), 'column')} not read: {', '.join(unused)}; read as {settings}")


def _files(config: ParallelDataConfig, split: str) -> list[Path]:
    """The source's and the target's file, or the one that holds both."""
    name = getattr(config, split)
    if config.format != "files":
        return [existing_file(config, split, name)]
    _require_languages(config)
    if _LANGUAGE not in name:
        raise DataError(f"data.{split}: expected a pattern with {{lang}}, such as train.{{lang}}.gz; found '{name}'")
    languages = config.source, config.target
    return [existing_file(config, split, name.replace(_LANGUAGE, language)) for language in languages]


def _require_languages(config: ParallelDataConfig) -> None:
    for key in ("source", "target"):
        if not getattr(config, key):
            meaning = "the language that stands for {lang}" if config.format == "files" else "the key of the text"
            raise DataError(f"data.{key}: missing; name {meaning}, such as de")
