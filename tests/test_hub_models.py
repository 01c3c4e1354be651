"""Models of the Hugging Face Hub: pushed to and loaded from a stand-in for it."""

from __future__ import annotations

import json
import pickle
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from command import output, refusal
from hub_stand_in import TOKEN, Hub, hub_running
from huggingface_hub import constants

import seqnlp
from seqnlp import bundle
from seqnlp import hub as hub_module

MODEL = Path(__file__).parent / "old_models" / "classification"
TEXTS = ["A lovely film.", "The soup was cold."]


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub, an empty cache and a current folder without models."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    with hub_running() as running:
        monkeypatch.setenv("HF_ENDPOINT", running.address)
        yield running
    hub_module._downloaded.cache_clear()


def answers(model: str | Path) -> list[dict[str, float]]:
    return [answer.probabilities for answer in seqnlp.load(model).classify_texts(TEXTS)]


def test_a_model_is_pushed_whole_and_loaded_by_its_name(hub: Hub) -> None:
    url = output("push", MODEL, "ada/moods", "--license", "mit", "--language", "en", "--dataset", "sst2").strip()
    assert url == f"{hub.address}/ada/moods/commit/{hub.heads['ada/moods', 'main']}"
    pushed = hub.newest("ada/moods")
    for file in MODEL.iterdir():
        assert file.name == "README.md" or pushed[file.name] == file.read_bytes()
    assert answers("ada/moods") == answers(MODEL)
    assert output("verify", "ada/moods")
    written = output("classify", "ada/moods", "--output", "jsonl", stdin="A lovely film.\n")
    assert json.loads(written)["label"] == seqnlp.load(MODEL).classify(TEXTS[0]).label
    assert answers(pickle.loads(pickle.dumps(seqnlp.load("ada/moods"))).path) == answers(MODEL)
    for name in ("ada/moods", Path("ada/moods")):
        mapped = pickle.loads(pickle.dumps(seqnlp.batch(name)))({"text": TEXTS})
        assert mapped == seqnlp.batch(MODEL)({"text": TEXTS})


def test_the_card_says_what_was_measured_and_nothing_else(hub: Hub) -> None:
    card = output("push", MODEL, "ada/moods", "--license", "mit", "--dataset", "sst2", "--card")
    assert hub.asked == []
    _, front, text = card.split("---\n", 2)
    actual = yaml.safe_load(front)
    metrics = json.loads((MODEL / "metrics.json").read_text())
    (result,) = actual.pop("model-index")[0]["results"]
    assert {one["name"]: one["value"] for one in result["metrics"]} == {
        f"{name} on dev": pytest.approx(metrics["dev"][name], abs=1e-4) for name in ("accuracy", "macro_f1")
    }
    assert result["dataset"]["split"] == "validation"
    assert actual == {
        "library_name": "seqnlp",
        "pipeline_tag": "text-classification",
        "tags": ["seqnlp", "classification", "lstm"],
        "license": "mit",
        "datasets": ["sst2"],
    }
    assert (MODEL / "README.md").read_text().strip() in text
    assert 'seqnlp.load("ada/moods")' in text
    again = output("push", MODEL, "ada/moods@better", "--license", "mit", "--dataset", "sst2", "--card")
    assert again == card  # as it is pushed to a branch
    translator = yaml.safe_load(output("push", MODEL.parent / "translation", "a/b", "--card").split("---\n")[1])
    assert translator["language"] == ["de", "en"]
    assert "license" not in translator


def test_a_card_of_a_model_in_int8_has_no_scores_of_the_exact_one(hub: Hub, tmp_path: Path) -> None:
    exact = tmp_path / "exact"
    shutil.copytree(MODEL, exact)
    bundle.record_scores(exact, "test", {"accuracy": 0.75}, print)
    assert "name: accuracy on test" in output("push", exact, "ada/moods", "--card")
    output("export", exact, "--int8", tmp_path / "small")
    output("export", tmp_path / "small", "--int8", tmp_path / "again")
    card = output("push", tmp_path / "again", "ada/moods", "--card")
    assert "model-index" not in card
    assert card.count("Its weights are in one byte a number; the scores above are those of the model before") == 1
    bundle.record_scores(tmp_path / "small", "test", {"accuracy": 0.5}, print)
    assert "value: 0.5" in output("push", tmp_path / "small", "ada/moods", "--card")


def test_what_is_pushed_again_replaces_what_was_there_and_has_one_card(hub: Hub, tmp_path: Path) -> None:
    output("push", MODEL.parent / "translation", "ada/any", "--license", "mit")
    assert "subwords.spm" in hub.newest("ada/any")
    output("push", MODEL, "ada/any", "--license", "mit", "--private")
    assert "subwords.spm" not in hub.newest("ada/any")
    assert ".gitattributes" in hub.newest("ada/any")
    loaded = seqnlp.load("ada/any").save(tmp_path / "again")
    output("push", loaded, "ada/again", "--license", "mit", "--private")
    assert hub.newest("ada/again")["README.md"].count(b"library_name") == 1
    assert hub.private == {"ada/again"}


