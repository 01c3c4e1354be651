"""The classifier: the same alone and in any batch, long documents whole, and every weight takes part."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from tiny_documents import make_documents

from seqnlp.config.classification import ClassifierConfig
from seqnlp.data.document_batches import DocumentBatch, collate_documents, take_documents
from seqnlp.data.flat_sequences import FlatSequences
from seqnlp.data.lexicon import Lexicon
from seqnlp.data.windows import cut_windows
from seqnlp.models.as_network import TorchClassifier
from seqnlp.tasks.classification.data import ReadDocument, balanced_weights
from seqnlp.tasks.classification.model import build_classifier
from seqnlp.tasks.classification.prediction import DocumentPredictor
from seqnlp.tasks.word_features import learn_features

READ = [ReadDocument(text.split(), (label,)) for label, text in make_documents(12, seed=3)]
READ += [ReadDocument([], ("good",)), ReadDocument(["soup"] * 3 + ["dull"] * 20, ("bad",))]
COUNT = len(READ)
GOOD = np.array([document.labels == ("good",) for document in READ])
SIZES: dict[str, Any] = {"word_dim": 8, "hidden_dim": 6, "character_dim": 4, "character_hidden_dim": 5}
KINDS: list[dict[str, Any]] = [
    {"pooling": "max"},
    {"pooling": "last", "cell": "gru", "num_layers": 2},
    {"pooling": "mean", "bidirectional": False, "cell": "rnn", "character_model": "cnn", "casing_dim": 2},
    {"pooling": "attention", "window": 5, "overlap": 2},
    {"pooling": "max", "window": 5, "convolution_dim": 7, "convolution_pool": 2},
    {"pooling": "attention", "window": 4, "long": "hierarchical", "convolution_dim": 7, "convolution_pool": 3},
    {"pooling": "last", "window": 4, "long": "hierarchical", "cell": "peephole"},
    {"pooling": "mean", "window": 4, "long": "truncated"},
]


class Tiny:
    """An untrained classifier and its encoded documents."""

    def __init__(self, multi_label: bool = False, weights: torch.Tensor | None = None, **changes: Any) -> None:
        self.settings = ClassifierConfig(**{**SIZES, **changes})
        self.features = learn_features(READ, self.settings, None)
        self.lexicon = Lexicon(self.features)
        self.flat = FlatSequences.of([self.lexicon.indices(document.tokens) for document in READ])
        self.multi_label = multi_label
        torch.manual_seed(3)
        self.model = build_classifier(self.settings, self.features, 2, 8, multi_label, weights)

    def batch(self, *numbers: int) -> DocumentBatch:
        """The batch of these documents."""
        chosen, settings = np.array(numbers), self.settings
        documents = take_documents(self.flat, chosen)
        windows = cut_windows(documents.lengths, settings.window, settings.overlap, settings.long == "truncated")
        targets = np.stack([~GOOD, GOOD], axis=1)[chosen] if self.multi_label else GOOD[chosen].astype(np.int64)
        return collate_documents(documents, windows, targets, self.lexicon)


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_has_the_same_scores_alone_in_any_batch_and_when_predicted(kind: dict[str, Any]) -> None:
    tiny = Tiny(**kind)
    tiny.model.eval()
    order = np.random.default_rng(2).permutation(COUNT)
    together = tiny.model(tiny.batch(*order))
    for row, number in enumerate(order):
        torch.testing.assert_close(tiny.model(tiny.batch(number))[0], together[row], atol=1e-5, rtol=0)
    predictor = DocumentPredictor(TorchClassifier(tiny.model), tiny.features, tiny.settings, None)
    actual = predictor.network_scores([READ[number].tokens for number in order])
    np.testing.assert_allclose(actual, together.detach().numpy(), atol=1e-5)
    assert np.isfinite(actual).all()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("multi_label", [False, True])
def test_the_loss_is_a_sum_and_every_parameter_gets_a_gradient(kind: dict[str, Any], multi_label: bool) -> None:
    tiny = Tiny(multi_label, **kind)
    tiny.model.eval()
    alone = sum(tiny.model.loss(tiny.batch(number)).item() for number in range(COUNT))
    loss = tiny.model.loss(tiny.batch(*range(COUNT)))
    assert loss.item() == pytest.approx(alone, rel=1e-5)
    tiny.model.train()
    tiny.model.loss(tiny.batch(*range(COUNT))).backward()
    for name, parameter in tiny.model.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.to_dense().abs().sum() > 0, name


def test_scores_of_strided_windows_are_averaged_by_their_words() -> None:
    tiny, whole = Tiny(window=10), Tiny(window=30)
    tiny.model.eval()
    words = READ[-1].tokens
    predictor = DocumentPredictor(TorchClassifier(tiny.model), tiny.features, tiny.settings, None)
    parts = [words[:10], words[10:20], words[20:]]
    by_hand = np.average(predictor.network_scores(parts), axis=0, weights=[10, 10, 3])
    np.testing.assert_allclose(predictor.network_scores([words])[0], by_hand, atol=1e-5)
    unlike = DocumentPredictor(
        TorchClassifier(whole.model.eval()), whole.features, whole.settings, None
    ).network_scores([words])
    assert not np.allclose(unlike[0], by_hand, atol=1e-5)


def test_a_truncated_document_is_its_beginning_and_a_whole_one_is_not() -> None:
    words = READ[-1].tokens
    for long, same in (("truncated", True), ("hierarchical", False), ("strided", False)):
        tiny = Tiny(window=4, long=long)
        predictor = DocumentPredictor(TorchClassifier(tiny.model.eval()), tiny.features, tiny.settings, None)
        scores = predictor.network_scores([words, words[:4]])
        assert np.allclose(scores[0], scores[1], atol=1e-6) == same, long


def test_balanced_weights_make_every_class_count_alike() -> None:
    weights = balanced_weights(np.stack([~GOOD, GOOD], axis=1))
    np.testing.assert_allclose(weights * [(~GOOD).sum(), GOOD.sum()], COUNT / 2, rtol=1e-6)
    plain, weighted = Tiny(), Tiny(weights=torch.from_numpy(weights))
    number = int(np.flatnonzero(GOOD)[0])
    ratio = weighted.model.eval().loss(weighted.batch(number)) / plain.model.eval().loss(plain.batch(number))
    assert ratio.item() == pytest.approx(float(weights[1]), rel=1e-5)


@pytest.mark.parametrize("rate", ["word_dropout", "input_dropout", "hidden_dropout", "output_dropout"])
def test_each_dropout_acts_in_training_only(rate: str) -> None:
    off = dict.fromkeys(("word_dropout", "input_dropout", "hidden_dropout", "output_dropout"), 0.0)
    tiny = Tiny(**{**off, rate: 0.5})
    batch = tiny.batch(*range(COUNT))
    tiny.model.train()
    torch.manual_seed(1)
    assert not torch.allclose(tiny.model(batch), tiny.model(batch))
    tiny.model.eval()
    assert torch.equal(tiny.model(batch), tiny.model(batch))
