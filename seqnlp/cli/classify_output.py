"""How an answer of ``seqnlp classify`` looks: one function a format."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from seqnlp.cli.table_input import NO_FIELDS
from seqnlp.cli.visible import visible
from seqnlp.json_text import json_line, json_text
from seqnlp.row_fields import Fields, beside
from seqnlp.text.csv_rows import csv_line

if TYPE_CHECKING:
    from seqnlp.api import Classification, Explanation

_ONE_LINE = str.maketrans("\n\r\t", "   ")
_SHOWN = 5
"""Words that text output names as reasons."""


def tsv_heading(labels: Sequence[str], sets: bool = False) -> str:
    """The first line: ``label`` and the names of the labels, then ``label_set`` if sets are asked for."""
    last = ["label_set"] if sets else []
    return "\t".join(["label", *(label.translate(_ONE_LINE) for label in labels), *last]) + "\n"


def write_tsv(answer: Classification, several: bool = False) -> str:
    """The label, then the probability of each label in the heading's order.

    Args:
        several: a text may have several labels: commas stand between them or, where labels have commas, they are a list
            of JSON.
    """
    label = _together(answer.labels, answer, several).translate(_ONE_LINE)
    sets = [] if answer.label_set is None else [_together(answer.label_set, answer, True).translate(_ONE_LINE)]
    return "\t".join([label, *(f"{value:.4f}" for value in answer.probabilities.values()), *sets]) + "\n"


def write_text(answer: Classification) -> str:
    """``label probability``, several between commas, a dash for none; the set of labels; the words that say most.

    After those of gradients, in a third column: by how much all words' contributions miss what they should sum up to.
    """
    given = [f"{visible(label.translate(_ONE_LINE))} {answer.probabilities[label]:.4f}" for label in answer.labels]
    columns = [", ".join(given) or "-"]
    if answer.label_set is not None:
        columns.append("{" + ", ".join(visible(label.translate(_ONE_LINE)) for label in answer.label_set) + "}")
    if answer.explanation:
        columns.append(_reasons(answer.explanation))
        if answer.explanation.method == "gradients":
            columns.append(f"gap:{answer.explanation.gap:+.4f}")
    return "\t".join(columns) + "\n"


def csv_heading(columns: Sequence[str], sets: bool = False) -> str:
    """The first line: the columns of the input, then ``label`` and ``probability``, and ``label_set`` if asked for."""
    added = {"label": "", "probability": "", **({"label_set": ""} if sets else {})}
    return csv_line(list(beside(dict.fromkeys(columns), added)))


def write_csv(answer: Classification, fields: Fields, several: bool = False) -> str:
    """The fields of the row, then its label (several as :func:`write_tsv` has them) and the probabilities of these."""
    sure = ",".join(f"{answer.probabilities[label]:.4f}" for label in answer.labels)
    sets = [] if answer.label_set is None else [_together(answer.label_set, answer, True)]
    return csv_line([*fields.values(), _together(answer.labels, answer, several), sure, *sets])


def _together(labels: Sequence[str], answer: Classification, several: bool) -> str:
    """The labels in one field, so that they can be told apart again: a model with commas in labels has JSON lists."""
    return json_text(labels) if several and any("," in label for label in answer.probabilities) else ",".join(labels)


def write_jsonl(answer: Classification, others: Fields = NO_FIELDS) -> str:
    """One JSON object a line."""
    return json_line(beside(others, answer.to_dict()))


def _reasons(explanation: Explanation) -> str:
    """The words that contribute most, whatever their sign, in the order of the text."""
    ranked = sorted(range(len(explanation.words)), key=lambda place: -abs(explanation.words[place].value))
    chosen = [explanation.words[place] for place in sorted(ranked[:_SHOWN])]
    sign = "+" if explanation.method == "gradients" else ""
    return " ".join(f"{visible(each.word)}:{each.value:{sign}.2f}" for each in chosen)
