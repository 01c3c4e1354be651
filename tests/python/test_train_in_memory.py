"""``seqnlp.train`` on examples that a program holds: every task and every kind of container, and what is refused."""

from __future__ import annotations

import asyncio
import logging
import os
import pickle
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from tiny import make_sentences, write_conll

import seqnlp

TAGGER = {
    "model.word_dim": 10,
    "model.character_model": "none",
    "model.hidden_dim": 12,
    "optimizer.learning_rate": 0.03,
    "trainer": {"epochs": 4, "batch_sentences": 6, "threads": 1},
}
SENTENCES = [(list(one.tokens), list(one.tags)) for one in make_sentences(40)]
FINE, POOR = ["a lovely warm room", "lovely soup and warm bread"], ["a cold dirty room", "dirty plates and cold soup"]
REVIEWS = [(text, label) for _ in range(6) for texts, label in ((FINE, "fine"), (POOR, "poor")) for text in texts]
SMALL = {"trainer.epochs": 3, "trainer.threads": 1, "optimizer.learning_rate": 0.02, "model.hidden_dim": 8}


def tagger(train: Any, **options: Any) -> seqnlp.Tagger:
    return seqnlp.train(task="tagging", train=train, settings={**TAGGER, **options.pop("settings", {})}, **options)


def tags_of(model: seqnlp.Tagger) -> list[str]:
    return model.tag_words([["Tamsin", "Oake", "met", "Brand", "near", "Quarley", "!"]])[0].tags


def as_pandas() -> Any:
    return pd.DataFrame({"tokens": [words for words, _ in SENTENCES], "ner_tags": [tags for _, tags in SENTENCES]})


def as_polars() -> Any:
    return pytest.importorskip("polars").DataFrame(
        {"tokens": [words for words, _ in SENTENCES], "tags": [tags for _, tags in SENTENCES]}
    )


def as_dataset() -> Any:
    import datasets

    names = sorted({tag for _, tags in SENTENCES for tag in tags})
    features = datasets.Features(
        {"tokens": datasets.List(datasets.Value("string")), "ner_tags": datasets.List(datasets.ClassLabel(names=names))}
    )
    numbered = [[names.index(tag) for tag in tags] for _, tags in SENTENCES]
    return datasets.Dataset.from_dict({"tokens": [words for words, _ in SENTENCES], "ner_tags": numbered}, features)


def as_word_rows() -> Any:
    rows = [(n, *pair) for n, sentence in enumerate(SENTENCES) for pair in zip(*sentence, strict=True)]
    return pd.DataFrame(rows, columns=["sentence_id", "word", "tag"])


def as_written_lists() -> Any:
    return pd.DataFrame(
        {"tokens": [str(words) for words, _ in SENTENCES], "tags": [str(tags) for _, tags in SENTENCES]}
    )


def as_sentence_rows() -> Any:
    rows = [(n, " ".join(words), " ".join(tags)) for n, (words, tags) in enumerate(SENTENCES)]
    return pd.DataFrame(rows, columns=["sentence_id", "text", "labels"])


def as_generator() -> Iterator[tuple[list[str], list[str]]]:
    yield from SENTENCES


CONTAINERS = [
    as_pandas,
    as_polars,
    as_dataset,
    as_word_rows,
    as_written_lists,
    as_sentence_rows,
    as_generator,
    lambda: tuple(SENTENCES),
]


@pytest.fixture(scope="module")
def from_list() -> seqnlp.Tagger:
    return tagger(SENTENCES, dev=0.2)


@pytest.mark.parametrize("make", CONTAINERS)
def test_the_same_sentences_make_the_same_tagger_whatever_holds_them(make: Any, from_list: seqnlp.Tagger) -> None:
    model = tagger(make(), dev=0.2)
    assert tags_of(model) == tags_of(from_list)
    assert model.metrics["dev"] == from_list.metrics["dev"]


