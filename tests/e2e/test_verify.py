"""``seqnlp verify``: a whole model folder passes, a damaged one is named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml
from command import output, refusal, seqnlp


@pytest.fixture
def copy(trained: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(trained / "model", tmp_path / "model"))


def test_a_whole_folder_and_its_run_pass(trained: Path, copy: Path) -> None:
    for path, folder in ((trained, trained / "model"), (copy, copy)):
        *lines, last = output("verify", path).splitlines()
        assert last == f"{folder} is whole and loads"
        assert sorted(line.split()[0] for line in lines) == sorted(file.name for file in folder.iterdir())
        assert all(line.endswith("  as saved") for line in lines)


@pytest.mark.parametrize("name", ["model.safetensors", "vocabulary.json", "labels.json", "metrics.json"])
def test_a_file_that_changed_or_is_missing_is_named_with_all_others(copy: Path, name: str) -> None:
    content = bytearray((copy / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copy / name).write_bytes(content)
    finished = seqnlp("verify", copy)
    assert finished.status == 2
    assert finished.err == f"error: {copy}: {name} not as saved; copy the model again\n"
    assert [line.split()[0] for line in finished.out.splitlines() if line.endswith("not as saved")] == [name]
    (copy / name).unlink()
    assert refusal("verify", copy) == f"{copy}: {name} not as saved; copy the model again"


def test_the_card_may_be_edited(copy: Path) -> None:
    (copy / "README.md").write_text("mine", encoding="utf-8")
    assert "README.md          edited since it was saved\n" in output("verify", copy)


def test_of_a_folder_without_digests_only_what_loads_is_known(copy: Path) -> None:
    description = yaml.safe_load((copy / "config.yaml").read_text(encoding="utf-8"))
    del description["files"]
    (copy / "config.yaml").write_text(yaml.safe_dump({**description, "format": 1}), encoding="utf-8")
    assert output("verify", copy).count("not known") == 6
    (copy / "vocabulary.json").write_text("{}", encoding="utf-8")
    refusal("verify", copy)


def test_what_holds_no_model_is_refused(tmp_path: Path) -> None:
    assert "neither a run" in refusal("verify", tmp_path)
