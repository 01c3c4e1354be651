"""The real tagger in the real loop: resumed, cut into pieces, started from vectors."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from tasks_in_process import new_task, trained_task
from tiny import make_sentences, tiny_config, write_conll, write_tiny_data
from tiny_tasks import TINY

from seqnlp.bundle import load_bundle
from seqnlp.data.collate import word_rows
from seqnlp.errors import RunError
from seqnlp.tasks.tagging.calibration import calibrate
from seqnlp.tasks.tagging.outside import PENALTIES, best_penalty, sure_penalty
from seqnlp.tasks.tagging.task import TaggingTask
from seqnlp.text.sentence import TaggedSentence
from seqnlp.training.checkpoint import Progress

EVERYTHING = TINY["tagging"].everything
NO_DROPOUT = TINY["tagging"].no_dropout


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with training and development files."""
    folder = tmp_path_factory.mktemp("data")
    write_tiny_data(folder)
    return folder


make, train = partial(new_task, TaggingTask), partial(trained_task, TaggingTask)


VECTORS = """\
Sorrel 0.5 -1 0.25 0
mill 1 1 1 1
brinmoor 0.1 0.2 0.3 -0.4
unseen 1 2 3 4
"""


def test_training_words_start_as_their_vectors_whatever_their_case(tmp_path: Path, data: Path) -> None:
    (data / "vectors.txt").write_text(VECTORS)
    task = make(tiny_config(data, model__vectors="vectors.txt"), tmp_path / "run")
    embedder = task.model.embedder.eval()
    forms = {"Sorrel": [0.5, -1, 0.25, 0], "mill": [1, 1, 1, 1], "Brinmoor": [0.1, 0.2, 0.3, -0.4]}
    actual = embedder(word_rows(task.lexicon, task.lexicon.indices(forms)))[:, :4]
    torch.testing.assert_close(actual, torch.tensor(list(forms.values())), atol=0.005, rtol=0)


@pytest.mark.parametrize(
    ("changed", "called"), [("train.conll", "the training data"), ("vectors.txt", "the file of model.vectors")]
)
def test_a_run_is_not_resumed_with_other_data_or_vectors(tmp_path: Path, changed: str, called: str) -> None:
    write_tiny_data(tmp_path)
    (tmp_path / "vectors.txt").write_text(VECTORS)
    config = tiny_config(tmp_path, model__vectors="vectors.txt", trainer__epochs=1)
    train(config, tmp_path / "run")
    text = (tmp_path / changed).read_text()
    (tmp_path / changed).write_text(text.replace("mill", "mall"))
    with pytest.raises(RunError, match=f"^{called} changed since"):
        train(config, tmp_path / "run")


def test_a_tagger_that_finds_nothing_is_still_calibrated_and_usable(tmp_path: Path) -> None:
    write_conll(tmp_path / "train.conll", make_sentences(12, seed=1))
    nothing = [TaggedSentence(("nobody", "came"), ("O", "O"), 1)] * 3
    write_conll(tmp_path / "dev.conll", nothing)
    config = tiny_config(tmp_path, trainer__epochs=1, optimizer__learning_rate=1e-6)
    task = train(config, tmp_path / "run")
    task.model.project.bias.data[0] = 50  # O everywhere
    task.save({"f1": 0.0}, Progress())
    assert calibrate(tmp_path / "run" / "model", task.dev, fit_outside=False) == (0.0, 1.0)
    assert load_bundle(tmp_path / "run").description["temperature"] == 1.0


def test_the_penalty_is_the_middle_of_the_best_stretch_and_none_if_nothing_is_gained() -> None:
    assert best_penalty([0.5] * len(PENALTIES)) == 0.0
    jagged = np.full(len(PENALTIES), 0.4)
    jagged[3] = 0.7  # a lucky point
    jagged[10:15] = 0.6  # a stretch
    assert best_penalty(jagged.tolist()) == pytest.approx(PENALTIES[12])


def test_a_small_split_is_not_sure_of_a_penalty_and_a_large_one_is() -> None:
    """From 0.8 on three sentences of forty get one more entity right and three one that is wrong: it pays, just so."""
    plain = np.array([[1, 1, 1]] * 20 + [[0, 0, 1]] * 20)  # right, predicted, gold
    eager = plain.copy()
    eager[20:23, :2] += 1
    eager[23:26, 1] += 1
    small = np.array([eager if penalty >= 0.8 else plain for penalty in PENALTIES])
    large = np.tile(small, (1, 50, 1))
    fitted = best_penalty([2 * right / (predicted + gold) for right, predicted, gold in small.sum(axis=1)])
    assert fitted > 0.8
    assert sure_penalty(small) == 0.0
    assert sure_penalty(large) == fitted


def test_the_penalty_is_fitted_only_if_asked_for_and_never_lowers_the_dev_score_much(
    tmp_path: Path, data: Path
) -> None:
    config = tiny_config(data, optimizer__learning_rate=0.005)
    task = train(config, tmp_path / "run")
    assert calibrate(tmp_path / "run" / "model", task.dev, fit_outside=False)[0] == 0.0
    penalty, temperature = calibrate(tmp_path / "run" / "model", task.dev, fit_outside=True)
    assert 0 < penalty <= PENALTIES[-1], "a tagger trained so little is too cautious"
    assert 0.25 <= temperature <= 4
    fitted = load_bundle(tmp_path / "run").description
    assert (fitted["outside_penalty"], fitted["temperature"]) == (round(penalty, 4), round(temperature, 4))


def test_labels_that_training_never_showed_are_reported(tmp_path: Path) -> None:
    write_conll(tmp_path / "train.conll", make_sentences(12, seed=1))
    write_conll(tmp_path / "dev.conll", [TaggedSentence(("the", "Mill"), ("B-WORK", "I-WORK"), 1)])
    said: list[str] = []
    make(tiny_config(tmp_path), tmp_path / "run", said.append)
    warning = "warning: the dev split has labels that the training split never shows; they count as missed: WORK (1x)"
    assert warning in said
