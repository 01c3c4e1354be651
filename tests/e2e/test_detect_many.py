"""One detector of several series in a file: trained, and used from Python, commands, tables and over HTTP."""

from __future__ import annotations

import csv
import io
import json
import math
import pickle
import random
from pathlib import Path

import pytest
from command import output, refusal, seqnlp
from tiny_readings import BEGIN, STEP

import seqnlp as package
from seqnlp.api import Detector
from seqnlp.cli.detect_output import event_heading, event_line
from seqnlp.errors import DataError, SeqnlpError
from seqnlp.serve.verbs import detect
from seqnlp.tasks.anomaly_detection.report import AnomalyDetectionReport

ROWS, ODD = 200, 180
SCALES = {"oven": 1.0, "pump": 1000.0}
"""What a series is multiplied by: one scale for both would see nothing in the smaller one."""

SETTINGS = (
    "task=anomaly_detection",
    "data.train=plant.csv",
    "data.dev=40%",
    "data.test=20%",
    "data.labels=windows.json",
    "data.time_column=time",
    "data.series_column=machine",
    "model.window=6",
    "model.hidden_dim=12",
    "model.code_dim=4",
    "model.false_alarms=0.02",
    "optimizer.learning_rate=0.02",
    "trainer.batch_windows=16",
    "trainer.epochs=6",
)


def rows_of(machine: str, scale: float, rows: int = ROWS, odd: int = ODD) -> list[str]:
    """A wave with some noise, and one row that is off."""
    draw = random.Random(machine)
    return [
        f"{BEGIN + row * STEP},{machine},{scale * (10 + math.sin(row / 2) + draw.gauss(0, 0.1) + 5 * (row == odd)):.4f}"
        for row in range(rows)
    ]


