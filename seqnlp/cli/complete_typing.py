"""``seqnlp complete --interactive``: completions after every key; from a pipe, after every character."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from seqnlp.cli.visible import visible

if TYPE_CHECKING:
    from seqnlp.api import Completion, LanguageModel

END_KEYS = ("\x04", "\x03", "")
"""Ctrl-D, Ctrl-C, and the end of the input."""
DELETE_KEYS = ("\x7f", "\b")
ERASE_LINE = "\r\x1b[K"


def complete_while_typing(model: LanguageModel, top: int) -> None:
    """Read keys until the input ends; each costs the same, however long the text has become."""
    history, text, milliseconds = [model.start()], "", list[float]()
    terminal, words = sys.stdin.isatty(), history[0].complete(top)
    with _keys(terminal) as keys:
        _show(text, words, 0.0, terminal)
        for key in keys:
            begun = time.perf_counter()
            if key in DELETE_KEYS:
                history, text = history[: max(1, len(history) - 1)], text[:-1]
            else:
                for character in _meant(key, history[-1].word, words):
                    history.append(history[-1].type(character))
                    text += character
            words = history[-1].complete(top)
            milliseconds.append(1000 * (time.perf_counter() - begun))
            _show(text, words, milliseconds[-1], terminal)
    if milliseconds:
        ordered = sorted(milliseconds)
        median, slow = ordered[len(ordered) // 2], ordered[int(0.95 * (len(ordered) - 1))]
        print(
            f"{len(ordered):,} keys: median {median:.1f} ms, 95th percentile {slow:.1f} ms", file=sys.stderr, flush=True
        )


def _meant(key: str, word: str, words: list[Completion]) -> str:
    """The characters that a key types: Tab the rest of the first completion."""
    if key == "\t":
        return words[0].word[len(word) :] + " " if words else ""
    return "\n" if key == "\r" else key


def _show(text: str, words: list[Completion], milliseconds: float, terminal: bool) -> None:
    offered = "  ".join(f"{visible(one.word)} {one.probability:.2f}" for one in words)
    last = visible(text.rpartition("\n")[2])
    if terminal:
        sys.stdout.write(f"{ERASE_LINE}{last}\x1b[2m  [{offered}]  {milliseconds:.1f} ms\x1b[0m")
    else:
        sys.stdout.write(f"{last}\t{offered}\t{milliseconds:.1f} ms\n")
    sys.stdout.flush()


@contextmanager
def _keys(terminal: bool) -> Iterator[Iterator[str]]:
    """Single keys of the terminal, which is set right again afterwards; else the characters of the input."""
    if not terminal:
        yield iter(lambda: sys.stdin.read(1), "")
        return
    import termios
    import tty

    before = termios.tcgetattr(sys.stdin)
    try:
        tty.setcbreak(sys.stdin)
        yield _until_end()
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
        print()


def _until_end() -> Iterator[str]:
    while (key := sys.stdin.read(1)) not in END_KEYS:
        yield key
