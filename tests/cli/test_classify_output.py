"""Labels of an answer in one field: they can be told apart again."""

from __future__ import annotations

import csv
import io
import json

import pytest

from seqnlp.api import Classification
from seqnlp.cli.classify_output import write_csv, write_tsv


def answer(*labels: str, label_set: list[str] | None = None) -> Classification:
    known = {"New York, NY": 0.9, "Oslo": 0.8, "Rome": 0.1}
    return Classification("text", list(labels), known, 1, 1, None, label_set)


def fields(line: str, delimiter: str) -> list[str]:
    [row] = csv.reader(io.StringIO(line, newline=""), delimiter=delimiter)
    return row


@pytest.mark.parametrize("labels", [["New York, NY", "Oslo"], ["Oslo"], []])
def test_several_labels_of_which_one_has_a_comma_are_a_list(labels: list[str]) -> None:
    one = answer(*labels)
    assert json.loads(fields(write_csv(one, {}, several=True), ",")[0]) == labels
    assert json.loads(write_tsv(one, several=True).split("\t")[0]) == labels


def test_one_label_is_itself_and_a_set_of_labels_a_list() -> None:
    one = answer("New York, NY", label_set=["New York, NY", "Oslo"])
    row = fields(write_csv(one, {}), ",")
    assert (row[0], json.loads(row[-1])) == ("New York, NY", ["New York, NY", "Oslo"])
    label, *_, inside = write_tsv(one).rstrip("\n").split("\t")
    assert (label, json.loads(inside)) == ("New York, NY", ["New York, NY", "Oslo"])


def test_labels_without_commas_have_commas_between() -> None:
    one = Classification("text", ["Oslo", "Rome"], {"Oslo": 0.8, "Rome": 0.7}, 1, 1, None, ["Oslo", "Rome"])
    assert fields(write_csv(one, {}, several=True), ",") == ["Oslo,Rome", "0.8000,0.7000", "Oslo,Rome"]
    assert write_tsv(one, several=True).split("\t")[0] == "Oslo,Rome"
