"""Pictures of gates."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from seqnlp.metrics.confusion import confused
from seqnlp.plots.confusion import confusion_html
from seqnlp.plots.gates import Sheet, gates_html, gates_picture

STEPS = ["I", "love", "chocolate", "."]
HOSTILE = "<script>alert(1)</script>\"'"


def sheet(units: int = 5, steps: int = len(STEPS)) -> Sheet:
    draw = np.random.default_rng(1)
    values = {name: draw.random((steps, units)) for name in ("forget gate", "input gate")}
    return Sheet("Layer 1, forwards", {**values, **{n: 4 * draw.random((steps, units)) - 2 for n in STATES}})


STATES = ("cell state", "hidden")


def test_each_gate_has_a_column_a_step_and_a_row_a_unit_and_gates_their_mean() -> None:
    page = gates_html("t", STEPS, [sheet()])
    assert re.findall("<h3>([a-z]+)", page) == ["forget", "input", "cell", "hidden"]
    assert page.count("<td ") == len(re.findall('<td[^>]* title="', page)) == 4 * (2 * 6 + 2 * 5)
    assert page.count('<tr class="mean">') == page.count('<tr class="room"') == 2  # so that units are level
    assert 'class="room"' not in gates_html("t", ["word"], [Sheet("L", {"hidden": np.ones((1, 2))})])


def test_a_field_tells_its_number_sign_and_size() -> None:
    values = np.array([[0.25, -3.0]])
    page = gates_html("t", ["word"], [Sheet("L", {"cell state": values, "hidden": values / 4})])
    assert '<td style="--w:0.08" title="word, unit 0: 0.25"></td>' in page
    assert '<td class="n" style="--w:1.00" title="word, unit 1: -3.00"></td>' in page
    assert "cell state (full colour: 3.00)" in page
    assert "hidden</h3>" in page


def test_the_units_that_change_most_are_shown_and_it_is_said() -> None:
    values = np.zeros((4, 50))
    values[:, 7], values[::2, 30] = [0, 0.1, 0.2, 0.3], 1
    actual = Sheet("L", {"hidden": values})
    assert actual.most_varying_units(2) == [7, 30]
    page = gates_html("t", STEPS, [actual], units=2)
    assert "L: the 2 of 50 units that change most" in page
    assert re.findall('<th scope="row">([0-9]+)</th>', page) == ["7", "30"]
    assert "L: all 50 units" in gates_html("t", STEPS, [actual], units=0)


def test_text_is_never_markup_and_nothing_is_loaded() -> None:
    page = gates_html(HOSTILE, [HOSTILE] * 4, [sheet()])
    assert "<script" not in page
    assert not re.search(r"\b(src|href)\s*=|url\(|@import|://", page)
    assert (
        page.count("&lt;script&gt;") == 2 + 2 * 4 * 4 + 4 * 22
    )  # title and heading, columns and their tooltips, fields


def test_layers_stand_side_by_side_in_a_png(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    gates_picture(tmp_path / "one.png", "$5 猫", STEPS, [sheet()])
    gates_picture(tmp_path / "two.png", "t", STEPS, [sheet(), sheet()])
    sizes = [(tmp_path / f"{name}.png").read_bytes()[16:24] for name in ("one", "two")]
    widths = [int.from_bytes(size[:4], "big") for size in sizes]
    assert widths[1] > widths[0]


@pytest.mark.parametrize(
    "page", [gates_html("t", STEPS, [sheet()]), confusion_html("t", confused(["a", "b"], ["a", "a"], "documents"))]
)
def test_only_fields_that_hold_a_number_are_coloured(page: str) -> None:
    coloured = re.findall(r"(\S+)::before", page)
    assert coloured
    assert all("[style]" in selector for selector in coloured)
    assert "<td></td>" in page  # the corner
    assert "white" not in page.split("<p>")[1].split("</p>")[0]  # by night it is not
