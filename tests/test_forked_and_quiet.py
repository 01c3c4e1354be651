"""A loaded model tells nobody of its use, ends with the processes that are forked from its own, and stays found."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import seqnlp

MODEL = Path(__file__).parent / "old_models" / "classification"
PROGRAM = """
import os, pickle, sys, time
import seqnlp

model = seqnlp.load(sys.argv[1], engine=sys.argv[2], threads=2)
model.temporary = True
mine = pickle.loads(pickle.dumps(model))
labels = [answer.label for answer in mine.classify_texts(["A lovely film."] * 9)]
child = os.fork()
if not child:
    assert [answer.label for answer in mine.classify_texts(["A lovely film."] * 9)] == labels
    sys.exit(7)
for _ in range(600):
    ended, status = os.waitpid(child, os.WNOHANG)
    if ended:
        break
    time.sleep(0.05)
else:
    os.kill(child, 9)
    sys.exit("the child hangs")
assert os.waitstatus_to_exitcode(status) == 7
assert mine.files(), "the child has removed the folder"
print(mine.path)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.parametrize("engine", ["onnxruntime", "numpy"])
def test_forked_processes_end_and_nothing_is_kept_or_sent(tmp_path: Path, engine: str) -> None:
    kept = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    environment = {**kept, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM, str(MODEL), engine]
    done = subprocess.run(command, env=environment, timeout=90, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert not Path(done.stdout.strip()).exists(), "the folder goes with the process that made it"
    assert not list(tmp_path.rglob("*")), "an identifier of the user is kept"


def test_a_model_is_found_from_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(MODEL.parent)
    model = seqnlp.Classifier(MODEL.name)
    monkeypatch.chdir(tmp_path)
    assert model.path == MODEL
    saved = seqnlp.Classifier(model.save("saved"))
    assert saved.classify("A lovely film.").probabilities == model.classify("A lovely film.").probabilities