def in_turns(*series: list[str]) -> str:
    """The rows of several series as a plant writes them: those of one time after each other."""
    lines = [line for at_once in zip(*series, strict=True) for line in at_once]
    return "\n".join(["time,machine,heat", *lines]) + "\n"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two series, their labelled windows, and ``run``. Read only."""
    folder = tmp_path_factory.mktemp("plant")
    (folder / "plant.csv").write_text(in_turns(*(rows_of(name, scale) for name, scale in SCALES.items())))
    window = [str(BEGIN + (ODD - 2) * STEP), str(BEGIN + (ODD + 2) * STEP)]
    (folder / "windows.json").write_text(json.dumps({"oven": [window], "pump": [window]}))
    finished = seqnlp("train", *SETTINGS, f"data.dir={folder}", f"run={folder}/run")
    assert finished.status == 0, finished.err
    assert "train: 2 series, 160 rows" in finished.err
    return folder


@pytest.fixture(scope="module")
def detector(data: Path) -> Detector:
    loaded = package.load(data / "run")
    assert isinstance(loaded, Detector)
    return loaded


def test_each_series_is_judged_on_its_own_scale(data: Path, detector: Detector) -> None:
    assert detector.series == ("oven", "pump")
    found = detector.detect_each(data / "plant.csv")
    assert list(found) == ["oven", "pump"]
    for one in found.values():
        assert [row.row for row in one.rows] == list(range(1, ROWS + 1))
        assert one.rows[ODD].flagged
    means = [detector.of_series(name).loaded.known.scaler.mean[0] for name in SCALES]
    assert means == pytest.approx([10, 10_000], rel=0.02)


def test_a_series_alone_is_judged_as_among_others(data: Path, detector: Detector, tmp_path: Path) -> None:
    among = detector.detect_each(data / "plant.csv")["pump"]
    alone = tmp_path / "pump.csv"
    alone.write_text("time,machine,heat\n" + "\n".join(rows_of("pump", SCALES["pump"])) + "\n")
    assert detector.detect(alone) == among
    stream = pickle.loads(pickle.dumps(detector.of_series("pump"))).start()
    rows = [row for line in csv.DictReader(alone.open()) for row in stream.add([float(line["heat"])], line["time"])]
    assert rows == among.rows
    again, table = package.load(data / "run"), csv.DictReader((data / "plant.csv").open())
    assert again.detect_each([{**row, "heat": float(row["heat"])} for row in table])["pump"] == among


def test_a_series_has_a_threshold_of_its_own_where_its_rows_promise_the_rate(data: Path, detector: Detector) -> None:
    own = [detector.of_series(name).loaded for name in SCALES]
    assert len({one.threshold(0.02) for one in own}) == 2  # 80 rows each, and 49 are needed
    assert len({one.threshold(0.01) for one in own}) == 1  # 99 are needed: those of both
    assert own[0].threshold(0.01) == detector.loaded.threshold(0.01)
    with pytest.raises(SeqnlpError, match="takes at least 999 held-back normal rows"):
        detector.detect_each(data / "plant.csv", false_alarms=0.001)


@pytest.mark.parametrize("options", [(), ("--rows",), ("--rows", "--output", "jsonl"), ("--output", "jsonl")])
def test_commands_name_the_series_of_each_line(data: Path, detector: Detector, options: tuple[str, ...]) -> None:
    at_once = output("detect", data / "run", data / "plant.csv", *options)
    streamed = output("detect", data / "run", *options, stdin=(data / "plant.csv").read_bytes())
    assert sorted(at_once.splitlines()) == sorted(streamed.splitlines())
    if "jsonl" in options:
        named = [json.loads(line)["machine"] for line in at_once.splitlines()]
    else:
        named = [row["machine"] for row in csv.DictReader(io.StringIO(at_once))]
    found = detector.detect_each(data / "plant.csv")
    lines = {name: len(one.rows if "--rows" in options else one.events) for name, one in found.items()}
    assert named == [name for name, count in lines.items() for _ in range(count)]


def test_a_stream_without_the_column_of_series_is_refused_before_anything_is_written(data: Path) -> None:
    finished = seqnlp("detect", data / "run", stdin=b"time,heat\n2030-01-07,10\n")
    assert (finished.status, finished.out) == (2, "")
    assert "expected the column 'machine'" in finished.err


def test_a_series_column_that_is_called_as_an_answer_keeps_its_texts(data: Path, detector: Detector) -> None:
    event = detector.detect_each(data / "plant.csv")["oven"].events[-1]
    named = {"score": "oven", "time": "x"}
    assert json.loads(event_line(event, "jsonl", named))["score"] == "oven"
    assert event_heading("csv", list(named)).split(",")[:2] == ["score", "time"]
    assert "predicted_score" in event_heading("csv", list(named))


def test_a_series_that_training_never_saw_is_said_and_left_out(data: Path, detector: Detector, tmp_path: Path) -> None:
    series = tmp_path / "more.csv"
    series.write_text(in_turns(rows_of("oven", 1.0), rows_of("kiln", 1.0)))
    finished = seqnlp("detect", data / "run", series)
    assert finished.status == 0
    assert "not judged: expected one of the series of training ('oven', 'pump'), found 'kiln'" in finished.err
    streamed = seqnlp("detect", data / "run", stdin=series.read_bytes())
    assert streamed.out == finished.out
    assert "series kiln): not judged: training never saw the series" in streamed.err
    with pytest.raises(DataError, match="found 'kiln'"):
        detector.detect_each(series)
    series.write_text(in_turns(rows_of("kiln", 1.0)))
    assert "found 'kiln'" in refusal("detect", data / "run", series)


def test_what_reads_one_series_says_so(data: Path, detector: Detector) -> None:
    with pytest.raises(DataError, match=r"found 2 \('oven', 'pump'\); in Python detect_each\(\) answers for each"):
        detector.detect(data / "plant.csv")
    with pytest.raises(SeqnlpError, match=r"say which: of_series\(NAME\), or detect_each\(\) for all of a file"):
        detector.start()
    assert "a page reads one series" in refusal("export", data / "run", "--page", data / "page.html")
    assert "--plot draws one series, found 2" in refusal(
        "detect", data / "run", data / "plant.csv", "--plot", data / "x.png"
    )
    assert "give one at a time" in refusal("detect", data / "run", data / "plant.csv", data / "plant.csv")
    [answer] = detect(detector, [in_turns(rows_of("pump", 1000.0))], None, None, rows=False)
    assert answer["scored"] == ROWS - 5


def test_a_table_gets_the_scores_of_each_series(data: Path, detector: Detector, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    lines = [line for name, scale in SCALES.items() for line in rows_of(name, scale)]
    table.write_text("time,machine,heat\n" + "\n".join([*lines, *rows_of("kiln", 1.0, 10)]) + "\n")
    output("batch", data / "run", table, tmp_path / "out.csv")
    rows = list(csv.DictReader((tmp_path / "out.csv").open()))
    found = detector.detect_each(data / "plant.csv")
    for name, one in found.items():
        flagged = [row["flagged"] == "1" for row in rows if row["machine"] == name]
        assert flagged == [row.flagged for row in one.rows]
    assert all("found 'kiln'" in row["error"] for row in rows if row["machine"] == "kiln")


def test_evaluation_finds_the_windows_of_each_series(data: Path, detector: Detector) -> None:
    details = detector.evaluate(split="test").details
    assert isinstance(details, AnomalyDetectionReport)
    windows = details.windows
    assert [(each.series, each.rows, each.flagged > 0) for each in windows] == [("oven", 5, True), ("pump", 5, True)]
    printed = output("evaluate", data / "run", "--split", "test")
    assert "80 rows" in printed
    assert "2 labelled windows" in printed
    assert "series" in printed.split("Labelled windows")[1]
    compared = output("compare", data / "run", data / "run", "--split", "test")
    assert "4 windows and stretches between them" in compared  # two windows, and one stretch of each series


@pytest.mark.parametrize(
    ("windows", "message"),
    [
        ([["2030-01-07", "2030-01-08"]], "for each series"),
        ({"ovens": []}, "found those of 'ovens' (did you mean 'oven'?)"),
        ({"oven": [["a", "b"]]}, "found the window"),
        ({"other.csv": {"oven": []}}, "expected windows for 'plant.csv'"),
    ],
)
def test_labels_name_series(data: Path, tmp_path: Path, windows: object, message: str) -> None:
    (tmp_path / "windows.json").write_text(json.dumps(windows))
    (tmp_path / "plant.csv").write_bytes((data / "plant.csv").read_bytes())
    assert message in refusal("train", *SETTINGS, f"data.dir={tmp_path}", f"run={tmp_path}/run")


def test_a_short_series_is_named_before_training(tmp_path: Path) -> None:
    lines = in_turns(rows_of("oven", 1.0)).rstrip() + "\n" + "\n".join(rows_of("kiln", 1.0, 12))
    (tmp_path / "plant.csv").write_text(lines + "\n")
    finished = refusal("train", *SETTINGS, "data.labels=", f"data.dir={tmp_path}", f"run={tmp_path}/run")
    assert "(series kiln): expected at least 6 rows, one window" in finished