def test_texts_with_spans_in_each_of_their_spellings() -> None:
    made = [("Ada lives in Quarley", [(0, 3, "PER"), (13, 20, "LOC")]), ("nobody came", [])] * 8
    spacy = [(text, {"entities": spans}) for text, spans in made]
    rows = [
        {"text": text, "spans": [dict(zip(("start", "end", "label"), span, strict=True)) for span in spans]}
        for text, spans in made
    ]
    answers = [tagger(examples, dev=rows[:2]).tag("Ada lives in Quarley").to_dict() for examples in (made, spacy, rows)]
    assert answers[0] == answers[1] == answers[2]


def test_plain_tags_are_recognised() -> None:
    model = tagger([(["the", "mill", "turns"], ["DET", "NOUN", "VERB"]), (["the", "boat"], ["DET", "NOUN"])] * 8)
    assert model.plain_tags
    assert model.labels == ["DET", "NOUN", "VERB"]


def test_a_path_and_a_list_go_together(tmp_path: Path) -> None:
    write_conll(tmp_path / "dev.conll", make_sentences(8, seed=3))
    assert "f1" in tagger(SENTENCES, dev=tmp_path / "dev.conll").metrics["dev"]
    assert "f1" in tagger(str(tmp_path / "dev.conll"), dev=SENTENCES[:9]).metrics["dev"]


def test_warnings_are_such_to_a_logger_and_name_the_data_not_their_file(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "seqnlp")
    few = [("good soup", "fine"), ("bad soup", "poor"), ("lovely view", "fine"), ("old bread", "poor")] * 6
    seqnlp.train(task="classification", train=few, settings={**SMALL, "trainer.epochs": 1})
    warnings = [record.message for record in caplog.records if record.levelno == logging.WARNING]
    assert any(re.match("warning: train: the texts are 4 short values", one) for one in warnings), caplog.messages
    assert all(one.startswith("warning: ") for one in warnings)
    others = [record.message for record in caplog.records if record.levelno < logging.WARNING]
    assert not [one for one in others if "warning" in one or "train.jsonl" in one or "next:" in one]


def test_lines_of_a_file_beside_data_in_memory_stay_lines(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "seqnlp")
    rows = [{"flow": row % 7, "heat": row % 5} for row in range(120)]
    dev = tmp_path / "dev.csv"
    dev.write_text("flow,heat\n" + "".join(f"{'' if row == 20 else row % 7},{row % 5}\n" for row in range(60)))
    settings = {"model.horizon": 2, "model.hidden_dim": 4, "trainer.epochs": 1, "trainer.epoch_steps": 1}
    seqnlp.train(task="forecasting", train=[*rows, {"flow": None, "heat": 1}], dev=dev, settings=settings)
    said = [one for one in caplog.messages if "missing value" in one]
    assert [one.partition(" (first")[2] for one in said] == [" in train[120])", " on line 22)"]


def test_rows_that_an_annotator_rejected_are_left_out(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "seqnlp")
    rejected = [{"text": text, "label": "wrong", "answer": "reject"} for text, _ in REVIEWS]
    rows = [*rejected, *({"text": text, "label": label} for text, label in REVIEWS)]
    model = seqnlp.train(task="classification", train=rows, settings={**SMALL, "trainer.epochs": 1})
    assert model.labels == ["fine", "poor"]
    assert f"left out: rows that were rejected or ignored ({len(REVIEWS)})" in caplog.text
    text = "Tamsin Oake met Brand"
    spans: list[dict[str, Any]] = [
        {"text": text, "spans": [(0, 11, "PER")], "answer": "accept"},
        {"text": text, "spans": [(16, 21, "WRONG")], "answer": "ignore"},
    ]
    assert not any("WRONG" in tag for tag in tagger(spans, settings={"trainer.epochs": 1}).labels)


