from __future__ import annotations

import pytest

from seqnlp.errors import DataError
from seqnlp.metrics.translation_worst import NUM_SHOWN, worst_sentences

REFERENCES = ["The ferry leaves at noon .", "Snow lies on the roof .", "She sells fresh bread ."]
OUTPUTS = ["The ferry leaves at noon .", "Snow lies under a roof .", "banana"]


def test_the_worst_come_first_with_what_they_should_have_been() -> None:
    worst = worst_sentences(["eins", "zwei", "drei"], OUTPUTS, REFERENCES)
    assert [(actual.line, actual.source, actual.reference, actual.output) for actual in worst] == [
        (3, "drei", REFERENCES[2], "banana"),
        (2, "zwei", REFERENCES[1], OUTPUTS[1]),
    ]
    assert float(worst[0].detail) < float(worst[1].detail) < 100


def test_a_few_are_shown_of_many() -> None:
    references = [f"word number {number}" for number in range(3 * NUM_SHOWN)]
    assert len(worst_sentences(references, ["nothing"] * (3 * NUM_SHOWN), references)) == NUM_SHOWN


def test_lines_that_are_not_parallel_are_an_error() -> None:
    with pytest.raises(DataError):
        worst_sentences(["eins"], OUTPUTS, REFERENCES)
