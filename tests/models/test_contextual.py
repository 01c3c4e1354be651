"""Contextual string embeddings: those of a plain re-read of the characters, alone and in any batch."""

from __future__ import annotations

import random
from typing import Any

import pytest
import torch
from tiny import make_sentences
from torch import Tensor

from seqnlp.config.language_model import RecurrentLanguageModelConfig
from seqnlp.models.contextual import CharacterEncoder, ContextualEmbedder
from seqnlp.models.language_model import LanguageModelEncoder
from seqnlp.networks import contextual
from seqnlp.text.language_tokens import CharacterTokens

SENTENCES = [
    *(sentence.tokens for sentence in make_sentences(12, seed=5)),
    ("a",),
    (),
    ("東京", "☃", "Brand"),
    ("x" * 300, "the", "mill"),
    ("the", "old", "mill", "of", "LOC") * 30,
    ("",),
    ("two words", "in", "one"),
]


def make_reader(direction: str, lowercase: bool = False, **changes: object) -> CharacterEncoder:
    """One with random weights."""
    torch.manual_seed(len(direction))
    settings: dict[str, Any] = {
        "embedding_dim": 5,
        "hidden_dim": 7,
        "num_layers": 1,
        "tie_embeddings": False,
        **changes,
    }
    config = RecurrentLanguageModelConfig(direction=direction, **settings)
    tokens = CharacterTokens(["\n", " ", *"abcdefghijklmnopqrstuvwxyzABLOQSTW.!éý"])
    return CharacterEncoder(LanguageModelEncoder(config, len(tokens)), tokens, lowercase)


def read_again(reader: CharacterEncoder, words: tuple[str, ...], number: int) -> Tensor:
    """The state (H,) at a word of a model that reads the sentence's characters up to it, one by one."""
    before, after = " ".join(words[: number + 1]), " ".join(words[number:])
    text = before if reader.direction == "forward" else after[::-1]
    state = reader.reader.start()
    for character in "\n" + text:
        token = torch.tensor([[reader.tokens.vocabulary.index(character)]])  # (1, 1)
        outputs, state = reader.reader(token, state)  # (1, 1, H)
    return outputs[0, 0]


@pytest.mark.parametrize("direction", ["forward", "backward"])
@pytest.mark.parametrize("changes", [{}, {"cell": "gru", "num_layers": 2}, {"tie_embeddings": True, "hidden_dim": 5}])
def test_a_words_vector_is_the_state_after_a_plain_reading_of_the_characters(
    direction: str, changes: dict[str, object]
) -> None:
    reader = make_reader(direction, **changes)
    for words in SENTENCES[:10]:
        actual = reader.read([words])
        expected = torch.stack([read_again(reader, words, number) for number in range(len(words))])
        torch.testing.assert_close(actual, expected, atol=1e-6, rtol=0)


@pytest.mark.parametrize("batch_characters", [1, 500, contextual.BATCH_CHARACTERS])
@pytest.mark.parametrize("window", [1, 7, contextual.WINDOW])
def test_a_sentences_vectors_are_the_same_alone_and_in_any_batch(
    monkeypatch: pytest.MonkeyPatch, window: int, batch_characters: int
) -> None:
    embedder = ContextualEmbedder([make_reader("forward"), make_reader("backward")])
    alone = {words: embedder.read([words]) for words in SENTENCES}
    assert {tuple(actual.shape) for actual in alone.values()} == {(len(words), 14) for words in SENTENCES}
    monkeypatch.setattr(contextual, "WINDOW", window)
    monkeypatch.setattr(contextual, "BATCH_CHARACTERS", batch_characters)
    shuffled = SENTENCES * 2
    random.Random(1).shuffle(shuffled)
    together = embedder.read(shuffled).split([len(words) for words in shuffled])
    for words, actual in zip(shuffled, together, strict=True):
        torch.testing.assert_close(actual, alone[words], atol=1e-6, rtol=0)


def test_nothing_to_read_gives_no_vectors() -> None:
    embedder = ContextualEmbedder([make_reader("forward")])
    assert embedder.read([]).shape == embedder.read([()]).shape == (0, 7)


def test_one_model_sees_what_is_before_a_word_and_the_other_what_is_after_it() -> None:
    one, other = ("the", "old", "mill"), ("nobody", "old", "mill")
    forward, backward = make_reader("forward"), make_reader("backward")
    assert not torch.allclose(forward.read([one])[1:], forward.read([other])[1:], atol=1e-4)
    torch.testing.assert_close(backward.read([one])[1:], backward.read([other])[1:])
    torch.testing.assert_close(forward.read([one])[:2], forward.read([("the", "old", "came")])[:2])
    assert not torch.allclose(backward.read([one])[:2], backward.read([("the", "old", "came")])[:2], atol=1e-4)


def test_a_model_of_lower_cased_text_reads_lower_cased_words() -> None:
    reader = make_reader("backward", lowercase=True)
    assert torch.equal(reader.read([("Old", "MILL")]), reader.read([("old", "mill")]))
    assert not torch.allclose(make_reader("backward").read([("Old", "MILL")]), reader.read([("old", "mill")]))


@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_accents_apart_stay_with_their_letters(direction: str) -> None:
    reader = make_reader(direction)
    assert torch.equal(reader.read([("a", "caf\u0065\u0301y")]), reader.read([("a", "caf\u00e9y")]))


def test_the_digest_tells_weights_characters_and_case_apart() -> None:
    reader, other = make_reader("forward"), make_reader("forward")
    assert ContextualEmbedder([reader]).digest() == ContextualEmbedder([other]).digest()
    other.reader.embedding.weight[3, 2] += 0.1
    different = [other, make_reader("forward", lowercase=True), make_reader("backward")]
    actual = {ContextualEmbedder([each]).digest() for each in [reader, *different]}
    assert len(actual) == 4
