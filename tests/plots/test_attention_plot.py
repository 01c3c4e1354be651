"""Pictures of attention."""

from __future__ import annotations

import re
import struct
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from outline import Outline

from seqnlp.errors import SeqnlpError, TrainingError
from seqnlp.plots.attention import attention_html, attention_picture

SOURCE, TARGET = ["Ein", "Hund", "läuft."], ["A", "dog"]
WEIGHTS = np.array([[0.8, 0.15, 0.0], [0.04, 0.9, 0.06]])
HOSTILE = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "a&b", "'</td>'", "--weight: 1; } body {"]


def even(rows: int, columns: int) -> NDArray[np.float64]:
    return np.full((rows, columns), 1 / columns)


def size_of(path: Path) -> tuple[int, int]:
    content = path.read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def test_a_page_has_a_row_for_each_target_word_and_a_column_for_each_source_word() -> None:
    outline = Outline(attention_html("A dog", SOURCE, TARGET, WEIGHTS))
    assert [actual["title"] for actual in outline.all("th", scope="col")] == SOURCE
    assert [actual["title"] for actual in outline.all("th", scope="row")] == TARGET
    cells = outline.all("td", **{"class": "weight"})
    assert [cell["style"] for cell in cells] == [f"--weight: {weight:.3f}" for weight in WEIGHTS.flat]
    for text in ("A dog", "Hund"):
        assert text in outline.texts


def test_each_weight_can_be_read_as_a_tooltip_and_as_text() -> None:
    outline = Outline(attention_html("A dog", SOURCE, TARGET, WEIGHTS))
    cells = outline.all("td", **{"class": "weight"})
    assert cells[1]["title"] == "A ← Hund: 0.15"
    assert cells[4]["title"] == "dog ← Hund: 0.90"
    assert [float(text) for text in outline.texts if re.fullmatch(r"\d\.\d\d", text)] == list(WEIGHTS.flat)


def test_colours_stay_in_range_when_rounding_left_it() -> None:
    cells = Outline(attention_html("t", ["a", "b"], ["c"], np.array([[1.0000001, -1e-9]]))).all("td")[1:]
    assert [cell["style"] for cell in cells] == ["--weight: 1.000", "--weight: 0.000"]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_text_is_never_markup(hostile: str) -> None:
    text = attention_html(hostile, [hostile], [hostile], even(1, 1))
    outline = Outline(text)
    assert not outline.all("script")
    assert not outline.all("img")
    assert outline.texts.count(hostile) == 4  # title, heading, two words
    assert outline.all("td", **{"class": "weight"}) == [
        {"class": "weight", "style": "--weight: 1.000", "title": f"{hostile} ← {hostile}: 1.00"}
    ]


def test_the_page_asks_nothing_of_the_network_and_is_readable_by_day_and_by_night() -> None:
    text = attention_html("A dog", SOURCE, TARGET, WEIGHTS)
    assert "://" not in text
    assert not re.search(r"\b(src|href|srcset|action)\s*=|url\(|@import|<script|<link", text)
    assert "default-src 'none'" in text
    assert "prefers-color-scheme: dark" in text


def test_a_word_that_is_too_long_for_a_label_is_whole_in_the_tooltip() -> None:
    outline = Outline(attention_html("t", ["x" * 500], ["y"], even(1, 1)))
    assert outline.all("th", scope="col")[0]["title"] == "x" * 500
    assert "x" * 39 + "…" in outline.texts


def draw_html(source: list[str], target: list[str], weights: NDArray[np.float64], path: Path) -> None:
    path.write_text(attention_html("t", source, target, weights), encoding="utf-8")


def draw_png(source: list[str], target: list[str], weights: NDArray[np.float64], path: Path) -> None:
    attention_picture(path, "t", source, target, weights)


@pytest.mark.parametrize("draw", [draw_html, draw_png])
def test_a_text_that_is_too_long_or_empty_is_refused_before_anything_is_written(draw, tmp_path: Path) -> None:
    path = tmp_path / "picture"
    with pytest.raises(SeqnlpError, match=r"holds 1 to 60 words a side, found 61 source words; give it one sentence"):
        draw(["a"] * 61, ["b"], even(1, 61), path)
    with pytest.raises(SeqnlpError, match=r"found 1,000 target words.*--output jsonl --attention"):
        draw(["a"], ["b"] * 1000, even(1000, 1), path)
    with pytest.raises(SeqnlpError, match="found 0 target words"):
        draw(["a"], [], even(0, 1), path)
    with pytest.raises(SeqnlpError, match=r"expected weights of shape \(1, 2\).*found \(2, 1\).*merge_attention"):
        draw(["a", "b"], ["c"], even(2, 1), path)
    assert not path.exists()


@pytest.mark.parametrize("draw", [draw_html, draw_png])
def test_one_word_and_sixty_words_can_be_drawn(draw, tmp_path: Path) -> None:
    draw(["a"], ["b"], even(1, 1), tmp_path / "small")
    draw(["word"] * 60, ["Wort"] * 60, even(60, 60), tmp_path / "large")
    assert (tmp_path / "small").stat().st_size < (tmp_path / "large").stat().st_size


def test_a_png_is_wider_for_more_source_words_and_taller_for_more_target_words(tmp_path: Path) -> None:
    for name, rows, columns in (("small", 3, 3), ("wide", 3, 20), ("tall", 20, 3)):
        draw_png(["a"] * columns, ["b"] * rows, even(rows, columns), tmp_path / name)
    small, wide, tall = (size_of(tmp_path / name) for name in ("small", "wide", "tall"))
    assert wide[0] > small[0] + 500
    assert tall[1] > small[1] + 500


@pytest.mark.parametrize("odd", ["猫がいる", "😀", "$5 $\\frac{$", "\x00\x07", "a\nb", "العربية", "x" * 3000, "\ufffd"])
def test_no_text_breaks_a_png_or_warns(odd: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        attention_picture(tmp_path / "a.png", odd, [odd, "b"], [odd], even(1, 2))
    assert max(size_of(tmp_path / "a.png")) < 10_000
    assert caplog.records == []


def test_a_png_without_matplotlib_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "matplotlib"] + ["matplotlib"]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(SeqnlpError, match=r"pip install 'seqnlp\[plot\]' \(the \.html pages of"):
        draw_png(["a"], ["b"], even(1, 1), tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []


def test_a_png_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(TrainingError, match="cannot write"):
        draw_png(["a"], ["b"], even(1, 1), tmp_path / "file" / "a.png")