def test_a_classifier_with_one_label_with_several_and_from_a_table() -> None:
    one = seqnlp.train(task="classification", train=REVIEWS, dev=REVIEWS[:4], settings=SMALL)
    assert one.labels == ["fine", "poor"]
    lazy = pytest.importorskip("polars").DataFrame(REVIEWS, schema=["text", "label"], orient="row").lazy()
    for given in (np.array(REVIEWS), [*np.array(REVIEWS)], lazy):
        assert one.evaluate(given).scores == one.evaluate(REVIEWS).scores
    several = seqnlp.train(
        task="classification", train=[(text, [label, "all"]) for text, label in REVIEWS], settings=SMALL
    )
    assert several.multi_label
    table = pd.DataFrame(REVIEWS, columns=["review", "sentiment"])
    same = seqnlp.train(task="classification", train=table, dev=REVIEWS[:4], settings=SMALL)
    assert same.classify("lovely").probabilities == one.classify("lovely").probabilities


def test_a_classifier_from_a_table_with_a_column_for_each_label() -> None:
    table = pd.DataFrame({"review": [text for text, _ in REVIEWS]})
    table = table.assign(**{name: [int(label == name) for _, label in REVIEWS] for name in ("fine", "poor")})
    settings = {**SMALL, "data.label_columns": ["fine", "poor"], "model.ngrams": 0}
    model = seqnlp.train(task="classification", train=table, dev=REVIEWS[:8], settings=settings)
    assert model.labels == ["fine", "poor"]
    assert model.evaluate(table).scores == model.evaluate(REVIEWS).scores
    for wrong, message in (
        (table.assign(fine=2), r"test\[0\]: expected 0 or 1 in 'fine' \(data.label_columns\), found 2"),
        (table.drop(columns="poor"), r"test\[0\]: expected a column 'poor', found 'review', 'fine'"),
        ([("a soup", "good")], r"test\[0\]: expected labels of data.label_columns \('fine', 'poor'\), found 'good'"),
    ):
        with pytest.raises(seqnlp.SeqnlpError, match=message):
            model.evaluate(wrong)


def test_a_translator_from_pairs_and_from_columns() -> None:
    pairs = [("ein Hund läuft", "a dog runs"), ("eine Katze schläft", "a cat sleeps")] * 10
    settings = {
        "tokenizer.vocabulary_size": 290,
        "model": {"embedding_dim": 16, "encoder_hidden_dim": 8, "decoder_hidden_dim": 16, "attention_dim": 8},
        "trainer": {"epochs": 1, "threads": 1},
    }
    one = seqnlp.train(task="translation", train=np.array(pairs), dev=pairs[:2], settings=settings)
    table = pd.DataFrame(pairs, columns=["Deutsch", "en"]).assign(number=7)
    named = {"data.source": "de", "data.target": "en", "data.source_column": "Deutsch"}
    other = seqnlp.train(task="translation", train=table, dev=pairs[:2], settings={**settings, **named})
    assert one.translate("ein Hund").text == other.translate("ein Hund").text
    assert (other.source_language, other.target_language) == ("de", "en")
    with pytest.raises(
        seqnlp.SeqnlpError, match="expected a column 'source', found 'Deutsch', 'en', 'number'; rename them"
    ):
        seqnlp.train(task="translation", train=table, dev=pairs[:2], settings=settings)


def test_a_language_model_a_forecaster_and_a_detector() -> None:
    lines = ["the old mill stands", "the old boat sails", ""] * 30
    settings = {"trainer": {"epochs": 1, "threads": 1}, "model.embedding_dim": 8, "model.hidden_dim": 8}
    model = seqnlp.train(task="language_model", train=lines, dev=0.2, settings=settings)
    assert model.complete("the old")
    times = pd.date_range("2024-01-01", periods=240, freq="D")
    values = 10 + 3 * np.sin(2 * np.pi * np.arange(240) / 7)
    readings = np.tile(values, 2)
    small = {"model.hidden_dim": 6, "trainer": {"epochs": 1, "threads": 1}}
    season = {**small, "model.season": 7, "model.horizon": 3}
    forecasts = [
        seqnlp.train(task="forecasting", train=series, dev=0.1, settings=season).metrics["dev"]
        for series in (pd.Series(values, times, name="load"), list(zip(times, values, strict=True)))
    ]
    assert forecasts[0] == forecasts[1]
    detector = seqnlp.train(task="anomaly_detection", train=readings, dev=0.4, settings={**small, "model.window": 14})
    assert detector.metrics["dev"]


