"""Checkpoints: whole or not there, and clear words when they cannot be used."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from toy import DIGESTS, toy_config, train

from seqnlp.errors import RunError, TrainingError
from seqnlp.storage import write_atomically
from seqnlp.training.checkpoint import DEV, FILE_NAME, TRAIN, Progress, load_checkpoint, save_checkpoint


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    progress = Progress(epoch=3, position=2, step=77, loss_sum=1.25, best_score=-0.5, plateau_factor=0.25, seconds=9.5)
    weights = [torch.randn(3, 4), torch.zeros(0)]
    save_checkpoint(tmp_path, progress, DIGESTS, {"model": weights, "optimizer": {"rules": []}})
    loaded, states = load_checkpoint(tmp_path, DIGESTS) or pytest.fail("no checkpoint")
    assert loaded == progress
    assert set(states) == {"model", "optimizer"}
    assert all(torch.equal(mine, theirs) for mine, theirs in zip(weights, states["model"], strict=True))
    assert [file.name for file in tmp_path.iterdir()] == [FILE_NAME]


def test_a_run_without_checkpoint_starts_from_nothing(tmp_path: Path) -> None:
    assert load_checkpoint(tmp_path, DIGESTS) is None


@pytest.mark.parametrize("damage", ["cut", "empty", "text", "flipped"])
def test_a_damaged_checkpoint_is_one_clear_sentence(tmp_path: Path, damage: str) -> None:
    save_checkpoint(tmp_path, Progress(), DIGESTS, {"model": [torch.randn(50, 50)]})
    path = tmp_path / FILE_NAME
    content = path.read_bytes()
    path.write_bytes(
        {"cut": content[:700], "empty": b"", "text": b"not a checkpoint", "flipped": content[::-1]}[damage]
    )
    with pytest.raises(RunError) as caught:
        load_checkpoint(tmp_path, DIGESTS)
    assert str(caught.value).startswith(f"{path} cannot be read (")
    assert str(caught.value).endswith("; the run cannot be resumed, start it again")


def test_a_flipped_bit_is_an_error_or_changes_nothing(tmp_path: Path) -> None:
    weights, draw = torch.randn(40, 40), random.Random(3)
    save_checkpoint(tmp_path, Progress(epoch=3), DIGESTS, {"model": [weights]})
    path = tmp_path / FILE_NAME
    content, noticed = path.read_bytes(), 0
    for _ in range(200):
        flipped = bytearray(content)
        flipped[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
        path.write_bytes(flipped)
        try:
            progress, states = load_checkpoint(tmp_path, DIGESTS) or pytest.fail("no checkpoint")
        except RunError as problem:
            noticed += str(problem).startswith(f"{path} cannot be read (") and "\n" not in str(problem)
        else:
            noticed += progress == Progress(epoch=3) and torch.equal(states["model"][0], weights)
    assert noticed == 200


def test_a_folder_in_place_of_a_checkpoint_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(RunError, match="cannot be read"):
        load_checkpoint(tmp_path, DIGESTS)


def test_a_checkpoint_of_another_size_is_refused(tmp_path: Path) -> None:
    train(tmp_path / "run", toy_config())
    path = tmp_path / "run" / FILE_NAME
    stored = torch.load(path, weights_only=True)
    stored["model"][0] = stored["model"][0][:1]
    torch.save(stored, path)
    with pytest.raises(RunError, match=r"checkpoint\.pt is of a model of other sizes than this run's"):
        train(tmp_path / "run", toy_config())


def test_a_checkpoint_that_would_run_code_is_refused(tmp_path: Path) -> None:
    torch.save({"progress": Path("x"), "data": "abc"}, tmp_path / FILE_NAME)
    with pytest.raises(RunError, match="cannot be read"):
        load_checkpoint(tmp_path, DIGESTS)


@pytest.mark.parametrize("name", [TRAIN, DEV, "the model of start_from", "something new", "something gone"])
def test_a_run_is_not_resumed_where_anything_that_it_reads_changed(tmp_path: Path, name: str) -> None:
    inputs = {TRAIN: "abc", DEV: "dev", "the model of start_from": "def", "the file of model.vectors": ""}
    began = {**inputs, "something gone": "ghi"} if name == "something gone" else inputs
    save_checkpoint(tmp_path, Progress(), began, {})
    assert load_checkpoint(tmp_path, {**dict(reversed(began.items())), "read, but empty": ""}) is not None
    with pytest.raises(RunError) as caught:
        load_checkpoint(tmp_path, inputs if began != inputs else {**inputs, name: "xyz"})
    assert str(caught.value) == f"{name} changed since {tmp_path} began; restore it, or start a new run"


def test_a_checkpoint_of_an_older_version_tells_what_changed_too(tmp_path: Path) -> None:
    def says(changes: dict[str, str], **older: str) -> str:
        torch.save({"progress": {}, **older}, tmp_path / FILE_NAME)
        try:
            assert load_checkpoint(tmp_path, {TRAIN: "abc", DEV: "dev", "the start": "def", **changes}) is not None
        except RunError as problem:
            return str(problem).partition(" changed since ")[0]
        return ""

    assert says({}, data="abcdef", dev="dev") == says({}, data="abcdef") == says({}, data="abc", dev="dev") == ""
    assert says({TRAIN: "xyz"}, data="abcdef", dev="dev") == says({TRAIN: "xyz"}, data="abc") == TRAIN
    assert says({"the start": "xyz"}, data="abcdef", dev="dev") == "the start"
    assert says({DEV: "xyz"}, data="abcdef", dev="dev") == says({DEV: ""}, data="abcdef", dev="dev") == DEV


FULL_DISK = """
import resource, sys
from pathlib import Path
import torch
from seqnlp.errors import SeqnlpError
from seqnlp.training.checkpoint import Progress, save_checkpoint
folder = Path(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
try:
    save_checkpoint(folder, Progress(epoch=2), {}, {"model": [torch.zeros(100, 100)]})
except SeqnlpError as problem:
    sys.exit(f"{type(problem).__name__}: {problem}")
"""


def test_when_the_disk_is_full_the_old_checkpoint_stays_whole(tmp_path: Path) -> None:
    save_checkpoint(tmp_path, Progress(epoch=1), DIGESTS, {"model": [torch.ones(3)]})
    before = (tmp_path / FILE_NAME).read_bytes()
    finished = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path)], capture_output=True, text=True, check=False, timeout=120
    )
    assert finished.returncode == 1
    path = tmp_path / FILE_NAME
    assert finished.stderr.strip() == (
        f"TrainingError: cannot write {path} (File too large): the old checkpoint.pt is whole; free some space or "
        "choose another folder, then go on"
    )
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == [FILE_NAME]


def test_a_file_that_cannot_be_written_at_all_says_so(tmp_path: Path) -> None:
    (tmp_path / "blocked").write_text("a file where a folder should be")
    with pytest.raises(TrainingError, match="nothing was written"):
        write_atomically(tmp_path / "blocked" / "x.txt", b"x")
