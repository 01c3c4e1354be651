"""Options of a verb that does several things: those that do nothing for the one asked for are refused."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence


def refuse_unread(
    arguments: argparse.Namespace,
    verb: str,
    action: str,
    readers: Mapping[str, Sequence[str]],
    add_arguments: Callable[[argparse.ArgumentParser], None],
) -> None:
    """Refuse options that were given and that this action does not read.

    Args:
        readers: each option that not every action reads, by the name of its attribute, and the actions that do.
        add_arguments: declares the options; an option is given if it is not its default.

    Raises:
        SeqnlpError: the first such option, and what reads it.
    """
    from seqnlp.errors import SeqnlpError

    parser = argparse.ArgumentParser()
    add_arguments(parser)
    for option, actions in readers.items():
        if action not in actions and getattr(arguments, option) != parser.get_default(option):
            *others, last = [f"`seqnlp {verb} {name}`" for name in actions]
            wanted = f"{', '.join(others)} and {last}" if others else last
            raise SeqnlpError(f"--{option.replace('_', '-')} is for {wanted}, found `seqnlp {verb} {action}`")
