"""The saved model: what goes in comes out, and every way of being broken is one clear sentence."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from tiny import make_sentences, tiny_config

import seqnlp
from seqnlp import bundle
from seqnlp.bundle import Bundle, load_bundle, save_bundle, save_description, save_metrics, weights_of
from seqnlp.bundle_files import find_model
from seqnlp.config.common import Config
from seqnlp.errors import RunError, TrainingError
from seqnlp.serve.models import load_models
from seqnlp.storage import remove_leftovers
from seqnlp.task_table import TASKS
from seqnlp.tasks.export import describe_size, export_onnx
from seqnlp.tasks.export_page import export_page
from seqnlp.tasks.saved_evaluation import config_of
from seqnlp.tasks.tagging.data import learn_tags
from seqnlp.tasks.tagging.model import build_tagger, describe, tagger_from_bundle
from seqnlp.tasks.word_features import learn_features


def make_bundle(config: Config) -> Bundle:
    """An untrained tagger."""
    sentences = make_sentences(10)
    features = learn_features(sentences, config.model, None)
    tags = learn_tags(sentences, config.data, config.model)
    torch.manual_seed(1)
    model = build_tagger(config.model, features, tags, config.model.word_dim)
    return Bundle(
        description=describe(
            config.model, config.model.word_dim, "iob2", "words", {"data": "made up", "licence": "CC0"}
        ),
        weights=weights_of(model.state_dict()),
        vocabulary=features.to_dict(),
        labels=tags,
        metrics={"dev": {"f1": 61.5}, "seed": 1},
        card="# A card\n\nWith ümlauts.\n",
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A run with a saved model."""
    save_bundle(tmp_path / "run" / "model", make_bundle(tiny_config(tmp_path)))
    (tmp_path / "run" / "config.yaml").write_text("task: tagging\n")
    return tmp_path / "run" / "model"


def test_what_was_saved_is_loaded_bit_for_bit(tmp_path: Path) -> None:
    saved = make_bundle(tiny_config(tmp_path))
    save_bundle(tmp_path / "model", saved)
    loaded = load_bundle(tmp_path / "model")
    assert replace(loaded, weights={}) == replace(saved, weights={})
    assert loaded.tensors.keys() == saved.tensors.keys()
    for name, tensor in saved.tensors.items():
        assert loaded.tensors[name].dtype == tensor.dtype, name
        assert torch.equal(loaded.tensors[name], tensor), name


def test_a_run_and_its_model_folder_are_the_same_model(folder: Path) -> None:
    assert find_model(folder) == find_model(folder.parent) == find_model(str(folder.parent)) == folder


def test_a_copied_folder_loads_alone(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "elsewhere")
    assert load_bundle(tmp_path / "elsewhere").labels == load_bundle(folder).labels


def test_the_rebuilt_tagger_has_the_saved_weights_and_is_not_trained(folder: Path) -> None:
    loaded = load_bundle(folder)
    tagger = tagger_from_bundle(loaded)
    assert not tagger.model.training
    assert not any(parameter.requires_grad for parameter in tagger.model.parameters())
    for name, tensor in tagger.model.state_dict().items():
        assert torch.equal(tensor, loaded.tensors[name]), name
    saved = tagger.saved
    assert (saved.scheme, saved.data_scheme, saved.tokenizer, saved.temperature) == ("bioes", "iob2", "words", 1.0)


def test_the_folder_holds_six_plain_files_and_no_absolute_path(folder: Path, tmp_path: Path) -> None:
    names = ["README.md", "config.yaml", "labels.json", "metrics.json", "model.safetensors", "vocabulary.json"]
    assert sorted(file.name for file in folder.iterdir()) == names
    for file in folder.iterdir():
        content = file.read_bytes()
        assert str(tmp_path).encode() not in content, file.name
        assert b"/tmp" not in content, file.name
        assert b"/home" not in content, file.name


