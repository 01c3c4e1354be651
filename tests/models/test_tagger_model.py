"""The tagger: the same alone and in any batch, and every weight takes part."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from tiny import make_sentences

from seqnlp.config.tagging import DataConfig, ModelConfig
from seqnlp.data.collate import TaggedBatch, collate
from seqnlp.data.encode import encode_split
from seqnlp.data.lexicon import Lexicon
from seqnlp.models.tagger import RecurrentTagger
from seqnlp.tasks.pretrained_vectors import Vectors
from seqnlp.tasks.tagging.data import learn_tags, model_tags
from seqnlp.tasks.tagging.model import build_tagger
from seqnlp.tasks.word_features import learn_features
from seqnlp.text.tags import find_illegal

SENTENCES = make_sentences(14, seed=4)
SIZES = {"word_dim": 8, "character_dim": 5, "character_hidden_dim": 6, "hidden_dim": 8, "casing_dim": 2}
KINDS: list[dict[str, Any]] = [
    {"output": "crf"},
    {"output": "softmax"},
    {"output": "crf", "scheme": "iob2", "cell": "gru", "num_layers": 2, "character_model": "lstm"},
    {"output": "softmax", "scheme": "iob2", "cell": "rnn", "bidirectional": False, "casing_dim": 0},
    {"output": "softmax", "scheme": "iob2", "cell": "peephole"},
    {"output": "crf", "character_model": "none", "lowercase": False, "min_count": 2},
]


class Tiny:
    """An untrained tagger and its encoded sentences."""

    def __init__(self, **changes: Any) -> None:
        settings = ModelConfig(**{**SIZES, **changes})
        words = ["mill", "Quarley"]
        values = np.random.default_rng(1).normal(size=(2, 8)).astype(np.float32)
        vectors = Vectors(words, values, [], values[:0])
        features = learn_features(SENTENCES, settings, vectors)
        self.tags = learn_tags(SENTENCES, DataConfig(), settings)
        self.scheme = settings.scheme
        self.lexicon = Lexicon(features)
        gold = model_tags(SENTENCES, DataConfig(), settings)
        self.split = encode_split(SENTENCES, gold, self.lexicon, {tag: n for n, tag in enumerate(self.tags)})
        torch.manual_seed(3)
        self.model: RecurrentTagger = build_tagger(settings, features, self.tags, 8)
        assert self.model.embedder.vectors is not None
        self.model.embedder.vectors.fill(vectors.values)

    def batch(self, *numbers: int) -> TaggedBatch:
        """The batch of these sentences."""
        return collate(self.split, np.array(numbers), self.lexicon)


@pytest.mark.parametrize("kind", KINDS)
def test_the_loss_of_a_batch_is_the_sum_of_its_sentences_losses(kind: dict[str, Any]) -> None:
    tiny = Tiny(**kind)
    tiny.model.eval()
    alone = [tiny.model.loss(tiny.batch(number)).item() for number in range(14)]
    assert all(loss > 0 for loss in alone)
    for numbers in (range(14), [3, 0, 13], [5, 5]):
        together = tiny.model.loss(tiny.batch(*numbers)).item()
        assert together == pytest.approx(sum(alone[number] for number in numbers), rel=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_a_sentence_is_decoded_the_same_alone_and_in_any_batch(kind: dict[str, Any]) -> None:
    tiny = Tiny(**kind)
    tiny.model.eval()
    order = np.random.default_rng(2).permutation(14)
    batch = tiny.batch(*order)
    emissions = tiny.model(batch)
    actual = tiny.model.decode(emissions, batch.mask)
    for row, number in enumerate(order):
        single = tiny.batch(number)
        scores = tiny.model(single)
        length = int(single.lengths[0])
        torch.testing.assert_close(emissions[row, :length], scores[0], atol=1e-5, rtol=0)
        assert actual[row, :length].tolist() == tiny.model.decode(scores, single.mask)[0].tolist()
        assert not actual[row, length:].any()


@pytest.mark.parametrize("kind", KINDS)
def test_every_trained_parameter_gets_a_gradient(kind: dict[str, Any]) -> None:
    tiny = Tiny(**kind)
    tiny.model.train()
    tiny.model.loss(tiny.batch(*range(14))).backward()
    for name, parameter in tiny.model.named_parameters():
        if parameter.requires_grad:
            assert parameter.grad is not None, name
            assert parameter.grad.to_dense().abs().sum() > 0, name
        else:
            assert kind["output"] == "softmax"
            assert name.startswith("crf.")


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_the_weights_only_legal_tags_come_out(kind: dict[str, Any]) -> None:
    tiny = Tiny(**kind)
    batch = tiny.batch(*range(14))
    for seed in range(20):
        torch.manual_seed(seed)
        emissions = 5 * torch.randn(*batch.mask.shape, len(tiny.tags))  # (B, T, K)
        actual = tiny.model.decode(emissions, batch.mask)
        for row, length in enumerate(batch.lengths.tolist()):
            tags = [tiny.tags[tag] for tag in actual[row, :length]]
            assert find_illegal(tags, tiny.scheme) == []


def test_softmax_takes_the_best_tag_of_each_token_where_that_is_legal() -> None:
    tiny = Tiny(output="softmax")
    batch = tiny.batch(*range(14))
    emissions = torch.full((*batch.mask.shape, len(tiny.tags)), -9.0)  # (B, T, K)
    emissions.scatter_(2, batch.tags[..., None], 9.0)
    assert torch.equal(tiny.model.decode(emissions, batch.mask), batch.tags)


def test_softmax_loss_is_the_cross_entropy_of_the_tokens() -> None:
    tiny = Tiny(output="softmax")
    tiny.model.eval()
    batch = tiny.batch(2, 9, 4)
    logs = tiny.model(batch).log_softmax(dim=-1)
    expected = -sum(
        logs[row, step, batch.tags[row, step]].item()
        for row, length in enumerate(batch.lengths.tolist())
        for step in range(length)
    )
    assert tiny.model.loss(batch).item() == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("rate", ["word_dropout", "input_dropout", "hidden_dropout"])
def test_each_dropout_acts_in_training_only(rate: str) -> None:
    off = {"word_dropout": 0.0, "input_dropout": 0.0, "hidden_dropout": 0.0}
    tiny = Tiny(**{**off, rate: 0.5})
    batch = tiny.batch(*range(14))
    tiny.model.train()
    torch.manual_seed(1)
    noisy = tiny.model(batch)
    assert not torch.allclose(noisy, tiny.model(batch))
    tiny.model.eval()
    assert torch.equal(tiny.model(batch), tiny.model(batch))
