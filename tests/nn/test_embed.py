"""What a word is before its context is read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from seqnlp.data.collate import WordRows, word_rows
from seqnlp.data.lexicon import Lexicon, WordFeatures
from seqnlp.nn.embed import CHARACTER_MODELS, CompactVectors, WordEmbedder, WordSizes
from seqnlp.text.vocabulary import Vocabulary
from seqnlp.text.word_pieces import WordPieces

FEATURES = WordFeatures(
    words=Vocabulary(["the", "mill", "quarley"]),
    vector_words=Vocabulary(["mill", "pond"]),
    characters=Vocabulary(list("adehilmnopqrtuy")),
    lowercase=True,
)
VECTORS = np.random.default_rng(2).normal(size=(2, 4)).astype(np.float32)
SIZES = WordSizes(
    num_words=3,
    num_vectors=2,
    num_characters=16,
    word_dim=4,
    character_model="cnn",
    character_dim=5,
    character_hidden_dim=6,
    casing_dim=3,
    fine_tune=True,
)


def make(word_dropout: float = 0.0, **changes: object) -> WordEmbedder:
    """An embedder with the two vectors filled in and the corrections at zero."""
    torch.manual_seed(5)
    embedder = WordEmbedder(replace(SIZES, **changes), word_dropout)
    if embedder.vectors is not None:
        embedder.vectors.fill(VECTORS)
        embedder.start_corrections_at_zero(torch.tensor([1, 2, 0]), torch.tensor([False, True, True]))
    return embedder.eval()


def rows_of(*words: str) -> WordRows:
    lexicon = Lexicon(FEATURES)
    return word_rows(lexicon, lexicon.indices(words))


def rounded(row: int) -> torch.Tensor:
    """A pretrained vector as it is kept: in steps of 1/127 of its largest entry."""
    step = np.abs(VECTORS[row]).max() / 127
    return torch.from_numpy((np.round(VECTORS[row] / step) * step).astype(np.float32))


def test_compact_vectors_are_off_by_half_a_step_at_most_and_row_zero_is_zero() -> None:
    values = np.random.default_rng(1).normal(size=(200, 30)).astype(np.float32) * np.logspace(-6, 6, 200)[:, None]
    values = values.astype(np.float32)
    values[17] = 0
    vectors = CompactVectors(200, 30)
    vectors.fill(values)
    actual = vectors(torch.arange(201)[:, None])
    assert not actual[0].any()
    assert not actual[18].any()
    bound = np.abs(values).max(axis=1, keepdims=True) / 254 * 1.0001
    assert (np.abs(actual[1:].numpy() - values) <= bound).all()


def test_compact_vectors_are_buffers_of_one_byte_a_number() -> None:
    vectors = CompactVectors(10, 50)
    assert list(vectors.parameters()) == []
    assert vectors.state_dict()["codes"].dtype == torch.int8


@pytest.mark.parametrize("kind", sorted(CHARACTER_MODELS))
def test_a_words_characters_read_the_same_alone_and_in_a_batch(kind: str) -> None:
    embedder = make(character_model=kind)
    words = ["a", "quarley", "", "the" * 40, "ß"]
    together = embedder(rows_of(*words))
    for row, word in enumerate(words):
        torch.testing.assert_close(embedder(rows_of(word))[0], together[row], atol=1e-6, rtol=0)


@pytest.mark.parametrize("kind", sorted(CHARACTER_MODELS))
def test_different_spellings_have_different_characters(kind: str) -> None:
    features = make(character_model=kind)(rows_of("dale", "deal"))[:, 4:-3]
    assert not torch.allclose(features[0], features[1], atol=1e-3)


def test_the_parts_stand_side_by_side() -> None:
    assert make().output_dim == 4 + 6 + 3
    assert make(character_model="none", casing_dim=0).output_dim == 4
    assert make(word_dim=0, num_vectors=0).output_dim == 6 + 3
    assert make(word_dim=0, num_vectors=0)(rows_of("the", "pond")).shape == (2, 9)


def test_a_training_word_with_a_vector_starts_as_that_vector() -> None:
    torch.testing.assert_close(make()(rows_of("mill"))[0, :4], rounded(0))


def test_a_word_with_a_vector_that_training_never_showed_reads_as_its_vector() -> None:
    embedder = make()
    torch.testing.assert_close(embedder(rows_of("Pond"))[0, :4], rounded(1))
    embedder.table.weight.data += 1  # whatever is learned
    torch.testing.assert_close(embedder(rows_of("Pond"))[0, :4], rounded(1))


def test_a_learned_correction_is_added_to_the_vector_only_if_asked_for() -> None:
    for fine_tune, shift in ((True, 0.5), (False, 0.0)):
        embedder = make(fine_tune=fine_tune)
        embedder.table.weight.data[2] = 0.5
        torch.testing.assert_close(embedder(rows_of("mill"))[0, :4], rounded(0) + shift)


def test_words_without_a_vector_have_rows_of_their_own_and_strangers_share_one() -> None:
    embedder = make()
    actual = embedder(rows_of("the", "quarley", "stranger", "another"))[:, :4]
    expected = embedder.table.weight[[1, 3, 0, 0]]
    torch.testing.assert_close(actual, expected)


def test_words_are_dropped_only_in_training_and_then_read_as_unknown() -> None:
    embedder = make(word_dropout=0.5)
    rows = rows_of(*["the", "mill", "quarley"])
    rows = WordRows(*(getattr(rows, name).repeat_interleave(100, 0) for name in rows.__dataclass_fields__))
    whole = embedder(rows)
    assert torch.equal(embedder(rows), whole)
    embedder.train()
    torch.manual_seed(2)
    noisy = embedder(rows)
    unknown = embedder.table.weight[0]
    dropped = (noisy[:, :4] == unknown).all(dim=1)
    assert 0.4 < dropped.float().mean() < 0.6
    assert torch.equal(noisy[~dropped], whole[~dropped])
    assert torch.equal(noisy[:, 4:], whole[:, 4:]), "characters and casing are never dropped"


def test_gradients_reach_every_parameter_and_the_table_is_sparse() -> None:
    embedder = make().train()
    embedder(rows_of("the", "mill", "stranger", "UP", "Title", "12")).square().sum().backward()
    for name, parameter in embedder.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.to_dense().abs().sum() > 0, name
    assert embedder.table.weight.grad.is_sparse


def test_a_word_without_a_vector_of_its_own_reads_as_the_mean_of_its_pieces() -> None:
    features = replace(FEATURES, pieces=WordPieces(["po", "##nds", "##mill"]))
    torch.manual_seed(5)
    embedder = WordEmbedder(replace(SIZES, num_vectors=5, character_model="none", casing_dim=0)).eval()
    assert embedder.vectors is not None
    assert embedder.table is not None
    values = np.random.default_rng(7).normal(size=(5, 4)).astype(np.float32)  # three pieces, then mill and pond
    embedder.vectors.fill(values)
    embedder.table.weight.data[:] = torch.tensor([9.0, 0, 0, 0])
    lexicon = Lexicon(features)
    rows = word_rows(lexicon, lexicon.indices(["Pond", "ponds", "pomill", "the", "xyz"]))
    actual = embedder(rows).detach().numpy()
    wanted = np.stack([values[4], values[:2].mean(axis=0), values[[0, 2]].mean(axis=0)])
    np.testing.assert_allclose(actual[:3], wanted, atol=0.02)
    np.testing.assert_allclose(actual[3:], [[9, 0, 0, 0]] * 2)


def test_a_dropped_word_reads_no_pieces() -> None:
    features = replace(FEATURES, pieces=WordPieces(["po", "##nds"]))
    embedder = WordEmbedder(replace(SIZES, num_vectors=4, character_model="none", casing_dim=0), word_dropout=0.999999)
    assert embedder.vectors is not None
    assert embedder.table is not None
    embedder.vectors.fill(np.ones((4, 4), np.float32))
    lexicon = Lexicon(features)
    rows = word_rows(lexicon, lexicon.indices(["ponds", "the"]))
    assert torch.equal(embedder.train()(rows), embedder.table.weight[[0, 0]])
