"""A trained detector in use: detecting at once and row by row, evaluating, from Python and from the command line."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas
import pytest
from command import output, refusal, seqnlp
from tiny_readings import make_lines, time_of, write_tiny_readings

import seqnlp as package
from seqnlp.api import Detector
from seqnlp.arrays import BoolArray
from seqnlp.errors import DataError, SeqnlpError
from seqnlp.networks.protocol import FloatArray

SMALL = (
    "task=anomaly_detection",
    "data.train=readings.csv",
    "data.dev=25%",
    "data.test=40%",
    "data.labels=windows.json",
    "data.time_column=time",
    "model.window=6",
    "model.hidden_dim=12",
    "model.code_dim=4",
    "model.level_rows=50",
    "model.calendar=day",
    "model.false_alarms=0.02",
    "optimizer.learning_rate=0.02",
    "trainer.batch_windows=8",
    "trainer.epochs=10",
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a series, its labelled windows, and ``run``. Read only."""
    folder = tmp_path_factory.mktemp("readings")
    write_tiny_readings(folder)
    finished = seqnlp("train", *SMALL, f"data.dir={folder}", f"run={folder}/run", "name=tiny/detector")
    assert finished.status == 0, finished.err
    assert f"seqnlp detect {folder}/run series.csv" in finished.err
    return folder


@pytest.fixture(scope="module")
def detector(data: Path) -> Detector:
    loaded = package.load(data / "run")
    assert isinstance(loaded, Detector)
    return loaded


def write(folder: Path, lines: list[str], name: str = "series.csv") -> Path:
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder / name


def test_events_have_start_end_peak_score_and_flagged_rows(data: Path) -> None:
    finished = seqnlp("detect", data / "run", data / "readings.csv")
    rows = list(csv.DictReader(io.StringIO(finished.out)))
    assert list(rows[0]) == ["start", "end", "peak", "score", "flagged"]
    actual = [row for row in rows if time_of(168) <= row["start"] <= time_of(174)]
    assert len(actual) == 1
    assert (actual[0]["start"], int(actual[0]["flagged"]) >= 2) == (time_of(170), True)
    objects = [
        json.loads(line)
        for line in output("detect", data / "run", data / "readings.csv", "--output", "jsonl").splitlines()
    ]
    assert [{key: str(value) for key, value in each.items()} for each in objects] == rows
    assert "235 rows scored" in finished.err
    assert "the first 5 rows end no whole window and have no score" in finished.err


@pytest.mark.parametrize("options", [(), ("--rows",), ("--rows", "--output", "jsonl"), ("--gap", "0")])
def test_standard_input_row_by_row_gives_what_the_file_gives_at_once(data: Path, options: tuple[str, ...]) -> None:
    lines = make_lines()
    lines[60] = f"{time_of(59)},,NaN"  # missing
    lines[100:103] = []  # a gap
    lines[150] = f"{time_of(20)},10,50"  # goes back
    series = write(data, lines, "trapped.csv")
    at_once = seqnlp("detect", data / "run", series, *options)
    streamed = seqnlp("detect", data / "run", *options, stdin=series.read_bytes())
    assert (at_once.status, streamed.status) == (0, 0)
    assert streamed.out == at_once.out
    at_its_time, said, rest = streamed.err.replace("standard input", str(series)).rpartition(at_once.err)
    assert (said, rest) == (at_once.err, "")
    assert at_its_time == (
        f"{series}: 3 missing rows filled in (first on line 101)\n"
        f"{series}: 1 row left out whose time stamp goes back or stays (first on line 151)\n"
    )
    assert "1 missing value of 'flow', replaced by the last known one (first on line 61)" in at_once.err
    assert "1 row left out whose time stamp goes back or stays (first on line 151)" in at_once.err


def test_each_row_has_its_score_and_how_rare_that_is(data: Path, detector: Detector) -> None:
    rows = list(csv.DictReader(io.StringIO(output("detect", data / "run", data / "readings.csv", "--rows"))))
    assert list(rows[0]) == ["row", "time", "flow", "heat", "score", "p_value", "flagged"]
    assert [row["score"] for row in rows[:5]] == [""] * 5
    assert (len(rows), rows[-1]["row"], rows[170]["flagged"]) == (240, "240", "1")
    actual = detector.detect(data / "readings.csv")
    assert [row["flagged"] == "1" for row in rows] == [row.flagged for row in actual.rows]
    assert all(row.flagged == (row.p_value <= 0.02) for row in actual.rows[5:] if row.p_value is not None)
    assert all(row.flagged == (row.score > actual.threshold) for row in actual.rows[5:] if row.score is not None)


