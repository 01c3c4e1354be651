"""``model.evaluate(test)`` finds what `seqnlp evaluate` does; answers and reports show themselves in notebooks."""

from __future__ import annotations

import logging
import unicodedata
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from command import output
from tiny import make_sentences, write_conll

import seqnlp

SENTENCES = [(list(one.tokens), list(one.tags)) for one in make_sentences(40)]
TEST = [(list(one.tokens), list(one.tags)) for one in make_sentences(20, seed=5)]
SETTINGS: dict[str, object] = {
    "model": {"word_dim": 10, "character_model": "none", "hidden_dim": 12},
    "trainer": {"epochs": 5, "batch_sentences": 6, "threads": 1},
    "optimizer.learning_rate": 0.03,
}


@pytest.fixture(scope="module")
def tagger(tmp_path_factory: pytest.TempPathFactory) -> seqnlp.Tagger:
    folder = tmp_path_factory.mktemp("runs")
    return seqnlp.train(task="tagging", train=SENTENCES, dev=0.2, settings=SETTINGS, run=folder / "run")


def well_formed(html: str) -> bool:
    """Whether every element that opens closes."""
    open_elements: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:
            if tag not in ("br", "meta"):
                open_elements.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert open_elements.pop() == tag

    Reader().feed(html)
    return not open_elements


def test_a_list_a_file_and_the_command_line_give_the_same_scores(tagger: seqnlp.Tagger, tmp_path: Path) -> None:
    write_conll(tmp_path / "test.conll", make_sentences(20, seed=5))
    assert tagger.run is not None
    metrics = (tagger.path / "metrics.json").read_bytes()
    report = tagger.evaluate(TEST)
    assert report.f1 == report.scores["f1"] == tagger.evaluate(tmp_path / "test.conll").f1
    assert 0 < report.precision <= 1
    assert f'"score": {report.f1}' in output("evaluate", tagger.run, "--data", tmp_path / "test.conll", "--json")
    assert report.to_dict()["measure"] == "entity F1"
    assert "entity F1" in str(report)
    assert repr(report) == f"Report(scores={report.scores!r})"
    assert well_formed(report._repr_html_())
    assert (tagger.path / "metrics.json").read_bytes() == metrics  # scores of other data are not kept
    with pytest.raises(AttributeError, match="this report has no 'accuracy'; its scores are f1, precision, recall"):
        _ = report.accuracy
    assert tagger.evaluate(split="dev").f1 * 100 == pytest.approx(tagger.metrics["dev"]["f1"], abs=30)


def test_a_tagger_that_was_saved_alone_is_evaluated_too(tagger: seqnlp.Tagger, tmp_path: Path) -> None:
    alone = seqnlp.Tagger(tagger.save(tmp_path / "model"))
    assert alone.evaluate(TEST).f1 == tagger.evaluate(TEST).f1
    with pytest.raises(seqnlp.ConfigError, match="test"):
        alone.evaluate()
    with pytest.raises(seqnlp.DataError, match=r"test\[0\], word 0: expected a word \(str\), found None"):
        alone.evaluate([([None], ["O"])])


def test_every_other_task_has_scores_of_its_own_and_shows_its_answers(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "seqnlp")
    trainer = {"trainer": {"epochs": 2, "threads": 1}}
    reviews = [(f"a {word} room number {n}", word) for n in range(8) for word in ("warm", "cold")]
    classifier = seqnlp.train(
        task="classification", train=reviews, dev=0.25, settings={**trainer, "model.hidden_dim": 8}
    )
    assert set(classifier.evaluate(reviews).scores) == {"accuracy", "macro_f1", "micro_f1"}
    assert "warm" in classifier.classify("a warm room")._repr_html_()
    alone = seqnlp.Classifier(classifier.save(classifier.path.parent / "alone"))
    assert alone.evaluate(reviews).scores == classifier.evaluate(reviews).scores
    (alone.path / "training.yaml").unlink()  # as older versions saved it
    with pytest.raises(seqnlp.RunError, match="is in no run"):
        seqnlp.Classifier(alone.path).evaluate(reviews)

    lines = ["the old mill stands", "the old boat sails"] * 40
    small = {"model.embedding_dim": 8, "model.hidden_dim": 8}
    language = seqnlp.train(task="language_model", train=lines, dev=0.2, settings={**trainer, **small})
    exact, bytewise = (
        seqnlp.LanguageModel(language.path, precision=precision).evaluate(lines[:6]).perplexity
        for precision in ("fp32", "int8")
    )
    assert 1 < exact == language.evaluate(lines[:6]).perplexity
    assert exact != bytewise == pytest.approx(exact, rel=0.1), "a model is scored in the precision it was loaded in"

    times = pd.date_range("2024-03-01", periods=200, freq="D")
    series = pd.Series(5 + np.sin(2 * np.pi * np.arange(200) / 7), times)
    season = {**trainer, "model.hidden_dim": 6, "model.season": 7, "model.horizon": 3}
    forecaster = seqnlp.train(task="forecasting", train=series, dev=0.1, settings=season)
    report = forecaster.evaluate(series[:60])
    assert {"mae", "rmse", "mase"} >= set(report.scores) >= {"mae", "rmse"}
    assert well_formed(report.to_html().partition("<body>")[2].partition("</body>")[0])

    pairs = [("ein Hund läuft", "a dog runs"), ("eine Katze schläft", "a cat sleeps")] * 10
    sizes = {"embedding_dim": 16, "encoder_hidden_dim": 8, "decoder_hidden_dim": 16, "attention_dim": 8}
    settings = {**trainer, "tokenizer.vocabulary_size": 290, "model": sizes}
    translator = seqnlp.train(task="translation", train=pairs, dev=pairs[:2], settings=settings)
    caplog.clear()
    assert set(translator.evaluate([*pairs, ("ein Café", "a café")]).scores) == {"bleu", "chrf", "ter"}
    assert "never writes" not in caplog.text
    translator.evaluate([*pairs, ("ein Café", unicodedata.normalize("NFD", "a café")), ("1", "ten² dogs")])
    assert "test: 2 of 22 references have characters that the model never writes" in caplog.text


def test_entities_are_shown_in_their_place_and_nothing_of_a_text_is_read_as_html(tagger: seqnlp.Tagger) -> None:
    answer = tagger.tag("Tamsin Oake met <b>Brand</b> near Quarley !")
    page = answer._repr_html_()
    assert "&lt;b&gt;" in page
    assert well_formed(page)
    assert all(span.label in page for span in answer.spans)
