"""``seqnlp data select POOL --like DOMAIN``: the texts or pairs of a large collection that are most like one's own."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from seqnlp.cli.output_file import check_output_file
from seqnlp.config.translation import LANGUAGE
from seqnlp.errors import SeqnlpError

if TYPE_CHECKING:
    from seqnlp.config.common import Config
    from seqnlp.config.splits import SplitsConfig
    from seqnlp.tasks.text_selection import Selection, Sides


@dataclass(frozen=True)
class _Texts:
    """Texts or pairs.

    Attributes:
        name: what they are called.
        texts: of the training split, or of the file.
        held_out: of dev and test.
        languages: of pairs.
        files: that they may have been read from.
    """

    name: str
    texts: list[Sides]
    held_out: list[Sides]
    languages: tuple[str, ...]
    files: list[Path]


def select_texts(arguments: argparse.Namespace, say: Callable[[str], None]) -> int:
    """Choose, write, and tell what was done.

    Raises:
        SeqnlpError: no domain or no output is named, a name is of no texts, or nothing is left to choose from.
    """
    from seqnlp.tasks.text_selection import select_alike

    if not arguments.like or not arguments.output:
        raise SeqnlpError("expected `seqnlp data select POOL --like DOMAIN -o OUT`")
    if arguments.number is not None and arguments.number < 1:
        raise SeqnlpError(f"--number: expected 1 or more, found {arguments.number}")
    pool, domain = (_texts(words, arguments, say) for words in (arguments.names, arguments.like))
    if empty := [one.name for one in (pool, domain) if not any(map(any, one.texts))]:
        raise SeqnlpError(f"{empty[0]}: no texts")
    if len(pool.languages) != len(domain.languages):
        found = [f"{'pairs' if one.languages else 'single texts'} in {one.name}" for one in (pool, domain)]
        raise SeqnlpError(f"expected two collections of pairs or two of texts, found {' and '.join(found)}")
    if pool.languages != domain.languages:
        found = [f"{' and '.join(one.languages)} in {one.name}" for one in (pool, domain)]
        raise SeqnlpError(f"expected the same two languages (data.source, data.target), found {', '.join(found)}")
    paths = _paths(arguments.output, pool.languages)
    for path in paths:
        check_output_file(path, read=(*pool.files, *domain.files))
    selection = select_alike(pool.texts, domain.texts, arguments.number or len(domain.texts), domain.held_out)
    if not selection.chosen:
        raise SeqnlpError(f"nothing to choose from in {pool.name}: {_left_out(selection, domain.name)}")
    _write(paths, selection.chosen)
    say(_told(selection, pool, domain))
    say(f"written, the most alike first: {' and '.join(map(str, paths))}")
    return 0


def _texts(words: list[str], arguments: argparse.Namespace, say: Callable[[str], None]) -> _Texts:
    """The training texts of a recipe, run or settings, or those of a file."""
    from seqnlp.cli.named_texts import named_config, names_and_settings, texts_of_file
    from seqnlp.text.parallel import one_line

    names, overrides = names_and_settings(words)
    if len(names) > 1:
        raise SeqnlpError(f"expected one recipe, run or file, found {len(names)}: {', '.join(names)}")
    texts = texts_of_file(names[0], lambda which: say(_told_which(names[0], which)))
    if texts is not None:
        return _Texts(names[0], [(one_line(text.text),) for text in texts], [], (), [Path(names[0])])
    config = named_config(names[0], overrides, arguments)
    return _texts_of(config, names[0] or config.data.train or " ".join(overrides), say)


def _told_which(name: str, which: str) -> str:
    """Which texts are read of a file that may hold pairs."""
    pairs = f"task=translation data.train={name} data.source=... data.target=..."
    return f"{name}: read as single texts, those of {which}; sentence pairs are read by {pairs}"


def _texts_of(config: Config, name: str, say: Callable[[str], None]) -> _Texts:
    """Those of the training split, and what models are judged by."""
    from seqnlp.tasks.split_texts import split_texts
    from seqnlp.text.parallel import one_line

    splits: dict[str, list[Sides]] = {}
    for split in ("train", "dev", "test"):
        sides = split_texts(config, split, say)
        splits[split] = [tuple(one_line(one.text) for one in row) for row in zip(*sides.values(), strict=True)]
    return _Texts(name, splits["train"], splits["dev"] + splits["test"], config.data.languages, _files(config.data))


def _files(data: SplitsConfig) -> list[Path]:
    """Those that ``data.train`` may mean: names of files, patterns, and beginnings of two names."""
    from seqnlp.config.named_files import side_by_side
    from seqnlp.data.paths import resolve_path

    names = side_by_side(data.train)
    of_languages = [
        form for name in names for one in data.languages for form in (f"{name}.{one}", name.replace(LANGUAGE, one))
    ]
    return [resolve_path(data, name) for name in [*names, *of_languages]]


def _paths(out: str, languages: Sequence[str]) -> list[Path]:
    """One file, or one a language."""
    beginning, packed, _ = out.rpartition(".gz") if out.endswith(".gz") else (out, "", "")
    pattern = out if LANGUAGE in out or not languages else f"{beginning}.{LANGUAGE}{packed}"
    return [Path(pattern.replace(LANGUAGE, language)) for language in languages or ("",)]


def _write(paths: Sequence[Path], chosen: Sequence[Sides]) -> None:
    """A text a line, in one file a side."""
    from seqnlp.storage import write_atomically

    for path, texts in zip(paths, zip(*chosen, strict=True), strict=True):
        write_atomically(path, "".join(f"{text}\n" for text in texts).encode())


def _told(selection: Selection, pool: _Texts, domain: _Texts) -> str:
    noun = "pairs" if pool.languages else "texts"
    considered = len(pool.texts) - selection.blank - selection.known - selection.held_out - selection.repeated
    left_out = _left_out(selection, domain.name)
    alike = int((selection.differences < 0).sum())
    return (
        f"{pool.name}: {len(selection.chosen):,} of {considered:,} {noun}{f' ({left_out})' if left_out else ''}; "
        f"{alike:,} of them are surely more like {domain.name} than like the rest; nats a word more, at most: "
        f"{selection.differences[0]:+.2f} (first) to {selection.differences[-1]:+.2f} (last)"
    )


def _left_out(selection: Selection, domain: str) -> str:
    parts = (
        (selection.known, f"in {domain} too"),
        (selection.held_out, "in its dev or test"),
        (selection.repeated, "for the second time"),
        (selection.blank, "blank"),
    )
    counts = ", ".join(f"{count:,} {what}" for count, what in parts if count)
    return f"left out: {counts}" if counts else ""
