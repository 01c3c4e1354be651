"""``seqnlp data doubts``: annotation errors that were put in on purpose come first."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pytest
from command import output, refusal

from seqnlp import Tagger
from seqnlp.resources import RECIPES


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, set[int]]:
    """A cross-validation on the demo's documents, some of their labels made wrong, and the lines of these."""
    folder, draw = tmp_path_factory.mktemp("doubts"), random.Random(1)
    text = (RECIPES / "classification" / "demo" / "train.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t", 1) for line in text.splitlines()][:600]
    wrong = draw.sample(range(len(rows)), 30)
    for number in wrong:
        others = [label for label in ("negative", "neutral", "positive") if label != rows[number][0]]
        rows[number][0] = draw.choice(others)
    (folder / "train.tsv").write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")
    settings = (f"data.dir={folder}", "data.dev=10%", "folds=2", f"run={folder}/study")
    output("cross-validate", "recipe=classification/demo", *settings)
    return folder / "study", {number + 1 for number in wrong}


def test_wrong_labels_come_first(study: tuple[Path, set[int]]) -> None:
    folder, wrong = study
    rows = [json.loads(line) for line in output("data", "doubts", folder, "--number", 30, "--json").splitlines()]
    actual = sum(row["line"] in wrong for row in rows)
    assert actual >= 10  # 1.5 by chance
    assert [row["probability"] for row in rows] == sorted(row["probability"] for row in rows)
    assert all(row["gold"] != row["predicted"] for row in rows[:10])
    table = output("data", "doubts", folder, "--number", 3)
    assert table.startswith("Gold annotations in doubt\n")
    assert len(table.splitlines()) == 5


def test_a_study_that_was_stopped_is_refused(study: tuple[Path, set[int]], tmp_path: Path) -> None:
    shutil.copytree(study[0] / "fold-1", tmp_path / "fold-1")
    stopped = refusal("data", "doubts", tmp_path)
    assert stopped.startswith(f"{tmp_path}: 1 of 2 folds are trained; type its `seqnlp cross-validate` again")


def test_every_gold_entity_is_judged_by_its_exact_probability(trained: Path) -> None:
    lines = output("data", "doubts", trained, "--split", "dev", "--number", 100000, "--json").splitlines()
    rows = [json.loads(line) for line in lines]
    tagger = Tagger(trained)
    gold = [row for row in rows if row["gold"]]
    assert len(gold) > 50
    agreed = [row for row in gold if row["gold"] == row["predicted"]][:20]
    assert len(agreed) > 10
    for row in agreed:
        spans = tagger.tag_words([row["context"].split(" ")])[0].spans
        probabilities = [span.probability for span in spans if (span.text, span.label) == (row["text"], row["gold"])]
        assert any(row["probability"] == pytest.approx(one, abs=1e-4) for one in probabilities)
    for row in rows:
        if not row["gold"]:
            assert row["predicted"]
            assert 0 <= row["probability"] <= 1


def test_what_has_no_doubts(trained: Path, translator_run: Path) -> None:
    assert "doubts are for taggers and classifiers; this run's task is translation" in refusal(
        "data", "doubts", translator_run
    )
    assert "expected `seqnlp data doubts STUDY`" in refusal("data", "doubts", trained, trained)
    assert refusal("data", "doubts", trained, "--number", 0) == "--number: expected 1 or more, found 0"
