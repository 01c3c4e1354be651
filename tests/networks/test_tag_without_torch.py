"""Tagging where there is no torch: the same answers, and a clear word where an engine is missing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tasks_in_process import trained_task
from tiny import tiny_config, write_tiny_data
from without import run_without

from seqnlp.api import Tagger
from seqnlp.config.common import Config
from seqnlp.errors import SeqnlpError
from seqnlp.tasks.tagging.task import TaggingTask

TEXTS = [
    "Ada Sorrel lives in Brinmoor.",
    "",
    "nobody came",
    "東京 ☃",
    "Tamsin Oake met Brand near Lower Ashby!",
    "x" * 90,
]


def train(config: Config, run: Path) -> Path:
    trained_task(TaggingTask, config, run).finish()
    return run


@pytest.fixture(scope="module", params=["crf", "softmax", "two layers of gru, characters by lstm"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trained run."""
    folder = tmp_path_factory.mktemp("run")
    write_tiny_data(folder)
    changes: dict[str, dict[str, object]] = {
        "crf": {"model__num_layers": 2},
        "softmax": {"model__output": "softmax", "model__bidirectional": False},
    }
    usual: dict[str, object] = {"model__cell": "gru", "model__character_model": "lstm"}
    return train(tiny_config(folder, **changes.get(request.param, usual)), folder / "trained")


def test_answers_are_those_of_torch(run: Path) -> None:
    with_torch = Tagger(run, engine="torch").tag_texts(TEXTS, nbest=2)
    for engine in ("auto", "onnxruntime", "numpy"):
        answers = Tagger(run, engine=engine, threads=1).tag_texts(TEXTS, nbest=2)
        for actual, wanted in zip(answers, with_torch, strict=True):
            assert actual.tags == wanted.tags
            assert [s.label for s in actual.spans] == [s.label for s in wanted.spans]
            sure = [s.probability for s in wanted.spans] + [n.probability for n in wanted.nbest]
            np.testing.assert_allclose(
                [s.probability for s in actual.spans] + [n.probability for n in actual.nbest], sure, atol=1e-5
            )


def test_a_line_is_tagged_without_torch(run: Path) -> None:
    actual = run_without("torch,torchcrf", "tag", run, "--output", "jsonl", text=TEXTS[0] + "\n")
    assert (actual.returncode, actual.stderr) == (0, "")
    assert json.loads(actual.stdout) == Tagger(run, engine="torch").tag(TEXTS[0]).to_dict()


def test_torch_is_not_imported_where_there_is_onnxruntime(run: Path) -> None:
    code = (
        "import seqnlp, sys\nseqnlp.load(sys.argv[1]).tag('Ada')\n"
        "print(sorted({'torch', 'pandas', 'onnx'} & set(sys.modules)))"
    )
    actual = subprocess.run([sys.executable, "-c", code, str(run)], capture_output=True, text=True, check=True)
    assert actual.stdout == "[]\n"


def test_numpy_is_enough(run: Path) -> None:
    actual = run_without("torch,torchcrf,onnx,onnxruntime", "tag", run, "--output", "jsonl", text=TEXTS[0] + "\n")
    assert (actual.returncode, actual.stderr) == (0, "")
    assert json.loads(actual.stdout)["tags"] == Tagger(run).tag(TEXTS[0]).tags


@pytest.mark.parametrize(
    ("blocked", "engine", "said"),
    [
        ("onnxruntime", "onnxruntime", "needs onnxruntime, which is not installed; `pip install onnxruntime`"),
        ("torch", "torch", "needs torch, which is not installed; `pip install torch`, or use the engine auto"),
    ],
)
def test_a_missing_engine_says_what_to_install(run: Path, blocked: str, engine: str, said: str) -> None:
    actual = run_without(blocked, "tag", run, "--engine", engine, text="x\n")
    assert actual.returncode == 2
    assert said in actual.stderr
    assert "Traceback" not in actual.stderr


def test_engines_and_devices_that_are_not_there_are_refused(run: Path) -> None:
    with pytest.raises(SeqnlpError, match="expected an engine of auto, onnxruntime, torch, numpy, found 'tensorflow'"):
        Tagger(run, engine="tensorflow")
    with pytest.raises(SeqnlpError, match="computes on the CPU, found device 'cuda'; use the engine torch"):
        Tagger(run, engine="numpy", device="cuda")
    with pytest.raises(SeqnlpError, match="the device 'cuda:7' is not there"):
        Tagger(run, engine="torch", device="cuda:7")
    assert repr(Tagger(run, engine="numpy")).endswith(", engine='numpy')")


@pytest.mark.parametrize("engine", ["onnxruntime", "numpy"])
def test_in_int8_answers_are_near_and_depend_on_no_other_line(run: Path, engine: str) -> None:
    exact, small = Tagger(run, engine=engine), Tagger(run, engine=engine, precision="int8")
    together, wanted = small.tag_texts(TEXTS, nbest=2), exact.tag_texts(TEXTS, nbest=2)
    sure = [[one.probability for answer in answers for one in answer.nbest] for answers in (together, wanted)]
    assert sure[0] == pytest.approx(sure[1], abs=0.05)
    assert sure[0] != sure[1]
    if engine == "onnxruntime":
        assert [small.tag(text, nbest=2) for text in TEXTS] == together
    assert repr(small).endswith(f", engine='{engine}', precision='int8')")


def test_int8_is_not_for_torch(run: Path) -> None:
    with pytest.raises(SeqnlpError, match="torch does not compute in int8; use the engine onnxruntime or numpy"):
        Tagger(run, engine="torch", precision="int8")
    with pytest.raises(SeqnlpError, match="expected a precision of auto, fp32, int8, found 'bf16'"):
        Tagger(run, precision="bf16")
    assert Tagger(run, precision="int8").engine == "onnxruntime"