def test_metrics_are_replaced_alone(folder: Path) -> None:
    replaced = ("metrics.json", "config.yaml")  # the second has the digest of the first
    before = {file.name: file.read_bytes() for file in folder.iterdir() if file.name not in replaced}
    description = load_bundle(folder).description
    save_metrics(folder, {"test": {"f1": 60.0}})
    assert load_bundle(folder).metrics == {"test": {"f1": 60.0}}
    assert load_bundle(folder).description == description
    assert {file.name: file.read_bytes() for file in folder.iterdir() if file.name not in replaced} == before


def test_the_description_is_replaced_alone(folder: Path) -> None:
    before = {file.name: file.read_bytes() for file in folder.iterdir() if file.name != "config.yaml"}
    save_description(folder, {**load_bundle(folder).description, "temperature": 2.0})
    assert load_bundle(folder).description["temperature"] == 2.0
    assert {file.name: file.read_bytes() for file in folder.iterdir() if file.name != "config.yaml"} == before


@pytest.mark.parametrize("name", ["model.safetensors", "vocabulary.json", "labels.json", "metrics.json"])
def test_a_file_of_another_model_is_noticed(folder: Path, tmp_path: Path, name: str) -> None:
    saved = make_bundle(tiny_config(tmp_path))
    other = replace(
        saved,
        weights={key: array + 1 for key, array in saved.weights.items()},
        vocabulary={**saved.vocabulary, "lowercase": not saved.vocabulary["lowercase"]},
        labels=saved.labels[::-1],
        metrics={},
    )
    save_bundle(tmp_path / "other", other)
    load_bundle(tmp_path / "other")
    shutil.copy(tmp_path / "other" / name, folder / name)
    expected = f"{folder / name} is damaged (it is not the file that was saved with this model); copy the model again"
    assert refusal(folder) == expected
    forget_digests(folder)
    load_bundle(folder)  # one of an older version tells nothing of its files


def test_a_card_may_be_edited_and_other_files_may_stand_beside_it(folder: Path) -> None:
    (folder / "README.md").write_bytes(b"# My own words\n\xff\n")
    (folder / "notes").mkdir()
    (folder / "notes" / "mine.txt").write_text("keep me")
    (folder / ".gitattributes").write_text("keep me too")
    (folder / "link").symlink_to("labels.json")
    before = load_bundle(folder)
    assert before.card == "# My own words\n\N{REPLACEMENT CHARACTER}\n"
    save_bundle(folder, before)
    assert (folder / "notes" / "mine.txt").read_text() == "keep me"
    assert (folder / ".gitattributes").read_text() == "keep me too"
    assert (folder / "link").readlink() == Path("labels.json")
    assert [path.name for path in folder.parent.iterdir() if path.name.startswith(".")] == []


def test_subword_models_of_the_model_before_go_away(folder: Path) -> None:
    saved = load_bundle(folder)
    save_bundle(folder, replace(saved, subwords={"source.spm": b"1", "target.spm": b"2"}))
    save_bundle(folder, replace(saved, subwords={"subwords.spm": b"3"}))
    assert load_bundle(folder).subwords == {"subwords.spm": b"3"}


