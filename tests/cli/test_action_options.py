"""An option that does nothing for the action of a verb is refused, and no option of such a verb is forgotten."""

from __future__ import annotations

import argparse
from types import ModuleType

import pytest
from command import refusal

from seqnlp.cli import data, plot, vectors


@pytest.mark.parametrize(
    ("verb", "actions", "read_by_all"),
    [
        (data, data.ACTIONS, {"action", "names"}),
        (plot, plot.KINDS, {"kind", "runs", "output"}),
        (vectors, vectors.ACTIONS, {"action", "names"}),
    ],
    ids=["data", "plot", "vectors"],
)
def test_of_every_option_it_is_said_which_actions_read_it(
    verb: ModuleType, actions: tuple[str, ...], read_by_all: set[str]
) -> None:
    parser = argparse.ArgumentParser()
    verb.add_arguments(parser)
    options = set(vars(parser.parse_args(["action", "name"]))) - read_by_all
    assert set(verb._READERS) == options
    assert all(0 < len(readers) < len(actions) and set(readers) < set(actions) for readers in verb._READERS.values())


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("check a b --to conll", "--to is for `seqnlp data convert`, found `seqnlp data check`"),
        (
            "convert a b --json",
            "--json is for `seqnlp data check` and `seqnlp data doubts`, found `seqnlp data convert`",
        ),
        ("select a --like b -o c --split dev", "--split is for `seqnlp data doubts`, found `seqnlp data select`"),
        (
            "convert a b --data-dir c",
            "--data-dir is for `seqnlp data check`, `seqnlp data doubts` and `seqnlp data select`, found "
            "`seqnlp data convert`",
        ),
    ],
)
def test_an_option_of_another_action_is_refused(typed: str, expected: str) -> None:
    assert refusal("data", *typed.split()) == expected