def test_python_reads_rows_one_by_one_as_the_command_does(data: Path, detector: Detector) -> None:
    stream, actual = detector.start(), []
    for line in make_lines()[1:]:
        time, *values = line.split(",")
        actual += stream.add([float(value) for value in values], time)
    at_once = detector.detect(data / "readings.csv")
    assert [(row.row, row.time, row.values, row.flagged) for row in actual] == [
        (row.row, row.time, row.values, row.flagged) for row in at_once.rows
    ]
    assert [row.score for row in actual] == [row.score for row in at_once.rows]


def test_python_finds_in_a_table_what_is_in_its_file_and_names_its_rows(
    data: Path, detector: Detector, caplog: pytest.LogCaptureFixture
) -> None:
    table = pandas.read_csv(data / "readings.csv")
    indexed = table.set_index(pandas.to_datetime(table["time"]))
    expected = detector.detect(data / "readings.csv", 0.1)
    assert expected.events
    for given in (table, table.assign(note="fine").to_dict("records"), indexed):
        found = detector.detect(given, 0.1)
        assert (found.events, found.rows) == (expected.events, expected.rows)
    without = detector.detect(indexed.drop(columns="time"), 0.1)  # whose times are written otherwise
    assert [row.score for row in without.rows] == [row.score for row in expected.rows]
    with pytest.raises(DataError, match="series: expected a column 'heat', found"):
        detector.detect(table.drop(columns="heat"))
    with pytest.raises(DataError, match="series: expected examples"):
        detector.detect(None)
    caplog.set_level("INFO", "seqnlp")
    detector.detect(table.assign(flow=table["flow"].where(table.index != 60)))
    assert "series: 1 missing value of 'flow', replaced by the last known one (first in series[60])" in caplog.messages