def test_a_revision_is_a_branch_or_a_commit(hub: Hub) -> None:
    output("push", MODEL, "ada/moods", "--license", "mit")
    first = hub.heads["ada/moods", "main"]
    output("push", MODEL.parent / "translation", "ada/moods@better", "--license", "mit")
    assert hub.heads["ada/moods", "main"] == first
    assert type(seqnlp.load("ada/moods@better")).__name__ == "Translator"
    assert type(seqnlp.load(f"ada/moods@{first}")).__name__ == "Classifier"
    assert "has no revision 'worse' of ada/moods" in refusal("classify", "ada/moods@worse")


def test_a_folder_here_wins_and_a_folder_of_the_owner_asks_no_network(hub: Hub) -> None:
    seqnlp.load(MODEL).save("ada/moods")
    assert answers("ada/moods") == answers(MODEL)
    assert refusal("classify", "ada/mods").startswith("ada/mods: no such folder")
    assert "OWNER/NAME" in refusal("classify", "ada/mods")
    for path in ("./b/c", "../b/c", "~b/c", "/b/c", "a/b/c", "a", "a/b@", "a@b/c", "-a/b", "a/..", "a/b\n"):
        assert hub_module.parts_of(path) is None
    assert refusal("classify", "x/y/z").startswith("x/y/z: no such folder; expected a run")
    assert hub.asked == []


def test_what_is_nowhere_is_looked_for_in_both_places(hub: Hub) -> None:
    text = refusal("classify", "ada/nothing")
    assert text.startswith("ada/nothing: neither a folder here nor a model of the Hugging Face Hub")
    with pytest.raises(seqnlp.RunError, match="neither a folder here nor a model of the Hugging Face Hub"):
        seqnlp.load("ada/nothing")


def test_a_private_model_needs_the_token_of_the_hubs_library(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    output("push", MODEL, "ada/secret", "--license", "mit", "--private")
    monkeypatch.setenv("HF_TOKEN", "hf_wrong")
    assert "hf auth login" in refusal("classify", "ada/secret")
    assert "does not let you write there (401)" in refusal("push", MODEL, "ada/secret", "--license", "mit")
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    assert answers("ada/secret") == answers(MODEL)


def test_without_network_the_cache_answers(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    output("push", MODEL, "ada/moods", "--license", "mit")
    expected = answers("ada/moods")
    asked = len(hub.asked)
    for name, value in {"HF_HUB_OFFLINE": True}.items():
        monkeypatch.setattr(constants, name, value)
    hub_module._downloaded.cache_clear()
    assert answers("ada/moods") == expected
    assert "cannot be reached" in refusal("classify", "ada/other")
    assert "was not pushed" in refusal("push", MODEL, "ada/moods", "--license", "mit")
    assert len(hub.asked) == asked
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert answers("ada/moods") == expected
    assert "cannot be reached" in refusal("classify", "ada/other")


def test_what_was_changed_on_its_way_is_refused(hub: Hub) -> None:
    output("push", MODEL, "ada/moods", "--license", "mit")
    files = hub.newest("ada/moods")
    weights = bytearray(files["model.safetensors"])
    weights[-1] ^= 1
    hub.commit("ada/moods", "main", {**files, "model.safetensors": bytes(weights)})
    assert "is damaged (it is not the file that was saved with this model)" in refusal("classify", "ada/moods")
    hub.commit("ada/half", "main", {name: files[name] for name in ("config.yaml", "labels.json", "vocabulary.json")})
    assert "model.safetensors missing" in refusal("classify", "ada/half")
    hub.commit("ada/other", "main", {"pytorch_model.bin": b"a pickle", "README.md": b"hello"})
    assert refusal("classify", "ada/other") == (
        "ada/other: a model of the Hugging Face Hub, but not one that seqnlp made"
    )
    assert not [path for path in hub.asked if "pytorch_model.bin" in path]


def test_names_that_are_none_are_refused_before_anything_is_sent(hub: Hub) -> None:
    assert "expected OWNER/NAME" in refusal("push", MODEL, "moods", "--license", "mit")
    assert "expected OWNER/NAME" in refusal("push", MODEL, "my moods", "--card")
    for option in (["--private"], ["--message", "better"]):
        assert "--card pushes nothing" in refusal("push", MODEL, "ada/moods", "--card", *option)
    assert "no such folder" in refusal("push", "nothing", "ada/moods", "--license", "mit")
    assert hub.asked == []
