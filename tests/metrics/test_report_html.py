from __future__ import annotations

import re

import pytest
from outline import Outline

from seqnlp.metrics.calibration import measure_calibration
from seqnlp.tasks.tagging.reporting import entity_report, tag_report
from seqnlp.text.sentence import TaggedSentence

CALIBRATION = measure_calibration([0.95, 0.42, 0.42], [0.85, 0.35, 0.35], [True, True, False], 1.25)


def page(word: str = "Oslo", label: str = "LOC", title: str = "demo", origin: str = "") -> str:
    test = [TaggedSentence((word, "calls"), (f"B-{label}", "O"), 1), TaggedSentence(("Bo",), ("B-PER",), 1)]
    report = entity_report(
        test, [["O", "O"], ["B-PER"]], test[1:], "iob2", title=title, split="test", calibration=CALIBRATION
    )
    return report.to_html(origin)


def test_every_element_is_closed_and_every_part_is_there():
    outline = Outline(page())
    assert len(outline.all("svg")) == 2
    for text in ("demo on test", "Each type", "Calibration", "What can be kept", "LOC", "Oslo", "missed"):
        assert text in outline.texts


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", '"><img src=x>', "a&b", "'</td>'"])
def test_text_from_data_is_never_markup(hostile):
    for text in (page(word=hostile), page(label=hostile), page(title=hostile)):
        outline = Outline(text)
        assert not outline.all("script")
        assert not outline.all("img")
        assert any(hostile in actual for actual in outline.texts)


def test_the_page_asks_nothing_of_the_network():
    text = page()
    assert "://" not in text
    assert not re.search(r"\b(src|href|srcset|xlink:href|action)\s*=", text)
    assert not re.search(r"url\(|@import|<script|<link|<iframe", text)
    assert "default-src 'none'" in text


def test_the_page_is_readable_by_day_and_by_night():
    text = page()
    assert "color-scheme: light dark" in text
    assert "prefers-color-scheme: dark" in text


def test_a_bar_is_as_long_as_its_score():
    widths = [float(actual["width"]) for actual in Outline(page()).all("rect", **{"class": "bar"})]
    full = float(Outline(page()).all("rect", **{"class": "track"})[0]["width"])
    assert [width / full for width in widths] == [0.0, 1.0]  # LOC missed, PER found


def test_the_diagram_marks_each_bin_that_holds_predictions_before_and_after():
    outline = Outline(page())
    circles = outline.all("circle")
    assert len(circles) == 2
    small, large = sorted(circles, key=lambda actual: float(actual["r"]))
    assert float(large["cx"]) < float(small["cx"])  # two predictions at 0.35, one at 0.85
    assert float(large["cy"]) > float(small["cy"])  # half of them right, against all
    assert "0.30 to 0.40: 2 predictions, 50.00 % right" in outline.texts
    assert "0.40 to 0.50: 2 predictions, 50.00 % right" in outline.texts


def test_a_page_without_entities_or_calibration_has_no_empty_pictures():
    test = [TaggedSentence(("calm",), ("O",), 1)]
    outline = Outline(entity_report(test, [["O"]], [], "iob2", title="none", split="test").to_html())
    assert not outline.all("svg")


def test_tags_have_a_page_too():
    test = [TaggedSentence(("we", "<b>"), ("PRON", "X"), 1)]
    outline = Outline(tag_report(test, [["PRON", "PRON"]], [], title="pos", split="dev").to_html())
    assert len(outline.all("svg")) == 1
    assert "<b>" in outline.texts
    assert any(text.startswith("50.00") for text in outline.texts)


def test_where_a_page_comes_from_stands_at_its_end():
    outline = Outline(page(origin="Run <runs/mine>, by seqnlp"))
    assert [text for text in outline.texts if text][-1] == "Run <runs/mine>, by seqnlp"
    assert not Outline(page()).all("footer")
