"""The files of a split of sentence pairs: two with a text a line, however they are named, or one with both sides."""

from __future__ import annotations

import re
from pathlib import Path

from seqnlp.config.delimiter import delimiter_of
from seqnlp.config.named_files import AND
from seqnlp.config.translation import LANGUAGE, ParallelDataConfig
from seqnlp.data.paths import resolve_path
from seqnlp.data.split_sources import existing_file
from seqnlp.errors import DataError
from seqnlp.text.files import first_line
from seqnlp.text.headings import BARS, delimiter_hint
from seqnlp.text.other_files import OF_PAIRS, named_kind, other_kind
from seqnlp.text.pair_format import recognise_pairs

_TWO_FILES = "a pattern (train.{lang}.gz), a prefix (train.clean for train.clean.de), or both (a.txt + b.txt)"


def pair_format(config: ParallelDataConfig, split: str) -> str:
    """How a split is written: as ``config.format`` says, else as its name and content look.

    Raises:
        DataError: the file cannot be read, or does not look like sentence pairs.
    """
    if config.format != "auto":
        return config.format
    if config.hub:
        return "hub"
    name = getattr(config, split)
    if LANGUAGE in name or AND in name or _prefix(config, name) is not None:
        return "files"
    path = existing_file(config, split, name)
    if path.is_dir():
        hint = "for a folder of `datasets` set data.format=hub and data.hub"
        raise DataError(f"expected a file of sentence pairs, found a folder; {hint}", path)
    wanted = tuple(filter(None, (config.source_column or config.source, config.target_column or config.target)))
    recognised = recognise_pairs(path, wanted if len(wanted) > 1 else ())
    if not recognised and config.delimiter and delimiter_of(config.delimiter) in first_line(path):
        return "tsv" if len(delimiter_of(config.delimiter)) > 1 else "csv"
    if not recognised:
        if kind := named_kind(path, OF_PAIRS) or other_kind(path):
            raise DataError(f"expected sentence pairs, found {kind}; write it as TMX, or as a table (TSV, CSV)", path)
        expected = "expected sentence pairs, found a file that looks like one side of them"
        if not (config.source and config.target):
            expected += "; name both languages with data.source and data.target"
        if pattern := _pattern(config, name):
            raise DataError(f"{expected}; set data.{split}='{pattern}'", path)
        if hint := delimiter_hint([first_line(path)], "\t", (BARS,)):
            expected += f"; {hint}"
        raise DataError(f"{expected}; set data.{split} to {_TWO_FILES}, or set data.format", path)
    return recognised


def pair_files(config: ParallelDataConfig, split: str) -> list[Path]:
    """The file of the source and that of the target; of any other format than ``files`` the one that holds both.

    Raises:
        DataError: one is not there, both are the same, or the name tells no two files.
    """
    name: str = getattr(config, split)
    if pair_format(config, split) != "files":
        return [existing_file(config, split, name)]
    files = _two_files(config, split, name)
    if files[0].samefile(files[1]):
        raise DataError(f"data.{split}: expected a file of each language, found '{files[0]}' for both")
    return files


def _two_files(config: ParallelDataConfig, split: str, name: str) -> list[Path]:
    require_languages(config, "the language that stands for {lang}")
    languages = config.source, config.target
    if LANGUAGE in name:
        return [existing_file(config, split, name.replace(LANGUAGE, language)) for language in languages]
    if AND in name:
        names = name.split(AND)
        if len(names) != 2:
            raise DataError(f"data.{split}: expected two files (a.txt{AND}b.txt), found {len(names)} in '{name}'")
        _refuse_wrong_sides(config, split, *(one.strip() for one in names))
        return [existing_file(config, split, one.strip()) for one in names]
    prefix = _prefix(config, name)
    if prefix is None:
        raise DataError(f"data.{split}: expected {_TWO_FILES}; found '{name}'")
    return [existing_file(config, split, _packed_or_not(config, f"{prefix}.{language}")) for language in languages]


def refuse_no_lines(config: ParallelDataConfig, split: str) -> None:
    """Stop where one of two files holds something else than a text a line, by its name or how it begins.

    Raises:
        DataError: so it is; says what the file is, and which setting reads its lines nevertheless.
    """
    for path, language in zip(pair_files(config, split), config.languages, strict=True):
        named = "" if path.name.removesuffix(".gz").endswith(f".{language}") else named_kind(path)
        if kind := other_kind(path) or named:
            advice = "write its texts one a line, or both sides as a table (TSV, CSV), JSON lines or TMX"
            if AND in getattr(config, split):
                advice += "; files with both sides are joined into one before"
            as_it_is = "data.format=files reads its lines as they are"
            raise DataError(f"expected a text a line, found {kind}; {advice}; {as_it_is}", path)


def _refuse_wrong_sides(config: ParallelDataConfig, split: str, source: str, target: str) -> None:
    """Stop where the names say that the target is first.

    Raises:
        DataError: so it is.
    """
    ends = [name.removesuffix(".gz").rpartition(".")[2] for name in (source, target)]
    if ends == [config.target, config.source]:
        languages = f"data.source={config.source} data.target={config.target}"
        raise DataError(
            f"data.{split}: expected the file of the source first ({languages}), found '{source}'; turn them round"
        )


def require_languages(config: ParallelDataConfig, meaning: str) -> None:
    """Stop where a language has no name.

    Raises:
        DataError: it has none.
    """
    for key in ("source", "target"):
        if not getattr(config, key):
            raise DataError(f"data.{key}: missing; name {meaning}, such as de")


def _prefix(config: ParallelDataConfig, name: str) -> str | None:
    """What the names of two files begin with, if ``name`` is that, or one of them; nothing if they are not there."""
    languages = config.source, config.target
    if not all(languages):
        return None
    whole = name.removesuffix(".gz")
    for language in languages:
        if whole.endswith(f".{language}"):
            prefix = whole.removesuffix(f".{language}")
            return prefix if all(_is_there(config, f"{prefix}.{one}") for one in languages) else None
    if not resolve_path(config, name).exists() and any(_is_there(config, f"{name}.{one}") for one in languages):
        return name
    return None


def _pattern(config: ParallelDataConfig, name: str) -> str:
    """The pattern of two files of which ``name`` is one, such as ``train_{lang}.txt``; empty: there is no other."""
    for this, other in ((config.source, config.target), (config.target, config.source)):
        for match in re.finditer(rf"(?<![^\W_]){re.escape(this)}(?![^\W_])", name) if this and other else ():
            pattern = name[: match.start()] + LANGUAGE + name[match.end() :]
            if resolve_path(config, pattern.replace(LANGUAGE, other)).is_file():
                return pattern
    return ""


def _is_there(config: ParallelDataConfig, name: str) -> bool:
    return resolve_path(config, _packed_or_not(config, name)).is_file()


def _packed_or_not(config: ParallelDataConfig, name: str) -> str:
    return (
        name
        if resolve_path(config, name).is_file() or not resolve_path(config, f"{name}.gz").is_file()
        else f"{name}.gz"
    )
