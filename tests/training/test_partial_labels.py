"""Taggers learn from tags that are known in part, and as much from a sentence as it weighs."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from tiny import make_sentences

import seqnlp
from seqnlp.config.tagging import DataConfig
from seqnlp.data.in_memory.tagged import written_tagged
from seqnlp.data.sources import load_split
from seqnlp.errors import DataError
from seqnlp.text.partial_tags import allowed_tags, refuse_impossible_tags

SETTINGS: dict[str, object] = {
    "model": {"word_dim": 16, "character_model": "none", "hidden_dim": 16},
    "trainer": {"epochs": 8, "batch_sentences": 6, "threads": 1, "precision": "fp32"},
    "optimizer.learning_rate": 0.03,
}
SENTENCES = [(list(one.tokens), list(one.tags)) for one in make_sentences(60)]
TEST = [(list(one.tokens), list(one.tags)) for one in make_sentences(60, seed=9)]


def hidden(sentences: Sequence[Any], part: float, seed: int = 0) -> list[tuple[list[str], list[str]]]:
    """The sentences with a part of their tags unknown."""
    draw = random.Random(seed)
    return [(words, ["?" if draw.random() < part else tag for tag in tags]) for words, tags in sentences]


def train(sentences: Any, **settings: object) -> seqnlp.Tagger:
    return seqnlp.train(task="tagging", train=sentences, settings={**SETTINGS, **settings})


@pytest.mark.parametrize(
    ("settings", "least"), [({}, 0.8), ({"model.scheme": "iob2"}, 0.8), ({"model.output": "softmax"}, 0.6)]
)
def test_half_of_the_tags_teach_more_than_the_sentences_that_are_whole(
    settings: dict[str, object], least: float
) -> None:
    half = hidden(SENTENCES, 0.5)
    whole = [(words, tags) for words, tags in half if "?" not in tags]
    learned = train(half, **{"data.partial": True}, **settings).evaluate(TEST).f1
    assert learned > least
    assert learned > train(whole, **settings).evaluate(TEST).f1 + 0.1


def test_what_may_be_one_of_several_is_decided_by_what_is_known_elsewhere() -> None:
    doubtful = [
        (words, ["B-PER|B-LOC" if tag.startswith("B-") and number % 2 else tag for tag in tags])
        for number, (words, tags) in enumerate(SENTENCES)
        if not any(tag.startswith("I-") for tag in tags)
    ]
    test = [(words, tags) for words, tags in TEST if not any(tag.startswith("I-") for tag in tags)]
    assert train(doubtful, **{"data.partial": True}).evaluate(test).f1 > 0.7


def test_known_tags_train_the_same_tagger_with_and_without_the_setting() -> None:
    short: dict[str, object] = {"trainer.epochs": 2}
    one, other = train(SENTENCES, **short), train(SENTENCES, **{"data.partial": True}, **short)
    assert (one.path / "model.safetensors").read_bytes() == (other.path / "model.safetensors").read_bytes()


def test_plain_tags_may_be_unknown_too() -> None:
    plain = [(["the", "mill", "turns"], ["DET", "NOUN", "?"]), (["the", "mill", "turns"], ["?", "NOUN|VERB", "VERB"])]
    tagger = train(plain * 12, **{"data.partial": True, "data.scheme": "none", "model.scheme": "none"})
    assert tagger.labels == ["DET", "NOUN", "VERB"]
    assert tagger.tag_words([["the", "mill", "turns"]])[0].tags == ["DET", "NOUN", "VERB"]


def test_a_dev_split_is_held_out_of_the_sentences_that_are_known() -> None:
    tagger = seqnlp.train(
        task="tagging", train=hidden(SENTENCES, 0.1), dev=0.2, settings={**SETTINGS, "data.partial": True}
    )
    assert tagger.metrics["dev"]["f1"] > 0
    with pytest.raises(DataError, match=r"dev\[0\]: expected tags that are known"):
        seqnlp.train(task="tagging", train=SENTENCES, dev=[(["a"], ["?"])], settings={**SETTINGS, "data.partial": True})


def test_a_sentence_that_weighs_nothing_teaches_nothing_and_one_that_weighs_twice_counts_twice() -> None:
    wrong = [(words, ["O"] * len(words), 0) for words, _ in SENTENCES]
    right = [(words, tags, 1.0) for words, tags in SENTENCES]
    assert train([*wrong, *right]).evaluate(TEST).f1 > 0.8
    assert train([(words, tags, 1 - weight) for words, tags, weight in [*wrong, *right]]).evaluate(TEST).f1 < 0.2


def test_texts_with_spans_weigh_as_well(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"text": "Brand met nobody in Quarley\nTamsin Oake came", "spans": [[0, 5, "PER"]], "sure": 0.25},
        {"text": "nobody came", "entities": []},
    ]
    (tmp_path / "train.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    said: list[str] = []
    config = DataConfig(dir=str(tmp_path), train="train.jsonl", weight_column="sure")
    assert [sentence.weight for sentence in load_split(config, "train", said.append)] == [0.25, 0.25, 1.0]
    assert not [line for line in said if "every row weighs" in line]
    config.weight_column = "sur"
    load_split(config, "train", said.append)
    assert any("every row weighs 1; is data.weight_column=sur right?" in line for line in said)
    held = [("Brand met nobody", [(0, 5, "PER")], 3), {"text": "nobody", "spans": [], "weight": 0}]
    rows = [json.loads(line) for line in written_tagged(held, "train", {}).content.splitlines()]
    assert [row["weight"] for row in rows] == [3, 0]
    with pytest.raises(DataError, match=r"train\[0\]: expected a weight .* found -1"):
        written_tagged([("Brand", [(0, 5, "PER")], -1)], "train", {})


def test_weights_in_a_format_without_them_are_refused(tmp_path: Path) -> None:
    (tmp_path / "train.conll").write_text("Brand\tB-PER\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"expected data.format=jsonl or json, .*\(data.weight_column\), found conll"):
        load_split(DataConfig(dir=str(tmp_path), train="train.conll", weight_column="sure"), "train", print)


@pytest.mark.parametrize("output", ["crf", "softmax"])
def test_the_loss_is_the_weighted_sum_of_the_sentences(output: str) -> None:
    from seqnlp.data.collate import collate
    from seqnlp.tasks.tagging.task import TaggingTask

    losses: list[torch.Tensor] = []
    kept: dict[str, Any] = {}

    class Spy(TaggingTask):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments)
            kept["task"] = self

    import seqnlp.task_table as table

    with pytest.MonkeyPatch.context() as patch:
        real = table.part_of
        patch.setattr("seqnlp.tasks.base.part_of", lambda task, part: Spy if part == "task" else real(task, part))
        train([(*SENTENCES[0], 0.5), (*SENTENCES[1], 3), (*SENTENCES[2], 0)], **{"model.output": output})
    task = kept["task"]
    task.model.eval()
    import numpy as np

    for numbers in ([0], [1], [2], [0, 1, 2]):
        losses.append(task.model.loss(collate(task.train, np.array(numbers), task.lexicon)).detach())
    assert losses[2] == 0
    torch.testing.assert_close(losses[3], losses[0] + losses[1])


@pytest.mark.parametrize(
    ("sentences", "settings", "expected"),
    [
        ([(["a"], ["?"])] * 2, {}, r"train\[0\]: .*set data.partial=true"),
        ([(["a", "b"], ["?", "X-PER"])], {"data.partial": True}, r"train\[0\]: word 2 of the sentence: 'X-PER'"),
        ([(["a", "b"], ["O", "I-PER|I-LOC"])], {"data.partial": True}, "word 2 .*cannot stand there in iob2"),
        ([(["a", "b"], ["?", "?"])], {"data.partial": True}, "expected entities in the training split"),
        ([(["a"], ["O"], -1)], {}, r"train\[0\]: expected a weight \(a number of 0 or more\) in 'weight', found -1"),
        ([(["a"], ["O"], "much")], {}, r"train\[0\]: expected a weight"),
        ([(["a"], ["B-X"], 0)], {}, "expected a sentence whose weight"),
        ([(["a"], ["?"])], {"data.partial": True, "data.scheme": "iob1"}, "not for data.scheme=iob1"),
    ],
)
def test_mistakes_are_named(sentences: Any, settings: dict[str, object], expected: str) -> None:
    with pytest.raises(seqnlp.SeqnlpError, match=expected):
        train(sentences, **settings)


def test_what_a_tag_may_be_in_the_scheme_of_the_model() -> None:
    assert allowed_tags("?", "iob2", "bioes") is None
    assert allowed_tags("B-X|O", "iob2", "bioes") == ["B-X", "S-X", "O"]
    assert allowed_tags("L-X|U-X", "bilou", "bioes") == ["E-X", "S-X"]
    assert allowed_tags("E-X|S-X", "bioes", "iob2") == ["I-X", "B-X"]
    refuse_impossible_tags(["?", "I-X", "?"], "iob2")
    with pytest.raises(DataError, match="cannot end with 'B-X' in bioes"):
        refuse_impossible_tags(["?", "B-X"], "bioes")