def kill_at(monkeypatch: pytest.MonkeyPatch, name: str, number: int) -> None:
    """Stand-in for SIGKILL: the given call of a function of ``os`` and all after it fail, as does tidying up."""
    calls = 0
    original: Callable[..., Any] = getattr(os, name)

    def fail(*arguments: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls >= number:
            raise SuddenDeathError
        return original(*arguments, **options)

    monkeypatch.setattr(os, name, fail)
    monkeypatch.setattr(shutil, "rmtree", lambda *arguments, **options: None)


class SuddenDeathError(BaseException):
    """Nobody catches it."""


@pytest.mark.parametrize("exchange", [True, False], ids=["exchanged", "file by file"])
@pytest.mark.parametrize(("name", "count"), [("fsync", 12), ("replace", 6)])
def test_a_save_that_dies_anywhere_leaves_the_old_model_the_new_one_or_an_error(
    folder: Path, monkeypatch: pytest.MonkeyPatch, exchange: bool, name: str, count: int
) -> None:
    old = load_bundle(folder)
    new = replace(old, weights={key: array + 1 for key, array in old.weights.items()}, labels=old.labels[::-1])
    states = set()
    for number in range(1, count + 1):
        save_bundle(folder, old)
        with monkeypatch.context() as patch:
            if not exchange:
                patch.setattr("seqnlp.storage._exchange", lambda one, other: False)
            kill_at(patch, name, number)
            with contextlib.suppress(SuddenDeathError):
                save_bundle(folder, new)
        try:
            loaded = load_bundle(folder)
            states.add("old" if loaded.labels == old.labels else "new")
            same = old if loaded.labels == old.labels else new
            assert all(torch.equal(loaded.tensors[key], tensor) for key, tensor in same.tensors.items())
        except RunError:
            states.add("error")
    assert "error" not in states or not exchange
    remove_leftovers(folder.parent)
    assert [path.name for path in folder.parent.rglob(".*")] == []
    save_bundle(folder, new)
    assert load_bundle(folder).labels == new.labels


def test_readers_beside_a_writer_find_whole_models(folder: Path) -> None:
    old = load_bundle(folder)
    new = replace(old, weights={key: array + 1 for key, array in old.weights.items()}, labels=old.labels[::-1])

    def read(_: int) -> bool:
        actual = load_bundle(folder)
        same = old if actual.labels == old.labels else new
        return all(torch.equal(actual.tensors[key], tensor) for key, tensor in same.tensors.items())

    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(read, range(60))
        for number in range(30):
            save_bundle(folder, new if number % 2 else old)
        assert all(answers)


def test_a_folder_whose_surroundings_cannot_be_written_is_replaced_file_by_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> str:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(tempfile, "mkdtemp", refuse)
    save_metrics(folder, {"test": {"f1": 1.0}})
    assert load_bundle(folder).metrics == {"test": {"f1": 1.0}}


def test_a_full_disk_leaves_the_old_model(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    before = load_bundle(folder).labels
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(TrainingError, match=r"cannot write .* \(No space left.*\): what stood there is whole"):
            save_bundle(folder, replace(load_bundle(folder), labels=before[::-1]))
    assert load_bundle(folder).labels == before
    assert [path.name for path in folder.parent.rglob(".*")] == []


def forget_digests(folder: Path) -> None:
    """Make the folder one of an older version."""
    edit(folder, lambda content: (content.pop("files"), content.update(format=1)))


def test_a_model_without_metrics_and_card_still_loads(folder: Path) -> None:
    (folder / "metrics.json").unlink()
    (folder / "README.md").unlink()
    assert load_bundle(folder).metrics == {}
    assert load_bundle(folder).card == ""


def edit(folder: Path, change: Callable[[dict[str, object]], object]) -> None:
    """Change the model's config.yaml, as a person may who says so."""
    path = folder / "config.yaml"
    content = yaml.safe_load(path.read_text())
    content.get("files", {}).pop("config.yaml", None)
    change(content)
    path.write_text(yaml.safe_dump(content))


def refusal(path: Path) -> str:
    """What loading says."""
    with pytest.raises(RunError) as caught:
        tagger_from_bundle(load_bundle(path))
    return str(caught.value)


@pytest.mark.parametrize("name", ["config.yaml", "model.safetensors", "vocabulary.json", "labels.json"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert refusal(folder) == f"{folder}: {name} missing; the folder was not copied or saved whole"


def test_damaged_weights_are_named(folder: Path) -> None:
    path = folder / "model.safetensors"
    content = path.read_bytes()
    for damaged in (content[:-100], b"", b"rubbish" * 100, content[50:]):
        path.write_bytes(damaged)
        text = refusal(folder)
        assert text.startswith(f"{path} is damaged (")
        assert text.endswith("; copy the model again")


@pytest.mark.parametrize("name", ["config.yaml", "vocabulary.json", "labels.json", "metrics.json"])
@pytest.mark.parametrize("content", [b"{]", b"\xff\xfe{"])
def test_a_damaged_text_file_is_named(folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)
    text = refusal(folder)
    assert text.startswith(f"{folder / name} is damaged (")
    assert text.endswith("; copy the model again")


def test_a_vocabulary_without_a_part_is_one_clear_sentence(folder: Path) -> None:
    forget_digests(folder)
    (folder / "vocabulary.json").write_text('{"words": []}')
    assert refusal(folder) == (
        f"{folder}/vocabulary.json lacks the key 'vector_words'; it was changed or not saved whole"
    )


def test_a_newer_format_asks_for_a_newer_seqnlp(folder: Path) -> None:
    edit(folder, lambda content: content.update(format=bundle.FORMAT + 1))
    assert refusal(folder) == f"{folder}: saved in format 3, this seqnlp reads up to 2; install a newer seqnlp"


def test_a_config_without_format_is_no_model(folder: Path) -> None:
    edit(folder, lambda content: content.pop("format"))
    assert refusal(folder) == f"{folder / 'config.yaml'}: no format number; this is not a seqnlp model"


def test_an_unknown_key_is_named(folder: Path) -> None:
    edit(folder, lambda content: content.update(flavour="strong"))
    text = f"{folder}/config.yaml has the unknown key 'flavour'; install a newer seqnlp"
    assert refusal(folder) == text


def test_an_unknown_setting_of_the_model_is_named_with_a_guess(folder: Path) -> None:
    edit(folder, lambda content: content["model"].update(hidden_dims=3))
    assert "model.hidden_dims: unknown key (did you mean 'hidden_dim'?)" in refusal(folder)


def test_a_missing_key_is_named(folder: Path) -> None:
    edit(folder, lambda content: content.pop("tokenizer"))
    assert refusal(folder) == f"{folder}/config.yaml lacks the key 'tokenizer'; it was changed or not saved whole"


def test_another_tasks_model_is_refused(folder: Path) -> None:
    edit(folder, lambda content: content.update(task="translation"))
    assert refusal(folder) == "this is a model for translation, not for tagging"


def test_a_task_of_a_newer_version_is_refused_whatever_reads_it(folder: Path, tmp_path: Path) -> None:
    edit(folder, lambda content: content.update(task="parsing"))
    expected = f"{folder}/config.yaml: expected a task ({', '.join(TASKS)}), found 'parsing'; install a newer seqnlp"
    assert refusal(folder) == expected
    readers = [seqnlp.load, lambda run: load_models([str(run)], {}), config_of]
    readers += [lambda run: export_onnx(run, tmp_path / "onnx"), lambda run: export_page(run, tmp_path / "page.html")]
    for read in readers:
        with pytest.raises(RunError) as caught:
            read(folder)
        assert str(caught.value) == expected


def test_weights_that_do_not_fit_are_refused(folder: Path) -> None:
    edit(folder, lambda content: content["model"].update(hidden_dim=9))
    assert refusal(folder).startswith(f"{folder}/model.safetensors does not fit config.yaml: expected '")


def test_a_run_cut_off_before_its_first_model_says_how_to_go_on(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("task: tagging\n")
    text = f"{tmp_path} was stopped before its first model was saved; go on with `seqnlp resume {tmp_path}`"
    assert refusal(tmp_path) == text


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path) == f"{tmp_path} is neither a run (from `seqnlp train`) nor a saved model folder"
    file = tmp_path / "notes.txt"
    file.write_text("x")
    assert refusal(file) == f"{file} is neither a run (from `seqnlp train`) nor a saved model folder"


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "nowhere"
    text = f"{path}: no such folder; expected a run (from `seqnlp train`) or a saved model folder"
    assert refusal(path) == text


def test_a_folder_that_is_small_has_a_size_all_the_same() -> None:
    assert [describe_size(size) for size in (39_139, 99_999, 100_000, 1_440_000)] == [
        "39 kB",
        "100 kB",
        "0.1 MB",
        "1.4 MB",
    ]
