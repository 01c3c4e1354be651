"""``seqnlp cross-validate`` and ``learning-curve``: several trainings, one answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command import TINY, output, refusal

TAGGER = ("recipe=tagging/demo", *TINY, "trainer.epochs=2")
CLASSIFIER = ("recipe=classification/demo", "trainer.epochs=2", "model.hidden_dim=8")


@pytest.fixture(scope="module")
def folds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cross-validation of the demo tagger in three folds. Read only."""
    folder = tmp_path_factory.mktemp("folds") / "study"
    output("cross-validate", *TAGGER, "folds=3", f"run={folder}")
    return folder


def test_every_example_is_scored_once_by_a_model_that_has_not_seen_it(folds: Path) -> None:
    written = output("cross-validate", *TAGGER, "folds=3", f"run={folds}", "--json")
    actual = json.loads(written)
    assert [fold["measure"] for fold in actual["folds"]] == ["F1"] * 3
    values = [fold["value"] for fold in actual["folds"]]
    assert actual["mean"] == pytest.approx(sum(values) / 3)
    assert min(values) <= actual["pooled"]["value"] <= max(values)
    assert actual["pooled"]["low"] < actual["pooled"]["value"] < actual["pooled"]["high"]
    for number, value in enumerate(values, 1):
        report = json.loads(output("evaluate", folds / f"fold-{number}", "--json"))
        assert 100 * report["score"] == pytest.approx(value)


def test_a_study_that_is_done_trains_nothing_again(folds: Path) -> None:
    before = {path: path.read_bytes() for name in ("model.safetensors", "log.csv") for path in folds.rglob(name)}
    assert len(before) == 6
    table = output("cross-validate", *TAGGER, "folds=3", f"run={folds}")
    assert {path: path.read_bytes() for path in before} == before
    assert "all examples" in table


def test_a_study_does_not_go_on_with_other_settings(folds: Path) -> None:
    message = refusal("cross-validate", *TAGGER, "folds=3", "seed=7", f"run={folds}")
    assert f"{folds}/fold-1 was begun with other settings; choose another folder with run=..." in message


def test_translators_are_cross_validated_by_the_mean_of_their_folds(tmp_path: Path) -> None:
    small = ("data.limit=60", "trainer.epochs=1", "model.decoder_hidden_dim=16", "model.encoder_hidden_dim=8")
    actual = json.loads(
        output("cross-validate", "recipe=translation/demo", *small, "folds=2", f"run={tmp_path}/s", "--json")
    )
    assert actual["pooled"] is None
    assert [fold["measure"] for fold in actual["folds"]] == ["BLEU", "BLEU"]


@pytest.mark.slow
def test_a_learning_curve_has_a_point_for_each_share(tmp_path: Path) -> None:
    common = ("learning-curve", *CLASSIFIER, "percents=100,10", "seeds=1,2", f"run={tmp_path}/c")
    actual = json.loads(output(*common, "--json", "-o", tmp_path / "curve.html"))
    assert [(point["percent"], len(point["scores"])) for point in actual["points"]] == [(10, 2), (100, 2)]
    assert actual["verdict"].startswith("from 10 % to 100 % of train, accuracy went from ")
    assert "upper end" in (tmp_path / "curve.html").read_text(encoding="utf-8")
    table = output(*common, "--split", "dev")
    assert "Learning curve on dev" in table
    small = json.loads(output("evaluate", tmp_path / "c" / "10-percent-seed-1", "--json"))
    assert 100 * small["accuracy"] == pytest.approx(actual["points"][0]["scores"][0]["value"])


def test_studies_that_cannot_be() -> None:
    assert "a series has no folds" in refusal("cross-validate", "recipe=forecasting/demo")
    assert refusal("cross-validate", *CLASSIFIER, "folds=1") == "folds: expected 2 to 100, found '1'"
    assert "data.test: `seqnlp cross-validate` sets it itself; leave it out" in refusal(
        "cross-validate", *CLASSIFIER, "data.test=x.tsv"
    )
    assert "percents: expected at least two, found '10'" in refusal("learning-curve", *CLASSIFIER, "percents=10")
    assert "seed: `seqnlp learning-curve` sets it itself" in refusal("learning-curve", *CLASSIFIER, "seed=3")
    assert "percents: expected numbers from 0.01 to 100" in refusal("learning-curve", *CLASSIFIER, "percents=a")
    assert "seeds: expected whole numbers from 0 to 2147483648" in refusal("learning-curve", *CLASSIFIER, "seeds=1.5")
    assert "-o: expected a name that ends in .html, .png or .svg" in refusal("learning-curve", *CLASSIFIER, "-o", "x")
