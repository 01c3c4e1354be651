"""The model card that travels with a saved model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from seqnlp.config.common import Config
from seqnlp.config.words import WordModelConfig
from seqnlp.task_table import TASKS


def write_card(
    config: Config,
    metrics: Mapping[str, Any],
    what: str,
    scores: str,
    *,
    first: Sequence[str] = (),
    rows: str = "",
    last: Sequence[str] = (),
    commands: Sequence[str],
    note: str,
) -> str:
    """A short README for the model folder: what the model does, from what, how well, how to use it.

    Args:
        what: a sentence or two.
        scores: how well it does it.
        first, last: facts before the training data, and after the scores.
        rows: after the training data, how many there were.
        commands: that use it.
        note: what to expect of it.
    """
    about, start, teachers = config.about, metrics.get("initialized_from"), metrics.get("teachers")
    licence = f" ({about.licence})" if about.licence else ""
    facts = [
        *first,
        f"training data: {about.data or 'the owner of this model knows'}{licence}{rows}",
        *([f"fine-tuned: it began with the weights of {start}"] if start else []),
        *([f"distilled: it learnt from the answers of {', '.join(teachers)} as well"] if teachers else []),
        f"{scores} (epoch {metrics['epoch']}, seed {config.seed})",
        *last,
    ]
    title = config.name or f"A seqnlp {TASKS[config.task].kind}"
    lines = [f"# {title}", "", what, "", *(f"- {fact}" for fact in facts), "", "```", *commands, "```", "", note, ""]
    return "\n".join(lines)


def as_code(names: Iterable[str]) -> str:
    """Names in backticks, so that Markdown shows their signs as they are: `` `<neg>`, `B_x` ``."""
    return ", ".join(map(_as_code, names))


def _as_code(name: str) -> str:
    longest = max(map(len, re.findall("`+", name)), default=0)
    mark, space = "`" * (longest + 1), " " * bool(longest)
    return f"{mark}{space}{name}{space}{mark}"


def vectors_read(model: WordModelConfig, start_from: str) -> list[str]:
    """Which pretrained vectors a model began with, if any, by the names of their files; pieces are those of a start."""
    files = " + ".join(Path(name).name for name in model.vectors_files)
    source = "the pieces of the model that it began with" if start_from else Path(model.piece_vectors).name
    pieces = f"those of other words are composed of {source}" if model.piece_vectors else ""
    return (
        [f"pretrained word vectors: {'; '.join(part for part in (files, pieces) if part)}"] if files or pieces else []
    )


def dev_scores(metrics: Mapping[str, Any], digits: int = 2, measure: str = "") -> str:
    """The scores on dev, in words; nothing where there are none. ``measure`` stands before each name."""
    return ", ".join(f"{measure}{name} {value:.{digits}f}" for name, value in metrics["dev"].items() if name != "score")


def no_scores(metrics: Mapping[str, Any], otherwise: str) -> str:
    """Why there are no scores on dev."""
    return "none, the model learned from the development split too" if metrics.get("trained_on_dev") else otherwise


def calibrated_on(metrics: Mapping[str, Any]) -> str:
    """What tells how sure the model may be."""
    if metrics.get("fitted_by"):
        return "calibrated by an earlier model, which did not learn from the development split"
    return (
        "calibrated on the development split" if dev_scores(metrics) else "not calibrated, without a development split"
    )
