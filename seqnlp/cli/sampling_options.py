"""The flags that guide drawing at random, the same for translations and for running text."""

from __future__ import annotations

import argparse
from typing import Any

from seqnlp.errors import SeqnlpError

FLAGS: dict[str, tuple[type, str, str]] = {
    "temperature": (float, "T", "below 1: closer to the most probable, above 1: more varied (default 1)"),
    "top_k": (int, "K", "only the K most probable tokens (default: all)"),
    "top_p": (float, "P", "only the most probable tokens that together reach P (default 1: all)"),
    "seed": (int, "N", "another seed, another text (default 0)"),
}
"""Of each its type, its letter in --help, its meaning."""


def add_sampling_flags(parser: argparse._ActionsContainer) -> None:
    """Declare :data:`FLAGS`."""
    for name, (kind, letter, text) in FLAGS.items():
        parser.add_argument("--" + name.replace("_", "-"), type=kind, metavar=letter, help=text)


def given_sampling(arguments: argparse.Namespace) -> dict[str, Any]:
    """Those that were given.

    Raises:
        SeqnlpError: a number out of its range.
    """
    given = {name: getattr(arguments, name) for name in FLAGS if getattr(arguments, name) is not None}
    if given.get("temperature", 1.0) <= 0:
        raise SeqnlpError(f"--temperature: expected more than 0, found {given['temperature']}; near 0 is greedy")
    if given.get("top_k", 1) < 1:
        raise SeqnlpError(f"--top-k: expected 1 or more, found {given['top_k']}")
    if not 0 < given.get("top_p", 1.0) <= 1:
        raise SeqnlpError(f"--top-p: expected more than 0 and at most 1, found {given['top_p']}")
    if given.get("seed", 0) < 0:
        raise SeqnlpError(f"--seed: expected 0 or more, found {given['seed']}")
    return given
