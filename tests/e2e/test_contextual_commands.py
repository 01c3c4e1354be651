"""Contextual embeddings through the command line: character models first, then a tagger that reads them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml
from command import TINY, output, refusal, seqnlp
from without import run_without

from seqnlp.api import Tagger

SMALL = ("recipe=tagging/demo", *TINY, "data.limit=40", "trainer.epochs=1", "model.context_dim=8")


def test_a_tagger_reads_character_models_named_from_the_current_folder_and_ships_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for direction in ("forward", "backward"):
        sizes = ("data.limit=40", "model.embedding_dim=8", "model.hidden_dim=8", "trainer.epochs=1")
        settings = ("recipe=language_model/demo", "tokenizer.kind=characters", "tokenizer.splitter=whitespace", *sizes)
        output("train", *settings, f"model.direction={direction}", f"run=characters/{direction}")
    context = "model.context=characters/forward + characters/backward"
    first = seqnlp("train", *SMALL, context, "run=tagger")
    assert first.err.count("this happens once") == 1, first.err
    second = seqnlp("train", *SMALL, context, "run=other", "seed=2")
    assert (second.status, second.err.count("this happens once")) == (0, 0)
    named = yaml.safe_load((tmp_path / "tagger" / "config.yaml").read_text())["model"]["context"]
    assert named == f"{tmp_path}/characters/forward + {tmp_path}/characters/backward"
    card = (tmp_path / "tagger" / "model" / "README.md").read_text(encoding="utf-8")
    assert "- contextual embeddings: the states of language models of characters (forward, backward)" in card
    monkeypatch.chdir("/")
    output("resume", tmp_path / "tagger")
    shutil.rmtree(tmp_path / "characters")
    lines = "Velisk Korrasel moved from Port Ombril to Yensa.\n\nnobody came\n"
    answers = [json.loads(line) for line in output("tag", tmp_path / "tagger", "--nbest", 2, stdin=lines).splitlines()]
    assert [len(answer["tokens"]) for answer in answers] == [9, 0, 2]
    without = run_without("torch", "tag", tmp_path / "tagger", "--nbest", 2, text=lines)
    assert [json.loads(line) for line in without.stdout.splitlines()] == answers
    engines = {engine: Tagger(tmp_path / "tagger", engine=engine) for engine in ("torch", "onnxruntime", "numpy")}
    sure = {engine: [n.probability for n in tagger.tag(lines, nbest=5).nbest] for engine, tagger in engines.items()}
    assert sure["onnxruntime"] == pytest.approx(sure["torch"], abs=1e-5)
    assert sure["numpy"] == pytest.approx(sure["torch"], abs=1e-5)
    output("export", tmp_path / "tagger", "--onnx", tmp_path / "graphs")
    graphs = sorted(path.stem for path in (tmp_path / "graphs").glob("*.onnx"))
    assert graphs == ["characters_backward", "characters_forward", "tagger", "words"]
    report = json.loads(output("evaluate", tmp_path / "tagger", "--split", "test", "--json"))
    assert report["sentences"] == 40
    pictures = (("gates", "--text", "Velisk moved to Yensa."), ("gradient", "--split", "test"))
    for name, *arguments in pictures:
        output("plot", name, tmp_path / "tagger", *arguments, "-o", tmp_path / f"{name}.html")
        assert (tmp_path / f"{name}.html").stat().st_size > 1000


def test_a_missing_character_model_leaves_no_run_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    message = refusal("train", *SMALL, "model.context=gone", "run=tagger")
    assert f"`seqnlp train recipe=language_model/web_characters run={tmp_path}/gone` trains one" in message
    assert not (tmp_path / "tagger").exists()
