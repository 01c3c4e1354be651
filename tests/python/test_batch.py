"""``seqnlp.batch``: a model as the function of ``datasets.Dataset.map``, also in other processes."""

from __future__ import annotations

import csv
import json
import pickle
from pathlib import Path
from typing import Any

import datasets
import pandas
import pytest
from command import output
from tiny import make_sentences

import seqnlp
from seqnlp.tables.job import answer_table

SETTINGS: dict[str, object] = {
    "model": {"word_dim": 10, "character_model": "none", "hidden_dim": 12},
    "trainer": {"epochs": 8, "batch_sentences": 6, "threads": 1},
    "optimizer.learning_rate": 0.03,
}
OLD = Path(__file__).parents[1] / "old_models"
TEXTS = ["Tamsin Oake met Brand near Quarley !", "nobody came", "Wren Hollis lives in Lower Ashby ."]


@pytest.fixture(scope="module")
def tagger() -> seqnlp.Tagger:
    sentences = [(list(one.tokens), list(one.tags)) for one in make_sentences(60)]
    return seqnlp.train(task="tagging", train=sentences, dev=0.2, settings=SETTINGS)


@pytest.mark.parametrize("processes", [None, 2])
def test_a_data_set_gets_the_answers_as_columns(tagger: seqnlp.Tagger, processes: int | None) -> None:
    rows = datasets.Dataset.from_dict({"text": TEXTS * 4})
    actual = rows.map(seqnlp.batch(tagger.path), batched=True, num_proc=processes)
    assert [list(tags) for tags in actual["tags"]] == [answer.tags for answer in tagger.tag_texts(TEXTS * 4)]
    assert actual[0]["spans"][0]["text"] == "Tamsin Oake"


def test_words_are_read_as_they_are_and_columns_may_have_other_names(tagger: seqnlp.Tagger) -> None:
    words = datasets.Dataset.from_dict({"tokens": [text.split() for text in TEXTS], "text": ["other"] * 3})
    assert list(words.map(seqnlp.batch(tagger), batched=True)["tags"]) == [
        answer.tags for answer in tagger.tag_words([text.split() for text in TEXTS])
    ]
    named = seqnlp.batch(tagger, column="body", prefix="model_")({"body": TEXTS})
    assert set(named) == {"model_tags", "model_tokens", "model_spans"}
    assert pickle.loads(pickle.dumps(seqnlp.batch(tagger)))({"text": TEXTS}) == seqnlp.batch(tagger)({"text": TEXTS})


@pytest.mark.parametrize("errors", ["raise", "column"])
def test_the_first_rows_may_have_neither_entities_nor_errors(tagger: seqnlp.Tagger, errors: Any) -> None:
    texts = ["nobody came", ""] * 2 + TEXTS + ([None] if errors == "column" else [])
    answers = seqnlp.batch(tagger, prefix="m_", errors=errors)
    rows = datasets.Dataset.from_dict({"text": texts}).map(answers, batched=True, batch_size=2, writer_batch_size=2)
    assert [len(spans or ()) for spans in rows["m_spans"]][:5] == [0, 0, 0, 0, len(tagger.tag(TEXTS[0]).spans)]
    assert rows[4]["m_spans"][0]["text"] == "Tamsin Oake"
    if errors == "column":
        assert rows["m_error"][-2:] == [None, "expected text, found nothing"]
    with pytest.raises(seqnlp.DataError, match=r"found Table: use dataset.with_format\(None\)"):
        rows.with_format("arrow").map(answers, batched=True)


def test_a_text_among_words_is_not_read_letter_by_letter(tagger: seqnlp.Tagger) -> None:
    with pytest.raises(seqnlp.SeqnlpError, match=r"sentences\[1\]: expected a list of texts, found str 'Brand'"):
        seqnlp.batch(tagger)({"text": [["Tamsin", "Oake"], "Brand"]})


def test_a_classifier_adds_its_label() -> None:
    reviews = [(f"a {word} room number {n}", word) for n in range(8) for word in ("warm", "cold")]
    small: dict[str, object] = {"trainer": {"epochs": 6, "threads": 1}, "optimizer.learning_rate": 0.03}
    model = seqnlp.train(task="classification", train=reviews, settings=small)
    actual = seqnlp.batch(model)({"text": ["a warm room", "a cold room"]})
    assert actual["label"] == ["warm", "cold"]
    texts = {"number": [1, 2], "text": ["a warm room", "a cold room"]}
    for table in (pytest.importorskip("polars").DataFrame(texts), pandas.DataFrame(texts)):
        assert seqnlp.batch(model)(table) == actual
    answers = [model.classify(text).to_dict() for text in ("a warm room", "a cold room")]
    assert actual["probability"] == [max(one["probabilities"].values()) for one in answers], "as the commands write it"


def test_a_translator_keeps_the_lines_of_a_text() -> None:
    model = seqnlp.Translator(OLD / "translation")
    texts = ["weil ein Hund sieht .", "weil ein Ball\n\n sucht . \r\n", ""]
    first, second, *rest = (model.translate(line).text for line in (texts[0], "weil ein Ball", " sucht ."))
    assert second
    assert seqnlp.batch(model)({"text": texts}) == {"translation": [first, f"{second}\n\n{rest[0]}", ""]}


def test_answers_as_dictionaries_are_what_the_commands_write() -> None:
    model, line = seqnlp.Translator(OLD / "translation"), "weil ein Hund sieht ."
    for nbest in (1, 2):
        written = output("translate", OLD / "translation", "--output", "jsonl", "--nbest", nbest, stdin=line)
        assert model.translate(line, nbest=nbest).to_dict() == json.loads(written)
    language_model = seqnlp.LanguageModel(OLD / "words")
    scored = seqnlp.batch(language_model)({"text": [line]})
    assert language_model.score_texts([line])[0].to_dict() == {name: value for name, (value,) in scored.items()}


def test_a_blank_cell_of_csv_is_no_text_to_score(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text('id,text\n1,\n2,a\n3," "\n', encoding="utf-8")
    answer_table(seqnlp.batch(OLD / "words", errors="column"), tmp_path / "in.csv", tmp_path / "out.csv")
    rows = list(csv.DictReader((tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()))
    assert [bool(row["perplexity"]) for row in rows] == [False, True, False]
    assert [row["error"] for row in rows] == ["expected text, found nothing", "", "expected text, found nothing"]
    assert [row["text"] for row in rows] == ["", "a", " "]


def test_mistakes_are_named(tagger: seqnlp.Tagger) -> None:
    with pytest.raises(seqnlp.DataError, match="expected a column 'text', found 'body'; name it"):
        seqnlp.batch(tagger)({"body": TEXTS})
    with pytest.raises(seqnlp.DataError, match="batched=True"):
        seqnlp.batch(tagger)({"text": TEXTS[0]})
