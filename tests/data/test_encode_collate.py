"""Sentences as flat arrays, and batches cut from them."""

from __future__ import annotations

import numpy as np
import pytest
from tiny import make_sentences

from seqnlp.config.tagging import DataConfig, ModelConfig
from seqnlp.data.collate import collate
from seqnlp.data.encode import EncodedSplit, encode_split
from seqnlp.data.lexicon import PADDING, Lexicon
from seqnlp.errors import DataError
from seqnlp.tasks.tagging.data import learn_tags
from seqnlp.tasks.word_features import learn_features
from seqnlp.text.casing import casing_index
from seqnlp.text.sentence import TaggedSentence

SENTENCES = make_sentences(12)
FEATURES = learn_features(SENTENCES, ModelConfig(), None)
TAGS = learn_tags(SENTENCES, DataConfig(), ModelConfig(scheme="iob2"))


def encode() -> tuple[EncodedSplit, Lexicon]:
    lexicon = Lexicon(FEATURES)
    tag_index = {tag: number for number, tag in enumerate(TAGS)}
    return encode_split(SENTENCES, [s.tags for s in SENTENCES], lexicon, tag_index), lexicon


def test_a_split_keeps_every_word_and_tag_in_place() -> None:
    split, lexicon = encode()
    assert len(split) == len(SENTENCES)
    assert split.lengths.tolist() == [len(s.tokens) for s in SENTENCES]
    for number, sentence in enumerate(SENTENCES):
        part = slice(split.offsets[number], split.offsets[number + 1])
        assert split.words[part].tolist() == lexicon.indices(sentence.tokens)
        assert [TAGS[tag] for tag in split.tags[part]] == list(sentence.tags)


@pytest.mark.parametrize("numbers", [[0], [3, 1, 4], [5, 5], list(range(12))])
def test_a_batch_equals_one_made_by_hand(numbers: list[int]) -> None:
    split, lexicon = encode()
    batch = collate(split, np.array(numbers), lexicon)
    sentences = [SENTENCES[number] for number in numbers]
    longest = max(len(s.tokens) for s in sentences)
    assert batch.lengths.tolist() == [len(s.tokens) for s in sentences]
    assert batch.mask.tolist() == [[t < len(s.tokens) for t in range(longest)] for s in sentences]
    for row, sentence in enumerate(sentences):
        assert [TAGS[tag] for tag in batch.tags[row, : len(sentence.tags)]] == list(sentence.tags)
        assert not batch.tags[row, len(sentence.tags) :].any()
        for step, word in enumerate(sentence.tokens):
            form = batch.index[row, step]
            length = int(batch.rows.character_lengths[form])
            assert batch.rows.word_ids[form] == FEATURES.word_id(word)
            assert [row for row in batch.rows.vector_rows[form].tolist() if row] == FEATURES.vector_rows(word)
            assert batch.rows.casings[form] == casing_index(word)
            assert batch.rows.characters[form, :length].tolist() == FEATURES.character_ids(word)
            assert (batch.rows.characters[form, length:] == PADDING).all()


@pytest.mark.parametrize("numbers", [[3, 1, 4], [11, 2], [7]])
def test_a_batch_holds_only_its_own_word_forms_each_once(numbers: list[int]) -> None:
    split, lexicon = encode()
    batch = collate(split, np.array(numbers), lexicon)
    distinct = {word for number in numbers for word in SENTENCES[number].tokens}
    assert len(batch.rows.word_ids) == len(distinct)
    assert (batch.index[~batch.mask] == 0).all()


def test_a_tag_that_training_never_showed_is_refused_with_its_line() -> None:
    strange = TaggedSentence(("Quarley",), ("B-LOK",), line=17)
    tag_index = {tag: number for number, tag in enumerate(TAGS)}
    with pytest.raises(DataError) as caught:
        encode_split([strange], [strange.tags], Lexicon(FEATURES), tag_index, path="more.conll")
    text = "more.conll:17: tag 'B-LOK' is not among the 5 tags of the training split (did you mean 'B-LOC'?)"
    assert str(caught.value) == text
