"""Pictures of models, from the command line."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest
from command import TINY, output, refusal, seqnlp

SENTENCE = "Velisk Korrasel moved from Port Ombril to Yensa & <b>Ombril</b>."


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the runs of a small sweep of the memory recipe. Read only."""
    folder = tmp_path_factory.mktemp("memory")
    for cell in ("rnn", "lstm"):
        small = ("data.train=200", "data.dev=40", "data.test=40", "data.distance=12", "model.hidden_dim=8")
        output("train", "recipe=memory/long_range", f"model.cell={cell}", *small, f"run={folder}/{cell}")
    return folder


def drawn(page: Path, *arguments: object) -> str:
    """The page that a command draws; the PNG of the same is drawn as well."""
    finished = seqnlp("plot", *arguments, "-o", page)
    assert finished.status == 0, finished.err
    assert finished.err.endswith(f"plot written to {page}\n")
    pytest.importorskip("matplotlib")
    output("plot", *arguments, "-o", page.with_suffix(".png"))
    kind, width, height = struct.unpack(">8s8xII", page.with_suffix(".png").read_bytes()[:24])
    assert kind == b"\x89PNG\r\n\x1a\n"
    assert max(width, height) < 10_000
    html = page.read_text(encoding="utf-8")
    assert not re.search(r"\b(src|href)\s*=|url\(|<script", html)
    return html


def test_gates_of_a_tagger_are_drawn(trained: Path, tmp_path: Path) -> None:
    html = drawn(tmp_path / "new" / "gates.html", "gates", trained, "--text", SENTENCE, "--units", 4)
    assert all(part in html for part in ("Layer 1, forwards: the 4 of 16 units", "Layer 1, backwards", "forget gate"))
    assert "<b>" not in html
    assert "Velisk, unit " in html


def test_gates_of_a_translators_encoder_and_of_a_gru_are_drawn(translator_run: Path, tmp_path: Path) -> None:
    assert "input gate" in drawn(tmp_path / "gates.html", "gates", translator_run, "--text", "ein Hund")
    run = tmp_path / "gru"
    output("train", "recipe=tagging/demo", f"run={run}", *TINY, "model.cell=gru", "trainer.epochs=1")
    assert "update gate" in drawn(tmp_path / "gru.html", "gates", run / "model", "--text", "Yensa")


def test_gradients_of_several_runs_are_drawn_in_one_picture(memory: Path, tmp_path: Path) -> None:
    html = drawn(tmp_path / "gradient.html", "gradient", memory / "rnn", memory / "lstm")
    assert re.findall(r"<title>(\w+)</title></polyline>", html) == ["rnn", "lstm"] * 2


def test_curves_are_drawn_of_what_the_log_has(trained: Path, memory: Path, tmp_path: Path) -> None:
    html = drawn(tmp_path / "curves.html", "curves", trained)
    assert re.findall("<h2>(.*)</h2>", html) == ["loss", "dev f1", "dev precision", "dev recall", "learning rate"]
    assert ">lstm</text>" in drawn(tmp_path / "two.html", "curves", memory / "rnn", memory / "lstm")


def test_confusion_and_calibration_of_a_tagger_and_a_classifier(trained: Path, memory: Path, tmp_path: Path) -> None:
    for run, words in ((trained, "counts words"), (memory / "lstm", "counts documents")):
        html = drawn(tmp_path / "confusion.html", "confusion", run, "--split", "dev")
        assert words in html
        assert "on dev" in html
        before = (run / "model" / "metrics.json").read_bytes()
        assert "Reliability diagram" in drawn(tmp_path / "calibration.html", "calibration", run)
        assert (run / "model" / "metrics.json").read_bytes() == before


def test_without_a_name_the_page_is_in_this_folder(
    memory: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert seqnlp("plot", "curves", memory / "rnn").err == "plot written to curves.html\n"
    assert (tmp_path / "curves.html").is_file()


def test_a_sweep_of_the_recipe_prints_accuracy_by_cell_and_distance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    small = ("data.train=64", "data.dev=16", "model.hidden_dim=8", "data.distance=5,8", "model.cell=rnn,lstm")
    table = output("train", "-m", "recipe=memory/long_range", *small).split("\n\n")[-2].splitlines()
    assert table[0] == "Dev accuracy by model.cell and data.distance"
    assert [line.split()[0] for line in table[1:]] == ["model.cell", "rnn", "lstm", "5-gram"]
    assert table[-1].split()[1:] == ["12.50", "12.50"]


def test_what_cannot_be_drawn(trained: Path, translator_run: Path, memory: Path, tmp_path: Path) -> None:
    page = tmp_path / "x.html"
    long = refusal("plot", "gates", trained, "--text", "word " * 10_000, "-o", page)
    assert "holds at most 200 words, subwords or characters, as this model reads them; found 10,000" in long
    assert refusal("plot", "gates", trained, "-o", page) == "--text: expected some words, found none"
    both = "`seqnlp plot attention` and `seqnlp plot gates`"
    assert refusal("plot", "curves", trained, "--text", "a") == f"--text is for {both}, found `seqnlp plot curves`"
    units = refusal("plot", "attention", trained, "--text", "a", "--units", 5)
    assert units == "--units is for `seqnlp plot gates`, found `seqnlp plot attention`"
    assert "`seqnlp plot gradient`, found `seqnlp plot curves`" in refusal("plot", "curves", trained, "--split", "dev")
    assert refusal("plot", "confusion", trained, trained) == (
        "expected one RUN for confusion, found 2; gradient and curves compare"
    )
    assert refusal("plot", "gates", trained, "--text", "a", "--units", "-1") == "--units: expected 0 or more, found -1"
    assert refusal("plot", "attention", trained, "--text", "a", "-o", page) == (
        "this is a model for tagging, not for translation"
    )
    assert refusal("plot", "calibration", translator_run) == (
        f"{translator_run} holds a translation model; confusion and calibration are of taggers and classifiers"
    )
    assert "holds a translation model; gradients over distance are" in refusal("plot", "gradient", translator_run)
    assert refusal("plot", "curves", tmp_path) == (
        f"{tmp_path} has no log.csv: expected a run from `seqnlp train` with at least one finished epoch"
    )
    assert not page.exists()