def test_columns_that_have_only_numbers_for_names_are_no_row_of_a_series() -> None:
    values = 10 + 3 * np.sin(np.arange(240).reshape(120, 2))
    season = {"model.hidden_dim": 6, "trainer": {"epochs": 1, "threads": 1}, "model.season": 7, "model.horizon": 3}
    model, other = (
        seqnlp.train(task="forecasting", train=series, dev=0.2, settings=season)
        for series in (pd.DataFrame(values), values)
    )
    assert isinstance(model, seqnlp.Forecaster)
    assert model.names == ("value 0", "value 1")
    assert np.array_equal(model.forecast(pd.DataFrame(values)).values, other.forecast(values).values)


@pytest.mark.parametrize(
    ("task", "train", "expected"),
    [
        (
            "tagging",
            pd.DataFrame({"foo": ["a"], "bar": ["b"]}),
            r"train\[0\]: expected columns of words .* 'foo', 'bar'",
        ),
        ("tagging", [], "train: found no examples"),
        ("tagging", iter([]), "train: found no examples; an iterator that was read before is empty"),
        (
            "tagging",
            [(["a"], ["O"]), (["b", None], ["O", "O"])],
            r"train\[1\], word 1: expected a word \(str\), found None",
        ),
        ("tagging", [(["a"], [1.5])], r"train\[0\], tag 0: expected a tag \(str\), found float 1.5"),
        ("tagging", [(["a"], [3])], r"train\[0\]: .*data.tag_names names numbered tags"),
        ("tagging", [(["a", "b"], ["O"])], r"train\[0\]: expected as many tags as tokens, found 1 and 2"),
        ("tagging", [(["a"], ["B-X"]), (["b"], ["I-X"])] * 2, r"train\[1\]: "),
        ("tagging", [("Ada", [(0, 9, "PER")])] * 3, r"train\[0\]: .*9"),
        (
            "tagging",
            ["Ada lives here"],
            r"train\[0\]: expected \(words, tags\) or \(text, spans\), perhaps with a weight, found str",
        ),
        *(
            (
                "tagging",
                [[("Ada", "B-X"), ("left", "O"), (".", "O")][:length]],
                r"train\[0\]: .*tuple\(zip\(\*sentence\)\)$",
            )
            for length in (1, 2, 3)
        ),
        ("tagging", 7, "train: expected examples"),
        ("classification", [("good", 1)], r"train\[0\]: expected a label \(str\), found int 1; name numbered labels"),
        ("classification", [("good", "a"), (None, "b")], r"train\[1\]: expected a text \(str\), found None"),
        (
            "classification",
            pd.DataFrame({"x": ["a"], "y": ["b"]}),
            r"train\[0\]: expected a column of texts .* 'x', 'y'",
        ),
        ("classification", pd.DataFrame([["a", "b"]]), r"train\[0\]: expected a column of texts .* '0', '1'"),
        (
            "classification",
            pd.DataFrame([["x", "a", "b"]], columns=["text", "label", "label"]),
            "train: the column 'label' is there 2 times; give each its own name",
        ),
        ("classification", {"text": ["a"], "label": 3}, "train: expected a list of values in the column 'label', "),
        ("classification", {"text": ["a"], "label": "b"}, r"a list of values in the column 'label', found str 'b'"),
        ("classification", {"text": ["a"], "label": []}, "train: expected columns of one length, found 0, 1"),
        ("classification", {}, "train: found no examples"),
        ("translation", [("a", "b", "c")], r"train\[0\]: expected \(source, target\), found tuple"),
        ("translation", (["a", "b"], ["c", "d"]), r"train: expected pairs, found two lists of texts; zip\(sources"),
        ("translation", [["a", "b", "e"], ["c", "d", "f"]], r"found two lists of texts; zip\(sources, targets\)"),
        ("language_model", ["a", 2], r"train\[1\]: expected a text \(str\), found int 2"),
        ("forecasting", [1.0, "two"], r"train\[1\]: expected a number"),
        ("forecasting", [[1.0, "two"]], r"train\[0\]: expected a number in 'value 2', found str 'two'"),
        (
            "forecasting",
            [{"day": "2024-01-31", "since": "2024-01-01", "v": 1.0}],
            r"found str '2024-01-31'; times .* names: set it to 'day'",
        ),
        (
            "forecasting",
            [{"region": "north", "v": 1.0}],
            r"found str 'north'; data\.value_columns .* data\.series_column",
        ),
        ("tagging", {"train": pd.DataFrame(), "test": pd.DataFrame()}, "expected one split, found a dictionary"),
        ("tagging", "no/such/file.conll", "no/such/file.conll: no such file"),
    ],
)
def test_each_mistake_is_one_clear_error_and_leaves_nothing_behind(
    task: str, train: Any, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    with pytest.raises(seqnlp.SeqnlpError, match=expected):
        seqnlp.train(task=task, train=train, settings={"trainer.epochs": 1})
    assert list(tmp_path.iterdir()) == []


def test_one_iterator_for_two_splits_is_refused() -> None:
    examples = iter(SENTENCES)
    with pytest.raises(seqnlp.DataError, match="dev: found no examples; an iterator that was read before is empty"):
        tagger(examples, dev=examples)


def test_unknown_settings_recipes_and_tasks_are_named() -> None:
    with pytest.raises(seqnlp.ConfigError, match=r"trainer.epoch: unknown key \(did you mean 'trainer.epochs'\?\)"):
        seqnlp.train("tagging/demo", settings={"trainer.epoch": 2, "trainer.patience": -1})
    with pytest.raises(seqnlp.ConfigError, match=r"no 'tagging/dmo' \(did you mean 'tagging/demo'"):
        seqnlp.train("tagging/dmo")
    with pytest.raises(seqnlp.ConfigError, match="did you mean 'tagging'"):
        seqnlp.train(task="taging", train=SENTENCES)
    with pytest.raises(seqnlp.ConfigError, match="name a recipe"):
        seqnlp.train()
    with pytest.raises(seqnlp.ConfigError, match=r"settings: expected a dictionary such as .*, found list"):
        seqnlp.train("tagging/demo", settings=["trainer.epochs=1"])
    with pytest.raises(seqnlp.ConfigError, match="dev: expected examples, a path, or a part of train"):
        tagger(SENTENCES, dev=2)


@pytest.mark.parametrize(
    ("call", "kind", "expected"),
    [
        (lambda: seqnlp.train(cast(Any, 3)), TypeError, r"recipe: expected text \(str\), found int '3'"),
        (lambda: seqnlp.train(task=cast(Any, ["tagging"])), TypeError, "task: expected text"),
        (lambda: tagger(SENTENCES, run=3), TypeError, "run: expected the path of a folder, found int '3'"),
        (lambda: tagger(SENTENCES, run=""), ValueError, "run: expected the path of a folder, found an empty text"),
        (lambda: tagger(SENTENCES, freeze=3), TypeError, "freeze: expected a list of texts, found int"),
        (lambda: seqnlp.resume(cast(Any, None)), TypeError, "run: expected the path of a folder, found None"),
        (
            lambda: tagger(SENTENCES, settings={"run": "r"}),
            seqnlp.ConfigError,
            r"'run' is an argument: train\(run=",
        ),
        (
            lambda: tagger(SENTENCES, settings={"data": {"train": "x"}}),
            seqnlp.ConfigError,
            "'data.train' is an argument",
        ),
        (lambda: tagger(SENTENCES, settings={"task": "x"}), seqnlp.ConfigError, "'task' is an argument"),
        (
            lambda: tagger(SENTENCES, settings={"data.train": "x"}),
            seqnlp.ConfigError,
            r"'data.train' is an argument: train\(train=\.\.\.\)",
        ),
    ],
)
def test_arguments_of_another_kind_or_said_twice_are_refused_by_their_names(
    call: Callable[[], Any], kind: type[Exception], expected: str
) -> None:
    with pytest.raises(kind, match=expected) as caught:
        call()
    assert isinstance(caught.value, seqnlp.SeqnlpError)


def test_a_setting_may_hold_any_characters() -> None:
    model = tagger(SENTENCES, settings={"name": "it's ${odd}, a=b [1]", "trainer.epochs": 1})
    assert model.metrics["recipe"] == "it's ${odd}, a=b [1]"


def test_training_works_in_threads_and_inside_a_running_event_loop(from_list: seqnlp.Tagger) -> None:
    actual: list[list[str]] = []
    threads = [threading.Thread(target=lambda: actual.append(tags_of(tagger(SENTENCES, dev=0.2)))) for _ in range(2)]

    async def main() -> list[str]:
        return tags_of(tagger(SENTENCES, dev=0.2))

    answer = asyncio.run(main())
    for thread in threads:
        thread.start()
        thread.join(120)
    assert [*actual, answer] == [tags_of(from_list)] * 3


def test_trainings_in_several_threads_at_a_time_give_what_each_gives_alone() -> None:
    settings = {"model.output_dropout": 0.5, "model.ngrams": 0, **SMALL}

    def trained(seed: int) -> list[dict[str, float]]:
        model = seqnlp.train(task="classification", train=REVIEWS, settings={**settings, "seed": seed})
        return [model.classify(text).probabilities for text, _ in REVIEWS[:4]]

    seeds = [1, 2]
    with ThreadPoolExecutor(2) as threads:
        together = list(threads.map(trained, seeds))
    assert together == [trained(seed) for seed in seeds]


def test_a_temporary_run_goes_with_its_model_which_travels_without_it(tmp_path: Path) -> None:
    model = tagger(SENTENCES, settings={"trainer.epochs": 1})
    run, tags = model.run, tags_of(model)
    assert run is not None
    model.save(tmp_path / "model")
    sent = pickle.dumps(model)
    assert run.exists()
    del model
    assert not run.exists()
    assert tags_of(pickle.loads(sent)) == tags
    assert tags_of(seqnlp.Tagger(tmp_path / "model")) == tags
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "notes.txt").write_text("mine")
    with pytest.raises(seqnlp.SeqnlpError, match="already holds something that is no model"):
        seqnlp.Tagger(tmp_path / "model").save(tmp_path / "other")


def test_a_run_is_kept_where_it_is_asked_for_and_resumed_from_there(tmp_path: Path) -> None:
    assert tagger(SENTENCES, run=tmp_path / "run", settings={"trainer.epochs": 1}).run == tmp_path / "run"
    assert (tmp_path / "run" / "data" / "train.jsonl").is_file()
    with pytest.raises(seqnlp.RunError, match="already holds something"):
        tagger(SENTENCES, run=tmp_path / "run")
    assert os.listdir(tmp_path / "run")

    def stop(epoch: Any) -> None:
        raise RuntimeError("enough")

    with pytest.raises(seqnlp.TrainingError) as caught:
        tagger(SENTENCES, dev=0.2, run=None, after_epoch=stop)
    [note] = caught.value.__notes__
    assert "seqnlp.resume(" in note
    whole = tagger(SENTENCES, dev=0.2)
    resumed = seqnlp.resume(note.split("'")[1])
    assert resumed.metrics["dev"] == whole.metrics["dev"]
