"""Labels that are probably slips are pointed out, and only those."""

from __future__ import annotations

import shlex
from collections import Counter
from pathlib import Path

import pytest

from seqnlp.cli import main
from seqnlp.compose import compose_config
from seqnlp.config.classification import ClassificationConfig, read_label_map
from seqnlp.data.label_suspicions import alike_labels, label_suspicions, unseen_labels


def test_two_spellings_of_one_label() -> None:
    (said,) = alike_labels(["Pos", "neg", "pos"])
    assert "'Pos', 'pos'" in said
    assert len(alike_labels(["Pos", "pos", "new york", "New-York", "c"])) == 2
    assert alike_labels(["a", "b", "A1", "a 2"]) == []


def test_one_number_written_in_two_ways_and_two_numbers() -> None:
    assert alike_labels(["1", "1.0", "2.50", "2.5", "3"]) == [
        "labels that are hardly different and yet count as different ones: '1', '1.0'",
        "labels that are hardly different and yet count as different ones: '2.5', '2.50'",
    ]
    assert alike_labels(["-1", "0", "1", "+2"]) == []


def test_labels_that_train_never_shows_are_named_with_those_that_are_nearly_so() -> None:
    assert unseen_labels(Counter(), ["a"], "dev") == ""
    expected = "warning: the dev split has labels that the training split never shows; they count as missed: "
    assert unseen_labels(Counter({"b": 3, "1.0": 2}), ["1", "a"], "dev") == (
        f"{expected}b (3x), 1.0 (2x); hardly different: '1.0' and '1'"
    )
    many = unseen_labels(Counter({f"{number} {'x' * 60}": 1 for number in range(40)}), ["a"], "dev")
    assert many.endswith(f"11 {'x' * 37} (1x) and 28 more")
    assert unseen_labels(Counter(b=1), ["a"], "test") == f"{expected.replace('dev', 'test')}b (1x)"


def test_labels_that_look_the_same_are_shown_by_their_codes() -> None:
    assert alike_labels(["caf\u00e9", "cafe\u0301", "x"])[0].endswith("'cafe\\u0301', 'caf\u00e9'")
    assert alike_labels(["pos", "pos\u200b", "x"])[0].endswith(r"'pos', 'pos\u200b'")


def test_what_is_written_where_there_is_no_label() -> None:
    (said,) = label_suspicions({"pos": 9, "nan": 3, "neg": 8, "None": 2, "none": 4}, False)[1:]
    assert said.startswith("'None' (2 documents), 'nan' (3 documents): written where there is no label; ")
    (setting,) = shlex.split(said.split("; ")[1].removesuffix(" leaves such documents out"))
    config = compose_config(["task=classification", "data.train=a.csv", "data.dev=10%", setting])
    assert isinstance(config, ClassificationConfig)
    assert read_label_map(config.data.label_map) == {"None": "", "nan": ""}
    assert label_suspicions({"pos": 9, "none": 4}, False) == []


def test_texts_without_labels_in_a_folder_of_their_own() -> None:
    (said,) = label_suspicions({"pos": 9, "neg": 9, "unsup": 50}, False)
    assert said.startswith("'unsup' (50 documents): written where there is no label; ")


def test_numbers_with_decimals_are_scores_rather_than_labels() -> None:
    (said,) = label_suspicions({"0.5": 5, "0.25": 3, "1": 4}, False)
    assert said.startswith("the labels are numbers with decimals (0.25, 0.5, 1 ...)")
    assert label_suspicions({"1.0": 5, "2.0": 3, "3.0": 4}, False) == []
    assert label_suspicions({"0.5": 5, "1": 3, "none": 4}, False) == []


def test_labels_that_occur_once() -> None:
    prices = Counter(f"{number}.5" for number in range(12)) + Counter(cheap=4)
    assert label_suspicions(prices, False) == ["12 of 13 labels occur only once: is data.label_column right?"]
    assert label_suspicions(Counter(f"q{number}" for number in range(8)), False) == []


def test_several_labels_in_one() -> None:
    counts = {"sport": 5, "politics": 3, "sport|politics": 2, "rock/pop": 4}
    (said,) = label_suspicions(counts, False)
    assert said.startswith("'sport|politics' looks like several labels (2 documents")
    assert "data.label_separator='|'" in said
    (said,) = label_suspicions(counts, True)
    assert said.endswith("(2 documents have such a one): cut them apart with data.label_separator='|'")
    assert label_suspicions({"sport": 5, "rock/pop": 4}, True) == []


def test_a_list_as_one_label() -> None:
    (said,) = label_suspicions({"['joy', 'love']": 5, "['joy']": 3, "sad": 2}, False)
    assert said == "'['joy', 'love']' is a list (8 documents have such a one): data.multi_label=true reads its labels"


@pytest.mark.parametrize(
    ("task", "lines", "said"),
    [
        ("classification", ["Good\ta fine day", "good\ta fine day too", "bad\ta dull one"] * 4, "'Good', 'good'"),
        ("tagging", ["Ana B-PER", "sings O", "", "Oslo B-Per", "waits O", ""] * 6, "'PER', 'Per'"),
    ],
)
def test_training_says_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], task: str, lines: list[str], said: str
) -> None:
    data = tmp_path / ("train.tsv" if task == "classification" else "train.conll")
    data.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert main(["train", "--dry-run", f"task={task}", f"data.train={data}", f"run={tmp_path / 'run'}"]) == 0
    assert f"hardly different and yet count as different ones: {said}" in capsys.readouterr().err
