"""What evaluation counts on text with character spans is what a user counts who tags the raw text."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
import torch
from tiny import tiny_config, write_conll

import seqnlp
from seqnlp.config.tagging import TaggingConfig
from seqnlp.data.sources import load_split
from seqnlp.errors import DataError
from seqnlp.tasks.tagging.evaluation import evaluate
from seqnlp.tasks.tagging.predictions import predictions
from seqnlp.tasks.tagging.task import TaggingTask
from seqnlp.tasks.tagging.texts import texts
from seqnlp.text.sentence import TaggedSentence
from seqnlp.training.distributed import Processes
from seqnlp.training.fit import fit

NAMES = {"PER": ("Hanno Brisk", "Ilse", "北川", "Oke Lund"), "LOC": ("Tarnwick", "Low Fell", "南岸")}
TEMPLATES = (
    "then {PER} sailed to {LOC}.",
    "{PER}'s boat lies at {LOC}",
    "the {LOC}-based crew met {PER} and un{LOC}ly {PER}",
    "昨天{PER}来到{LOC}了",
    "“{PER}” slept, {LOC}\u200b too",
    "nobody came",
)


def write_texts(path: Path, count: int, seed: int, templates: tuple[str, ...] = TEMPLATES) -> list[dict[str, Any]]:
    """Texts with spans, as JSON lines."""
    draw = random.Random(seed)
    rows: list[dict[str, Any]] = []
    for number in range(count):
        text, spans = "", []
        for part in templates[number % len(templates)].replace("{", "|{").replace("}", "}|").split("|"):
            name = draw.choice(NAMES[part[1:-1]]) if part.startswith("{") else part
            if name != part:
                spans.append([len(text), len(text) + len(name), part[1:-1]])
            text += name
        rows.append({"text": text, "spans": spans})
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return rows


def config_of(folder: Path, **changes: Any) -> TaggingConfig:
    files = {f"data__{split}": f"{split}.jsonl" for split in ("train", "dev", "test")}
    changes = {"data__accept_cut_words": True, **changes}
    config = tiny_config(folder, data__format="jsonl", **files, **changes)
    assert isinstance(config, TaggingConfig)
    return config


@pytest.mark.parametrize("tokenizer", ["words", "split", "characters"])
def test_the_f1_of_an_evaluation_is_that_of_tagging_the_raw_texts(tmp_path: Path, tokenizer: str) -> None:
    write_texts(tmp_path / "train.jsonl", 72, seed=1)
    write_texts(tmp_path / "dev.jsonl", 24, seed=2)
    rows = write_texts(tmp_path / "test.jsonl", 36, seed=3)
    config = config_of(tmp_path, data__tokenizer=tokenizer, trainer__epochs=8)
    task = TaggingTask(config, tmp_path / "run", torch.device("cpu"), lambda text: None)
    fit(task, config, tmp_path / "run", Processes())
    report = evaluate(tmp_path / "run", config, "test", lambda text: None)

    answers = seqnlp.load(tmp_path / "run").tag_texts([row["text"] for row in rows])
    right = actual = gold = 0
    for row, answer in zip(rows, answers, strict=True):
        wanted = {tuple(span) for span in row["spans"]}
        given = {(span.start, span.end, span.label) for span in answer.spans}
        right, actual, gold = right + len(wanted & given), actual + len(given), gold + len(wanted)
    assert right > 0
    assert right < gold or tokenizer == "characters", "with mistakes the F1 says more"
    assert report.overall.support == gold
    assert report.score == pytest.approx(2 * right / (actual + gold))
    assert (report.errors.gold, report.errors.predicted) == (gold, actual) if report.errors else False


def test_the_tokenizer_that_was_chosen_is_that_of_every_later_reading(tmp_path: Path) -> None:
    for split in ("train", "dev", "test"):
        write_texts(tmp_path / f"{split}.jsonl", 24, seed=4, templates=("{PER}'s boat", "at_{LOC}"))
    config = config_of(tmp_path, data__accept_cut_words=False, trainer__epochs=2)
    said: list[str] = []
    task = TaggingTask(config, tmp_path / "run", torch.device("cpu"), said.append)
    assert "data.tokenizer=split cuts into 0 of 24 entities of train (words 24, english 12)" in said
    fit(task, config, tmp_path / "run", Processes())
    assert seqnlp.Tagger(tmp_path / "run").tokenizer == "split"
    evaluated: list[str] = []
    evaluate(tmp_path / "run", config, "test", evaluated.append)
    assert not any("lie inside words" in line for line in said + evaluated)
    assert any("24 of 24 texts of test are in train, too" in line for line in evaluated)
    first = next(predictions(tmp_path / "run", config, "test", evaluated.append))
    assert first["tokens"][-2:] == ["s", "boat"]
    assert len(next(iter(texts(config, "test", evaluated.append).values()))) == 24


def test_the_score_of_dev_knows_no_edges_either(tmp_path: Path) -> None:
    for split in ("train", "dev", "test"):
        write_texts(tmp_path / f"{split}.jsonl", 24, seed=4, templates=("{PER}'s boat", "the un{LOC}ly one"))
    config = config_of(tmp_path, data__tokenizer="words", trainer__epochs=12)
    task = TaggingTask(config, tmp_path / "run", torch.device("cpu"), lambda text: None)
    fit(task, config, tmp_path / "run", Processes())
    assert task.evaluate()["f1"] == 0.0, "no entity ends where a word ends, so none can be found"


@pytest.mark.parametrize(
    ("scheme", "tag", "message"), [("iob2", "O", "found the tag O only"), ("none", "N", "'N' only")]
)
def test_a_training_split_with_one_tag_is_refused(tmp_path: Path, scheme: str, tag: str, message: str) -> None:
    for split in ("train", "dev"):
        write_conll(tmp_path / f"{split}.conll", [TaggedSentence(("calm", "seas"), (tag, tag), 1)] * 4)
    model_scheme = "none" if scheme == "none" else "bioes"
    config = tiny_config(tmp_path, data__scheme=scheme, model__scheme=model_scheme)
    assert isinstance(config, TaggingConfig)
    with pytest.raises(DataError, match=rf"train\.conll: expected .* in the training split, .*{message}"):
        TaggingTask(config, tmp_path / "run", torch.device("cpu"), lambda text: None)


def test_a_run_may_be_evaluated_on_words_that_training_would_refuse(tmp_path: Path) -> None:
    write_texts(tmp_path / "train.jsonl", 12, seed=5, templates=("{PER} slept", "they saw {LOC}"))
    write_texts(tmp_path / "dev.jsonl", 4, seed=6, templates=("{PER} slept", "they saw {LOC}"))
    write_texts(tmp_path / "test.jsonl", 4, seed=7, templates=("{PER}'s boat",))
    config = config_of(tmp_path, trainer__epochs=1, data__accept_cut_words=False)
    task = TaggingTask(config, tmp_path / "run", torch.device("cpu"), lambda text: None)
    fit(task, config, tmp_path / "run", Processes())
    said: list[str] = []
    assert evaluate(tmp_path / "run", config, "test", said.append).overall.support == 4
    assert any("test.jsonl: 4 of 8 span edges lie inside words" in line for line in said)
    with pytest.raises(DataError, match=r"test\.jsonl:1: 4 of 8 span edges"):
        load_split(config.data, "test", said.append)


def test_a_dev_split_without_entities_has_no_score_and_the_last_epoch_is_kept(tmp_path: Path) -> None:
    write_texts(tmp_path / "train.jsonl", 12, seed=5, templates=("{PER} slept", "they saw {LOC}"))
    write_texts(tmp_path / "dev.jsonl", 4, seed=6, templates=("nobody came",))
    config = config_of(tmp_path, trainer__epochs=3)
    said: list[str] = []
    task = TaggingTask(config, tmp_path / "run", torch.device("cpu"), said.append)
    fit(task, config, tmp_path / "run", Processes())
    assert any("dev.jsonl: no entities to find" in line for line in said)
    metrics = json.loads((tmp_path / "run" / "model" / "metrics.json").read_text(encoding="utf-8"))
    assert (metrics["dev"], metrics["epoch"]) == ({}, 3)
