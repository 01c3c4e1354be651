"""``seqnlp suggest``: whole-sequence uncertainty of a trained model, and the chosen texts in every format."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import pytest
from command import output, refusal, seqnlp

from seqnlp import Tagger
from seqnlp.errors import WrongValueError


@pytest.fixture
def pool(tmp_path: Path) -> Path:
    lines = ["Velisk Korrasel moved to Yensa.", "", "It rains.", "Shares in Yensa fell after Tamrick left town."]
    path = tmp_path / "pool.txt"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_uncertainty_agrees_with_all_answers_of_a_short_text(trained: Path) -> None:
    tagger, text = Tagger(trained), "Yensa fell"
    answers = [one.probability for one in tagger.tag(text, nbest=1000).nbest]
    assert sum(answers) == pytest.approx(1, abs=1e-6)
    entropy = -sum(p * math.log(p) for p in answers if p)
    assert tagger.uncertainty([text]) == pytest.approx([entropy], abs=1e-5)
    assert tagger.uncertainty([text], "margin") == pytest.approx([1 - answers[0] + answers[1]], abs=1e-6)
    many = ["It rains .", text, "", "Velisk Korrasel moved from Port Ombril to Yensa ."]
    for by in ("entropy", "margin", "mean-probability"):
        alone = [tagger.uncertainty([one], by)[0] for one in many]
        assert tagger.uncertainty(many, by) == pytest.approx(alone, abs=1e-5)
        assert alone[2] == 0
    with pytest.raises(WrongValueError, match=r"by: expected one of entropy, margin, mean-probability, found 'marg'"):
        tagger.uncertainty(many, "marg")


@pytest.mark.parametrize("by", ["entropy", "margin", "mean-probability", "random"])
def test_texts_are_chosen_with_the_models_answers(trained: Path, pool: Path, by: str) -> None:
    finished = seqnlp("suggest", trained, pool, "--by", by, "--number", 2)
    assert finished.err.endswith(f"2 of 4 texts chosen by {by}\n")
    rows = [json.loads(line) for line in finished.out.splitlines()]
    assert len({row["text"] for row in rows}) == 2
    assert all(row["text"] and row["tags"] for row in rows)
    assert [("uncertainty" in row) for row in rows] == [by != "random"] * 2


def test_rows_keep_their_fields_and_go_to_annotation_tools(trained: Path, tmp_path: Path) -> None:
    path = tmp_path / "pool.jsonl"
    path.write_text(
        '{"id": 7, "body": "Velisk Korrasel moved.", "uncertainty": 5}\n{"id": 8, "body": "It rains."}\n',
        encoding="utf-8",
    )
    tasks = json.loads(output("suggest", trained, path, "--text-column", "body", "--output", "label-studio"))
    assert sorted(task["data"]["id"] for task in tasks) == [7, 8]
    assert all("predictions" in task for task in tasks)
    rows = output("suggest", trained, path, "--text-column", "body", "--output", "doccano").splitlines()
    assert all("label" in json.loads(row) for row in rows)
    given = [json.loads(row) for row in rows if json.loads(row)["id"] == 7]
    assert given[0]["uncertainty"] == 5
    assert 0 <= given[0]["predicted_uncertainty"] < 5


def test_what_cannot_be_suggested(trained: Path, translator_run: Path, pool: Path, tmp_path: Path) -> None:
    assert refusal("suggest", trained, pool, "--number", 0) == "--number: expected 1 or more, found 0"
    assert refusal("suggest", trained, pool, "--seed", 1) == (
        "--seed means something only with --by random; add --by random"
    )
    assert refusal("suggest", trained, pool, "--text-column", "body") == (
        f"--text-column is for rows of CSV and JSON lines; name a .csv or .jsonl file instead of {pool}"
    )
    assert "expected a tagger or classifier, found a translator" in refusal("suggest", translator_run, pool)
    assert str(tmp_path / "nothing.txt") in refusal("suggest", trained, tmp_path / "nothing.txt")


@pytest.mark.parametrize("name", ["POOL.TSV", "pool.NDJSON", "pool.csv"])
def test_the_ending_of_a_name_tells_that_it_holds_rows(trained: Path, tmp_path: Path, name: str) -> None:
    table = "id\ttext\n7\tVelisk Korrasel moved.\n8\tIt rains.\n"
    rows = '{"id": 7, "text": "Velisk Korrasel moved."}\n{"id": 8, "text": "It rains."}\n'
    (tmp_path / name).write_text(rows if "JSON" in name else table, encoding="utf-8")
    finished = seqnlp("suggest", trained, tmp_path / name)
    assert sorted(json.loads(line)["text"] for line in finished.out.splitlines()) == [
        "It rains.",
        "Velisk Korrasel moved.",
    ]


def test_rows_in_a_file_of_texts_are_told(trained: Path, tmp_path: Path) -> None:
    for line, found in (
        ('{"text": "It rains."}', "JSON: let .* end in .jsonl"),
        ("text,label", "names .* end in .csv"),
    ):
        (tmp_path / "pool.txt").write_text(f"{line}\nIt rains.\n", encoding="utf-8")
        said = seqnlp("suggest", trained, tmp_path / "pool.txt").err
        assert re.match(rf"note: each line is read as text as it is, and the first one looks like .*{found}", said)
    (tmp_path / "pool.json").write_text('[{"text": "It rains."}]\n', encoding="utf-8")
    assert "expected a row a line: write it as .jsonl" in refusal("suggest", trained, tmp_path / "pool.json")
