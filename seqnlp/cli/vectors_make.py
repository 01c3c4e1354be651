"""``seqnlp vectors distil``, ``join``, ``pieces`` and ``train``: what writes a file of vectors."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from seqnlp.cli.named_texts import told_texts
from seqnlp.cli.output import say
from seqnlp.cli.output_file import check_output_file
from seqnlp.errors import DataError, SeqnlpError

if TYPE_CHECKING:
    from seqnlp.text.joined_vectors import WordTable

_LOOKED_AT = 10_000
"""Words that show whether a script has spaces between them."""

_MIN_VALUES = {"width": 1, "most": 1, "window": 1, "epochs": 1, "threads": 0}


def make_vectors(arguments: argparse.Namespace) -> int:
    """Make them and write them.

    Raises:
        SeqnlpError: an argument is missing or out of range, or a file cannot be read.
    """
    from seqnlp.cli.vectors_pieces import fitted_pieces
    from seqnlp.text.vectors_writer import write_vectors

    _check(arguments)
    makers = {"distil": _distilled, "join": _joined, "pieces": fitted_pieces, "train": _trained}
    table = makers[arguments.action](arguments)
    write_vectors(arguments.output, table.words, table.values)
    what, setting = ("pieces", "piece_vectors") if arguments.action == "pieces" else ("words", "vectors")
    say(f"{len(table.words):,} {what} with {table.values.shape[1]} numbers each: {arguments.output}")
    say(f"next: seqnlp train ... model.{setting}={arguments.output.resolve()}")
    return 0


def _check(arguments: argparse.Namespace) -> None:
    for name, least in _MIN_VALUES.items():
        if getattr(arguments, name) < least:
            raise SeqnlpError(f"--{name}: expected {least} or more, found {getattr(arguments, name)}")
    if arguments.min_count is not None and arguments.min_count < 1:
        raise SeqnlpError(f"--min-count: expected 1 or more, found {arguments.min_count}")
    if not 0 < arguments.scale < float("inf"):
        raise SeqnlpError(f"--scale: expected a number above 0, found {arguments.scale}")
    if arguments.output is None:
        raise SeqnlpError(f"expected -o FILE, where the vectors of `seqnlp vectors {arguments.action}` go")
    read = (*arguments.names, *(arguments.text or ()), arguments.words or "", arguments.pieces or "")
    check_output_file(arguments.output, read=read)
    if not 0 <= arguments.seed < 2**32:
        raise SeqnlpError(f"--seed: expected 0 to {2**32 - 1}, found {arguments.seed}")
    of_texts = {"min-count": arguments.min_count, "keep-case": arguments.keep_case}
    if arguments.action == "distil" and not arguments.text and (given := [name for name in of_texts if of_texts[name]]):
        raise SeqnlpError(f"--{given[0]} is for words of texts; add --text FILE, or leave it out")


def _distilled(arguments: argparse.Namespace) -> WordTable:
    """Vectors of words, each read alone by an encoder."""
    if len(arguments.names) != 1 or not (arguments.words or arguments.text):
        raise SeqnlpError("expected `seqnlp vectors distil ENCODER -o FILE` and --words FILE, --text FILE ... or both")
    from seqnlp.models.encoder import WordEncoder
    from seqnlp.models.principal_components import reduce_width, scale_to
    from seqnlp.text.joined_vectors import WordTable

    words = _words_wanted(arguments)
    encoder = WordEncoder(Path(arguments.names[0]))
    say(f"{len(words):,} words are read by {arguments.names[0]} ...")
    full = encoder.vectors(words, _every(50_000, len(words)))  # (N, H)
    reduced, kept = reduce_width(full, arguments.width)  # (N, D)
    say(f"{reduced.shape[1]} of {full.shape[1]} numbers keep {100 * kept:.1f} % of the variance")
    return WordTable(words, scale_to(reduced, arguments.scale))


def _every(step: int, total: int) -> Callable[[int], None]:
    """Says how far the work is whenever another ``step`` words are done."""
    told = 0

    def tell(done: int) -> None:
        nonlocal told
        if done // step > told:
            told = done // step
            say(f"  {done:,} of {total:,}")

    return tell


def _words_wanted(arguments: argparse.Namespace) -> list[str]:
    """Those of a list or of a file of vectors, then those of texts that are not among them, the most frequent first.

    Raises:
        DataError: the list is a file of another kind, whose lines are no words.
    """
    from seqnlp.text.other_files import NO_LINES, named_kind, other_kind
    from seqnlp.text.word_lists import read_word_list

    kind = (named_kind(arguments.words) or other_kind(arguments.words)) if arguments.words else ""
    if kind and kind not in NO_LINES:  # words such as <s> are no markup
        raise DataError(f"expected a word a line, found {kind}; words of texts are read by --text", arguments.words)
    listed = read_word_list(arguments.words) if arguments.words else []
    of_texts = _words_of_texts(arguments) if arguments.text else []
    return list(dict.fromkeys([*listed[: arguments.most], *of_texts[: arguments.most]]))


def _words_of_texts(arguments: argparse.Namespace) -> list[str]:
    """The different words of texts, the most frequent first.

    Raises:
        DataError: none occurs often enough.
    """
    counts = Counter(word for words in _texts(arguments.text, arguments) for word in words)
    least = arguments.min_count or 1
    words = [word for word, count in counts.most_common() if count >= least]
    if not words:
        raise DataError(f"no word of the texts occurs {least} times", arguments.text[0])
    return words


def _joined(arguments: argparse.Namespace) -> WordTable:
    """Files side by side."""
    from seqnlp.text.joined_vectors import WordTable, join_vectors
    from seqnlp.text.vectors import read_vectors

    if len(arguments.names) < 2:
        raise SeqnlpError("expected `seqnlp vectors join FILE FILE ... -o FILE`, at least two files of vectors")
    joined = join_vectors([WordTable(*read_vectors(name)) for name in arguments.names], arguments.keep)
    if not joined.table.words:
        raise SeqnlpError("no word is in every file; are they of the same language? Else add --keep all")
    for name, missing in zip(arguments.names, joined.missing, strict=True):
        if missing:
            say(f"{missing:,} of {len(joined.table.words):,} words are not in {name}: zeros there")
    return joined.table


def _trained(arguments: argparse.Namespace) -> WordTable:
    """Skip-gram on the texts of files."""
    from seqnlp.models.skip_gram import SkipGramSettings, train_skip_gram
    from seqnlp.text.joined_vectors import WordTable

    texts = _texts([Path(name) for name in arguments.names], arguments)
    say(f"{len(texts):,} texts, {sum(map(len, texts)):,} words")
    settings = SkipGramSettings(
        width=arguments.width,
        window=arguments.window,
        min_count=arguments.min_count or 5,
        epochs=arguments.epochs,
        seed=arguments.seed,
        threads=arguments.threads or 1,
    )
    return WordTable(*train_skip_gram(texts, settings))


def _texts(paths: Sequence[Path], arguments: argparse.Namespace) -> list[list[str]]:
    """The words of each text of files."""
    from seqnlp.data.lexicon import normalized
    from seqnlp.tasks.split_words import words_of_file
    from seqnlp.text.other_files import NO_LINES, other_kind
    from seqnlp.text.scripts import runs_of_words

    for path in paths:
        if path.is_file() and (kind := other_kind(path)) in NO_LINES:
            say(f"{path}: looks like {kind}, all of which is read as text; write its texts alone")
    texts = [words for path in paths for words in words_of_file(path, arguments.splitter, told_texts(path))]
    if run := runs_of_words(islice((word for words in texts for word in words), _LOOKED_AT)):
        say(
            f"words such as '{run[:20]}' are several in a row; --splitter characters reads each letter of such a script"
        )
    return [[normalized(word, not arguments.keep_case) for word in words] for words in texts]
