"""A folder may come to hold another model: what was loaded, sent or pickled by its name is never taken for it."""

from __future__ import annotations

import pickle
import shutil
from dataclasses import replace
from pathlib import Path

import datasets
import pytest

import seqnlp
from seqnlp.bundle import load_bundle, save_bundle, save_description, save_metrics
from seqnlp.bundle_identity import model_identity
from seqnlp.errors import RunError
from seqnlp.integrations.packed import SentAnswers, SentModel

TEXTS = ["A lovely film.", "The soup was cold and the waiter rude."]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(Path(__file__).parent / "old_models" / "classification", tmp_path / "model")
    return tmp_path / "model"


def put_another(folder: Path) -> None:
    bundle = load_bundle(folder)
    save_bundle(folder, replace(bundle, weights={name: -2 * array for name, array in bundle.weights.items()}))


def test_a_model_is_another_one_if_it_may_answer_otherwise(folder: Path, tmp_path: Path) -> None:
    old = model_identity(folder)  # of a version that kept no digests
    shutil.copytree(folder, tmp_path / "copy")
    assert model_identity(tmp_path / "copy") == old == load_bundle(folder).identity
    put_another(folder)
    found = [old, model_identity(folder)]
    save_metrics(folder, {"dev": {"accuracy": 1.0}})
    (folder / "README.md").write_text("Mine.")
    assert model_identity(folder) == load_bundle(folder).identity == found[-1]
    description = load_bundle(folder).description
    save_description(folder, {**description, "temperature": 2.5})
    found.append(model_identity(folder))
    assert len(set(found)) == 3


def test_a_loaded_model_is_not_saved_scored_or_pickled_as_the_one_that_took_its_place(folder: Path) -> None:
    model = seqnlp.Classifier(folder)
    kept, answers = pickle.dumps(model), [one.probabilities for one in model.classify_texts(TEXTS)]
    assert [one.probabilities for one in pickle.loads(kept).classify_texts(TEXTS)] == answers
    put_another(folder)
    assert [one.probabilities for one in model.classify_texts(TEXTS)] == answers
    for ask in (lambda: model.save(folder.parent / "saved"), model.files, lambda: model.evaluate([("a", "b")])):
        with pytest.raises(RunError, match="model holds another model than the one that was loaded"):
            ask()
    for content in (kept, pickle.dumps(model)):
        with pytest.raises(RunError, match="another model than the one that was pickled"):
            pickle.loads(content)
    model.temporary = True
    with pytest.raises(RunError, match="another model than the one that was loaded"):
        pickle.dumps(model)


@pytest.mark.parametrize("loaded", [False, True])
def test_a_data_set_asks_the_model_that_is_there_now(folder: Path, loaded: bool) -> None:
    datasets.Dataset.from_dict({"text": TEXTS}).save_to_disk(folder.parent / "rows")

    def answers() -> list[float]:
        rows = datasets.load_from_disk(folder.parent / "rows")
        model = seqnlp.batch(seqnlp.load(folder) if loaded else folder)
        return list(rows.map(model, batched=True)["probability"])

    first = answers()
    assert answers() == first
    put_another(folder)
    assert answers() == seqnlp.batch(folder)({"text": TEXTS})["probability"] != first


def test_a_worker_that_lives_on_asks_the_model_that_is_sent(folder: Path) -> None:
    def sent() -> bytes:
        return pickle.dumps(SentAnswers(SentModel(folder)))

    before = sent()
    first = pickle.loads(before)({"text": TEXTS})
    waiting = pickle.dumps(seqnlp.batch(folder))
    put_another(folder)
    assert pickle.loads(sent())({"text": TEXTS})["probability"] != first["probability"]
    assert pickle.loads(before)({"text": TEXTS}) == first, "it was loaded"
    with pytest.raises(RunError, match="another model than the one that was sent by its name"):
        pickle.loads(waiting)({"text": TEXTS})
