"""A tagger trained on made-up files, used as a person would use it."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tiny import make_sentences, tiny_config, write_conll, write_tiny_data

from seqnlp.api import TaggedText, Tagger, load
from seqnlp.bundle import load_bundle, save_bundle
from seqnlp.data.lexicon import Lexicon
from seqnlp.errors import SeqnlpError
from seqnlp.tasks.tagging.calibration import calibrate
from seqnlp.tasks.tagging.review import ENTITIES, Review
from seqnlp.tasks.tagging.task import TaggingTask
from seqnlp.text.sentence import TaggedSentence
from seqnlp.text.tags import find_illegal
from seqnlp.training.distributed import Processes
from seqnlp.training.fit import fit

TEXTS = [
    "Ada Sorrel lives in Brinmoor.",
    "",
    "  nobody   came ",
    "the old mill of Lower Ashby is 300 years old",
    "Tamsin Oake met Brand near Quarley!",
    "東京 — “Wren Hollis” ☃\t…",
    "x" * 500,
    " ",
]


def train(folder: Path, **changes: Any) -> Path:
    """A run trained for a few epochs on the folder's files."""
    config = tiny_config(folder, **{"trainer__epochs": 6, **changes})
    run = folder / "run"
    run.mkdir()
    task = TaggingTask(config, run, torch.device("cpu"), lambda text: None)
    fit(task, config, run, Processes())
    calibrate(run / "model", task.dev, fit_outside=False)
    return run


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trained entity tagger."""
    folder = tmp_path_factory.mktemp("entities")
    write_tiny_data(folder, train=60, dev=20)
    return train(folder)


@pytest.fixture(scope="module")
def tagger(run: Path) -> Tagger:
    return load(run)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Tagger:
    """A trained tagger of plain tags: the kind of each word."""
    folder = tmp_path_factory.mktemp("plain")

    def retagged(sentences: Sequence[TaggedSentence]) -> list[TaggedSentence]:
        kinds = [
            ["NUM" if word.isdigit() else "WORD" if word.isalpha() else "SIGN" for word in s.tokens] for s in sentences
        ]
        return [replace(s, tags=tuple(tags)) for s, tags in zip(sentences, kinds, strict=True)]

    write_conll(folder / "train.conll", retagged(make_sentences(40, seed=1)))
    write_conll(folder / "dev.conll", retagged(make_sentences(40, seed=2)))
    return load(train(folder, data__scheme="none", model__scheme="none"))


def without_probabilities(answer: TaggedText) -> TaggedText:
    return replace(answer, spans=[replace(span, probability=0.0) for span in answer.spans], probabilities=[])


def assert_same(one: TaggedText, other: TaggedText) -> None:
    """Equal answers, probabilities up to rounding."""
    assert without_probabilities(one) == without_probabilities(other)
    probabilities = [[span.probability for span in answer.spans] + answer.probabilities for answer in (one, other)]
    assert probabilities[0] == pytest.approx(probabilities[1], abs=1e-5)


def test_the_tagger_has_learned_its_tiny_world(tagger: Tagger) -> None:
    answer = tagger.tag("Ada Sorrel lives in Brinmoor.")
    assert [(span.text, span.label) for span in answer.spans] == [("Ada Sorrel", "PER"), ("Brinmoor", "LOC")]
    assert answer.tags == ["B-PER", "I-PER", "O", "O", "B-LOC", "O"]
    assert tagger.labels == ["LOC", "PER"]
    assert not tagger.plain_tags


def test_offsets_cut_the_very_words_out_of_the_text(tagger: Tagger) -> None:
    for answer, text in zip(tagger.tag_texts(TEXTS), TEXTS, strict=True):
        assert answer.text == text
        for token in answer.tokens:
            assert text[token.start : token.end] == token.text
        for span in answer.spans:
            assert text[span.start : span.end] == span.text
            assert span.start == answer.tokens[span.first].start
            assert span.end == answer.tokens[span.last - 1].end
            assert 0 < span.probability <= 1
        assert len(answer.tags) == len(answer.tokens)
        assert find_illegal(answer.tags, "iob2") == []


@pytest.mark.parametrize("kind", ["tagger", "plain"])
def test_a_text_is_answered_the_same_alone_and_in_any_batch(kind: str, request: pytest.FixtureRequest) -> None:
    tagger: Tagger = request.getfixturevalue(kind)
    texts = TEXTS * 20
    random.Random(1).shuffle(texts)
    alone = {text: tagger.tag(text) for text in TEXTS}
    for text, answer in zip(texts, tagger.tag_texts(texts), strict=True):
        assert_same(answer, alone[text])


@pytest.mark.parametrize("text", ["", " ", "\t \u2003"])
def test_a_text_without_words_has_an_empty_answer(tagger: Tagger, plain: Tagger, text: str) -> None:
    for model in (tagger, plain):
        answer = model.tag(text, nbest=2)
        assert answer == TaggedText(text, [], [], [], [], [], plain=model.plain_tags)
        assert answer.to_dict()["probabilities" if model.plain_tags else "spans"] == []
    assert tagger.tag_texts([]) == []


def test_improbable_entities_are_left_out_with_their_tags(tagger: Tagger) -> None:
    text = "Brinmoor met Quarley near Sorrel Oake , said Xanthe of Umber"
    everything = tagger.tag(text)
    assert everything.spans
    limit = sorted(span.probability for span in everything.spans)[len(everything.spans) // 2]
    some = tagger.tag(text, min_probability=limit)
    assert some.spans == [span for span in everything.spans if span.probability >= limit]
    kept = {position for span in some.spans for position in range(span.first, span.last)}
    assert [tag if number in kept else "O" for number, tag in enumerate(everything.tags)] == some.tags


def test_entities_and_texts_are_marked_where_mistakes_are_likely(run: Path, tagger: Tagger) -> None:
    review = Review(np.array([0.3, 0.6, 0.9]), np.array([0.5, 2.0, 4.0]))
    marks = load(run)
    marks._review = review
    for level, bound, entropy in ((0.25, 0.3, 4.0), (0.5, 0.6, 2.0), (0.75, 0.9, 0.5), (1, 1, 0)):
        answers = marks.tag_texts(TEXTS, review=level)
        for answer, unsure in zip(answers, marks.uncertainty(TEXTS), strict=True):
            assert [span.review for span in answer.spans] == [span.probability <= bound for span in answer.spans]
            assert answer.review == (unsure >= entropy)
            assert answer.to_dict()["review"] == answer.review
            assert [span["review"] for span in answer.to_dict()["spans"]] == [span.review for span in answer.spans]
    assert "review" not in json.dumps(tagger.tag(TEXTS[0]).to_dict())


def test_what_to_review_is_kept_in_the_folder_and_refused_where_it_is_not_known(
    run: Path, plain: Tagger, tmp_path: Path
) -> None:
    saved = load_bundle(run / "model")
    numbers = {name: array for name, array in saved.weights.items() if name.startswith("review.")}
    assert set(numbers) == {"review.entities", "review.texts"}
    few = replace(saved, weights={**saved.weights, ENTITIES: np.zeros(0, np.float32)})
    save_bundle(tmp_path / "few", few)
    assert all(span.review for span in load(tmp_path / "few").tag(TEXTS[0], review=0.01).spans)
    old = replace(saved, weights={name: array for name, array in saved.weights.items() if name not in numbers})
    save_bundle(tmp_path / "old", old)
    with pytest.raises(SeqnlpError, match="cannot say what to review: that is set on dev"):
        load(tmp_path / "old").tag("Ada", review=0.9)
    with pytest.raises(SeqnlpError, match=r"review: expected a number from 0\.01 to 1, found 95"):
        load(run).tag("Ada", review=95)
    with pytest.raises(SeqnlpError, match="without min_probability"):
        load(run).tag("Ada", review=0.9, min_probability=0.5)
    with pytest.raises(SeqnlpError, match="this model gives every word a tag"):
        plain.tag("Ada", review=0.9)


def test_the_best_answers_are_legal_distinct_and_sorted_by_probability(tagger: Tagger) -> None:
    for answer in tagger.tag_texts(TEXTS, nbest=5):
        if not answer.tokens:
            continue
        probabilities = [best.probability for best in answer.nbest]
        assert probabilities == sorted(probabilities, reverse=True)
        assert all(0 <= probability <= 1 for probability in probabilities)
        assert sum(probabilities) <= 1 + 1e-5
        assert answer.nbest[0].tags == answer.tags
        assert len({tuple(best.tags) for best in answer.nbest}) == len(answer.nbest)
        assert all(find_illegal(best.tags, "iob2") == [] for best in answer.nbest)


def test_all_answers_together_are_certain_and_add_up_to_the_spans(tagger: Tagger) -> None:
    answer = tagger.tag("Ada Brinmoor", nbest=1000)
    probabilities = [best.probability for best in answer.nbest]
    assert sum(probabilities) == pytest.approx(1, abs=1e-4)
    for span in answer.spans:
        holds = [
            best.probability
            for best in answer.nbest
            if best.tags[span.first] == f"B-{span.label}"
            and all(tag == f"I-{span.label}" for tag in best.tags[span.first + 1 : span.last])
            and (span.last == 2 or best.tags[span.last] != f"I-{span.label}")
        ]
        assert span.probability == pytest.approx(sum(holds), abs=1e-4)


def test_an_outside_penalty_finds_more_entities_and_changes_no_probability(
    run: Path, tagger: Tagger, tmp_path: Path
) -> None:
    saved = load_bundle(run)
    save_bundle(tmp_path / "eager", replace(saved, description={**saved.description, "outside_penalty": 6.0}))
    eager, pairs = load(tmp_path / "eager"), []
    for text in TEXTS:
        calm, keen = tagger.tag(text, nbest=3), eager.tag(text, nbest=3)
        assert [best.tags for best in keen.nbest] == [best.tags for best in calm.nbest], "ranked without the penalty"
        both = [{(span.start, span.end, span.label): span.probability for span in one.spans} for one in (calm, keen)]
        pairs += [(both[0][place], both[1][place]) for place in both[0].keys() & both[1].keys()]
    assert pairs
    assert [eager_one for _, eager_one in pairs] == pytest.approx([calm_one for calm_one, _ in pairs], abs=1e-6)
    count = sum(len(answer.spans) for answer in tagger.tag_texts(TEXTS))
    assert sum(len(answer.spans) for answer in eager.tag_texts(TEXTS)) > count


def test_words_can_be_given_instead_of_text(tagger: Tagger) -> None:
    words = [["Ada", "Sorrel", "lives", "in", "Brinmoor", "."], [], ["nobody"]]
    answers = tagger.tag_words(words)
    assert [[token.text for token in answer.tokens] for answer in answers] == words
    assert answers[0].text == "Ada Sorrel lives in Brinmoor ."
    for answer in answers:
        assert all(answer.text[token.start : token.end] == token.text for token in answer.tokens)
    assert answers[0].tags == tagger.tag("Ada Sorrel lives in Brinmoor.").tags


def test_plain_tags_come_one_a_word_with_their_probabilities(plain: Tagger) -> None:
    assert plain.plain_tags
    assert plain.labels == ["NUM", "SIGN", "WORD"]
    answer = plain.tag("the old mill of Quarley is 300 years old", nbest=3)
    assert answer.tags == ["WORD"] * 6 + ["NUM"] + ["WORD"] * 2
    assert answer.spans == []
    assert len(answer.probabilities) == 9
    assert all(0.3 < probability <= 1 for probability in answer.probabilities)
    assert answer.nbest[0].tags == answer.tags


def test_a_sentence_of_five_thousand_words_is_answered_whole(tagger: Tagger) -> None:
    words = (TEXTS[0] + " " + TEXTS[4] + " ").split() * 500
    long, short = tagger.tag_words([words[:5000], words[:4]])
    assert len(long.tags) == 5000
    assert all(0 < span.probability <= 1 for span in long.spans)
    assert_same(short, tagger.tag_words([words[:4]])[0])


def test_forgetting_word_forms_changes_no_answer(run: Path, tagger: Tagger) -> None:
    forgetful = load(run)
    vectors = forgetful._predictor._vectors
    vectors._lexicon = Lexicon(vectors._lexicon.features, capacity=3)
    for _ in range(2):
        for text in TEXTS:
            assert_same(forgetful.tag(text), tagger.tag(text))
    assert len(vectors._lexicon) < 20


def test_a_loaded_model_answers_like_the_one_in_memory_and_like_itself(run: Path, tagger: Tagger) -> None:
    assert load(str(run / "model")).tag_texts(TEXTS) == load(run).tag_texts(TEXTS)
    assert tagger.tag(TEXTS[0]) == tagger.tag(TEXTS[0])


@pytest.mark.parametrize("scheme", ["iob1", "bioes", "bilou"])
def test_tags_come_in_the_scheme_of_the_training_data(tmp_path: Path, scheme: str) -> None:
    from seqnlp.text.tags import convert_tags

    for name, seed in (("train", 1), ("dev", 2)):
        sentences = [
            replace(s, tags=tuple(convert_tags(s.tags, "iob2", scheme))) for s in make_sentences(12, seed=seed)
        ]
        write_conll(tmp_path / f"{name}.conll", sentences)
    model = load(train(tmp_path, data__scheme=scheme, model__scheme="iob2", trainer__epochs=1))
    for answer in model.tag_texts(TEXTS, nbest=2):
        assert find_illegal(answer.tags, scheme) == []
        assert all(find_illegal(best.tags, scheme) == [] for best in answer.nbest)


@pytest.mark.parametrize(
    "changes",
    [
        {"model__output": "softmax"},
        {"model__cell": "gru", "model__num_layers": 2, "model__character_model": "lstm"},
        {"model__bidirectional": False, "model__character_model": "none", "model__casing_dim": 0},
        {"model__word_dim": 0},
        {"data__dev": ""},
        {"trainer__ema_decay": 0.9, "trainer__accumulation": 2, "optimizer__schedule": "cosine"},
        {"optimizer__name": "sgd", "optimizer__momentum": 0.9},
    ],
)
def test_every_kind_of_tagger_trains_saves_loads_and_answers(tmp_path: Path, changes: dict[str, Any]) -> None:
    write_tiny_data(tmp_path, train=10, dev=4)
    model = load(train(tmp_path, **{"trainer__epochs": 1, **changes}))
    answers = model.tag_texts(TEXTS, nbest=2)
    assert [len(answer.tags) for answer in answers] == [len(answer.tokens) for answer in answers]
    assert all(find_illegal(answer.tags, "iob2") == [] for answer in answers)