def test_what_is_kept_and_done_for_a_row_does_not_grow_with_the_series(
    data: Path, detector: Detector, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[tuple[int, ...]] = []
    errors = detector.loaded.network.errors

    def noted(values: FloatArray, known: FloatArray, measured: BoolArray) -> FloatArray:
        read.append(tuple(values.shape))
        return errors(values, known, measured)

    monkeypatch.setattr(detector.loaded.network, "errors", noted)
    stream = detector.start()
    for row in range(400):
        stream.add([10.0, 50.0], time_of(row))
    assert read == [(1, 6, 2)] * 395
    assert len(stream._reader._window) == 6


def test_rows_that_are_missing_are_filled_in_and_a_row_that_goes_back_is_left_out(detector: Detector) -> None:
    stream = detector.start()
    assert [row.values for row in stream.add([1.0, 2.0], time_of(0))] == [(1.0, 2.0)]
    assert [row.values for row in stream.add([3.0, float("nan")], time_of(2))] == [(None, None), (3.0, None)]
    assert stream.add([1.0, 2.0], time_of(1)) == []
    assert "1 row left out whose time stamp goes back or stays" in str(stream.findings)
    with pytest.raises(DataError, match=r"expected 2 values \(flow, heat\), found 1"):
        stream.add([1.0], time_of(3))
    with pytest.raises(DataError, match=r"column 'time': expected a time stamp .*, found 'noon'"):
        stream.add([1.0, 2.0], "noon")


def test_one_wrong_year_costs_one_row(detector: Detector) -> None:
    stream = detector.start()
    times = [time_of(row) for row in range(60)]
    times[30] = times[30].replace(times[30][:4], str(int(times[30][:4]) + 1))
    rows = [row for time in times for row in stream.add([10.0, 50.0], time)]
    assert [row.time for row in rows] == [time_of(row) for row in range(60)]
    assert [row.row for row in rows if None in row.values] == [31]


def test_fewer_false_alarms_raise_the_threshold_and_a_gap_merges_events(data: Path, detector: Detector) -> None:
    path = data / "readings.csv"
    strict, loose = detector.detect(path, 0.02), detector.detect(path, 0.2)
    assert strict.threshold > loose.threshold
    assert sum(row.flagged for row in strict.rows) < sum(row.flagged for row in loose.rows)
    assert (
        len(detector.detect(path, 0.2, gap=0).events)
        > len(loose.events)
        > len(detector.detect(path, 0.2, gap=240).events)
    )
    assert sum(event.flagged for event in loose.events) == sum(row.flagged for row in loose.rows)


def test_evaluate_counts_windows_and_false_alarms_beside_the_z_scores(data: Path, tmp_path: Path) -> None:
    shutil.copytree(data / "run", tmp_path / "run")
    report = json.loads(output("evaluate", tmp_path / "run", "--split", "test", "--json"))
    assert (report["title"], report["rows"], report["unscored"]) == ("tiny/detector", 96, 0)
    assert [each["name"] for each in report["at_rate"]] == [
        "this model",
        "z-score, 24 rows back",
        "z-score, 96 rows back",
        "z-score, 288 rows back",
    ]
    assert report["at_rate"][0]["found"] == [1, 2]
    assert [window["rows"] for window in report["windows"]] == [7, 5]
    text = output("evaluate", tmp_path / "run", "--report", tmp_path / "report.html")
    assert "Labelled windows, at the threshold" in text
    assert "<h2>Labelled windows" in (tmp_path / "report.html").read_text(encoding="utf-8")
    train = seqnlp("evaluate", tmp_path / "run", "--split", "train")
    assert "tiny/detector on train: 79 rows (5 more before the first whole window), 0 labelled windows" in train.out
    metrics = json.loads((tmp_path / "run" / "model" / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["test"]["windows"] == 2
    card = (tmp_path / "run" / "model" / "README.md").read_text(encoding="utf-8")
    assert "windows of 6 rows) of `flow`, `heat`" in card


def test_the_score_of_a_row_is_the_same_in_evaluate_and_detect(data: Path, detector: Detector) -> None:
    report = json.loads(output("evaluate", data / "run", "--split", "test", "--json"))
    actual = detector.detect(data / "readings.csv")
    flagged = sum(row.flagged for row in actual.rows[144:])
    assert report["at_rate"][0]["flagged"] == flagged
    assert report["threshold"] == pytest.approx(actual.threshold)


def test_a_picture_is_drawn(data: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    finished = seqnlp("detect", data / "run", data / "readings.csv", "--plot", tmp_path / "detect.png")
    assert f"plot written to {tmp_path}/detect.png" in finished.err
    assert (tmp_path / "detect.png").stat().st_size > 1000


BROKEN: dict[str, tuple[Callable[[list[str]], list[str]], str]] = {
    "no such column": (
        lambda lines: ["time,flow,cold", *lines[1:]],
        ":1: expected the column 'heat', found 'time', 'flow', 'cold'; the model reads flow, heat",
    ),
    "text": (
        lambda lines: [*lines[:9], f"{time_of(8)},10,warm", *lines[10:]],
        ":10: column 'heat': expected a number, found 'warm'",
    ),
    "too short": (lambda lines: lines[:4], ": expected at least 6 rows, one window (model.window=6), found 3"),
    "no rows": (lambda lines: lines[:1], ": found no row in which every column has a value"),
    "numbers as dates": (
        lambda lines: ["time,flow,heat", *(f"{row},1,2" for row in range(20))],
        "expected rows with a step of 3600, as in the training data, found a step of 1",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_series_that_cannot_be_read_is_an_error_with_its_place(data: Path, tmp_path: Path, name: str) -> None:
    spoil, message = BROKEN[name]
    series = write(tmp_path, spoil(make_lines()))
    assert message in refusal("detect", data / "run", series)


def test_nan_infinity_crlf_quotes_and_a_missing_last_line_end_are_read(data: Path, detector: Detector) -> None:
    lines = make_lines()
    lines[80] = f'"{time_of(79)}",NaN,inf'
    (data / "odd.csv").write_bytes("\r\n".join(lines).encode())
    said: list[str] = []
    actual = detector.detect(data / "odd.csv", say=said.append)
    assert actual.rows[79].values == (None, None)
    assert actual.rows[79].score == 0.0
    assert "1 missing value of 'flow'" in said[0]
    assert "1 infinite value of 'heat'" in said[0]


def test_more_columns_than_in_training_are_left_aside(data: Path, detector: Detector, tmp_path: Path) -> None:
    lines = make_lines()
    wider = write(tmp_path, [f"{line},{'note' if number == 0 else 'x'}" for number, line in enumerate(lines)])
    at_once = [row.score for row in detector.detect(data / "readings.csv").rows]
    assert [row.score for row in detector.detect(wider).rows] == at_once


def test_a_stream_shorter_than_a_window_has_no_scores(data: Path) -> None:
    finished = seqnlp("detect", data / "run", stdin="\n".join(make_lines()[:4]))
    assert (finished.status, finished.out) == (0, "start,end,peak,score,flagged\n")
    assert "0 rows scored, 0 flagged above" in finished.err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--false-alarms", "0"), "expected a rate of false alarms above 0 and below 1, found 0"),
        (("--false-alarms", "0.001"), "takes at least 999 held-back normal rows, found 60"),
        (("--gap", "3", "--rows"), "--gap joins flagged rows to events, and --rows writes rows"),
        (("--gap", "-1"), "gap: expected a whole number from 0 to 1,000,000,000, found -1"),
        (("--threads", "-1"), "--threads: expected 0 or more, found -1"),
        (("--plot", "detect.gif"), "--plot: expected a name that ends in .png or .svg, found 'detect.gif'"),
    ],
)
def test_wrong_options_say_what_is_expected(data: Path, options: tuple[str, ...], message: str) -> None:
    assert message in refusal("detect", data / "run", data / "readings.csv", *options)


def test_a_picture_needs_a_file(data: Path) -> None:
    assert refusal("detect", data / "run", "--plot", "detect.png").startswith("--plot needs the whole series")


def test_a_split_that_the_run_does_not_have_is_refused(data: Path, tmp_path: Path) -> None:
    finished = seqnlp("train", *SMALL, "data.test=", f"data.dir={data}", f"run={tmp_path}/run", "trainer.epochs=1")
    assert finished.status == 0, finished.err
    assert "data.test: this run was trained without a test split" in refusal("evaluate", tmp_path / "run")


def test_series_have_no_texts_to_compare(data: Path) -> None:
    assert refusal("data", "check", data / "run") == (
        "expected texts, found a series of numbers; its parts follow each other and share no row"
    )


def test_a_model_of_another_task_is_refused(tmp_path: Path, data: Path) -> None:
    from command import TINY

    output("train", "recipe=tagging/demo", f"run={tmp_path}/tagger", *TINY, "trainer.epochs=1")
    assert refusal("detect", tmp_path / "tagger", data / "readings.csv") == (
        "this is a model for tagging, not an anomaly detector"
    )
    assert "not for tagging" in refusal("tag", data / "run", stdin="a line")
    with pytest.raises(SeqnlpError, match="no such folder"):
        Detector(tmp_path / "nothing")


def test_several_series_are_read_by_several_workers(data: Path, tmp_path: Path) -> None:
    files = [write(tmp_path, make_lines(120 + 40 * number, seed=number), f"s{number}.csv") for number in range(4)]
    for options in ((), ("--rows", "--output", "jsonl"), ("--output", "jsonl")):
        one, two = (seqnlp("detect", data / "run", *files, *options, "--workers", n) for n in (1, 2))
        assert two == one
        assert one.status == 0, one.err
        assert "4 series, 720 rows" in one.err
        alone = [output("detect", data / "run", file, *options) for file in files]
        lines = [line for text in alone for line in text.splitlines()[not options :]]
        names = [str(file) for file, text in zip(files, alone, strict=True) for _ in text.splitlines()[not options :]]
        rest = [line.partition(",")[2].lstrip() for line in one.out.splitlines()[not options :]]
        assert rest == [line.removeprefix("{") for line in lines]
        assert all(name in line for name, line in zip(names, one.out.splitlines()[not options :], strict=True))


def test_a_series_that_cannot_be_read_stops_after_those_before(data: Path, tmp_path: Path) -> None:
    good = write(tmp_path, make_lines(150, seed=3))
    finished = seqnlp("detect", data / "run", good, tmp_path / "none.csv", "--rows", "--workers", 2)
    assert finished.status == 2
    assert "none.csv" in finished.err
    assert finished.out.count("\n") == 151
    assert "give more than one file" in refusal("detect", data / "run", good, "--workers", 2)
    assert "--plot draws one series" in refusal("detect", data / "run", good, good, "--plot", "a.png")
