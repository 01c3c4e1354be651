"""Every way to use a language model that is asked for has a row, and the last one has all of them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch

from seqnlp.bundle import weights_of
from seqnlp.config.language_model import LanguageTokensConfig, RecurrentLanguageModelConfig
from seqnlp.metrics.kneser_ney import KneserNey
from seqnlp.models.language_model import RecurrentLanguageModel
from seqnlp.tasks.language_model.adaptation import Adaptation, Subject, adapted_losses
from seqnlp.tasks.language_model.network import saved_network
from seqnlp.tasks.language_model.report import row_label
from seqnlp.tasks.language_model.saved import SavedLanguageModel
from seqnlp.tasks.language_model.scoring import score_tokens
from seqnlp.text.language_tokens import learn_tokens

TOKENS = learn_tokens(["abcdefgh"], LanguageTokensConfig(kind="characters"))
DRAW = np.random.default_rng(8)
TRAIN, DEV, TEST = (np.arange(size) % 5 + DRAW.integers(0, 3, size) for size in (300, 150, 170))


LETTERS = {"n-grams": "n", "neural cache": "c", "dynamic evaluation": "d"}


def kinds_in(name: str) -> str:
    """What a row's name names, a letter each."""
    return "".join(letter for part in name.split(" and ") for kind, letter in LETTERS.items() if part.startswith(kind))


def test_a_row_of_everything_is_told_without_its_settings() -> None:
    parts = (
        "dynamic evaluation (eta 0.004, lambda 0.02)",
        "n-grams (w 0.205)",
        "neural cache 2000 (theta 1.6, lambda 0.2)",
    )
    assert row_label(" and ".join(parts)) == "dynamic evaluation, n-grams, neural cache 2000"
    assert [*map(row_label, parts)] == [*parts]


@pytest.mark.parametrize(
    ("asked", "rows"),
    [
        (Adaptation(ngrams=True), ["n"]),
        (Adaptation(cache=20), ["c"]),
        (Adaptation(dynamic=0.003), ["d"]),
        (Adaptation(cache=20, ngrams=True), ["n", "c", "nc"]),
        (Adaptation(dynamic=0.003, ngrams=True), ["n", "d", "dn"]),
        (Adaptation(cache=20, dynamic=0.003), ["c", "d", "dc"]),
        (Adaptation(cache=20, dynamic=0.003, ngrams=True), ["n", "c", "d", "dnc"]),
    ],
    ids=str,
)
def test_there_is_a_row_for_each_and_one_for_all(asked: Adaptation, rows: list[str]) -> None:
    torch.manual_seed(3)
    settings = RecurrentLanguageModelConfig(embedding_dim=5, hidden_dim=6)
    weights = weights_of(RecurrentLanguageModel(settings, len(TOKENS)).state_dict())
    saved = SavedLanguageModel(settings, TOKENS, False, weights, Path("model"))
    counted = KneserNey(TRAIN, len(TOKENS))
    as_trained = partial(score_tokens, saved_network(saved))
    said: list[str] = []
    costs = as_trained(TEST)
    subject = Subject(saved, TRAIN, DEV, TEST, costs, as_trained, lambda tokens: -counted.log_probabilities(tokens)[-1])
    found = [*adapted_losses(subject, asked, said.append)]
    assert [kinds_in(row.name) for row in found] == rows
    assert bool(said) == asked.searches
    plain = costs.sum()
    for row in found:
        assert row.losses.shape == TEST.shape
        assert row.losses.sum() < 1.01 * plain
    if asked.mixes:
        assert found[-1].losses.sum() < 1.02 * min(row.losses.sum() for row in found)
