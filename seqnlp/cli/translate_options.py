"""The flags of ``seqnlp translate`` that say how translations are searched or drawn."""

from __future__ import annotations

import argparse
import dataclasses
from typing import TYPE_CHECKING, Any

from seqnlp.cli.sampling_options import FLAGS, add_sampling_flags, given_sampling
from seqnlp.config.schema import choices_of, read_section
from seqnlp.config.translation import DecodingConfig
from seqnlp.errors import ConfigError, SeqnlpError

if TYPE_CHECKING:
    from seqnlp.decode.sampling import SamplingOptions

_TYPES = {"int": int, "float": float, "str": str}


def add_search_arguments(parser: argparse.ArgumentParser) -> None:
    """A flag for each setting of :class:`DecodingConfig`; those not given keep the model's own."""
    group = parser.add_argument_group("search", "what is not given is as tuned and saved with the model")
    for item in dataclasses.fields(DecodingConfig):
        choices = choices_of(DecodingConfig, item.name)
        group.add_argument(
            _flag(item.name),
            type=str if choices else _TYPES[str(item.type)],
            choices=choices or None,
            metavar=None if choices else "N",
            help=item.metadata["help"],
        )


def add_sampling_arguments(parser: argparse.ArgumentParser) -> None:
    """``--sample`` and what it is guided by."""
    group = parser.add_argument_group("sampling", "draw translations at random instead of searching the best")
    group.add_argument("--sample", action="store_true", help="draw; the same seed gives the same translations")
    add_sampling_flags(group)


def search_settings(arguments: argparse.Namespace) -> dict[str, Any]:
    """The settings of :class:`DecodingConfig` that were given.

    Raises:
        SeqnlpError: one is out of its range.
    """
    given = _given(arguments, [item.name for item in dataclasses.fields(DecodingConfig)])
    try:
        read_section(DecodingConfig, given)
    except ConfigError as wrong:
        problems = (problem.partition(":") for problem in wrong.problems)
        raise SeqnlpError("\n".join(f"{_flag(name)}:{text}" for name, _, text in problems)) from None
    return given


def sampling_options(arguments: argparse.Namespace) -> SamplingOptions | None:
    """How to draw, or ``None`` without ``--sample``.

    Raises:
        SeqnlpError: a flag that makes no sense with or without ``--sample``, or a number out of its range.
    """
    if not arguments.sample:
        for name in _given(arguments, list(FLAGS)):
            raise SeqnlpError(f"{_flag(name)} means something only with --sample; add --sample")
        return None
    if arguments.beam is not None:
        raise SeqnlpError("--sample draws and --beam searches; leave one of them out")
    if arguments.nbest > 1:
        raise SeqnlpError("--sample draws one translation a line; leave --nbest out, or repeat with another --seed")
    given = given_sampling(arguments)
    from seqnlp.decode.sampling import SamplingOptions

    return SamplingOptions(**given)


def _given(arguments: argparse.Namespace, names: list[str]) -> dict[str, Any]:
    return {name: getattr(arguments, name) for name in names if getattr(arguments, name) is not None}


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")
