"""Classify, explain, evaluate and check data: what a user does with a classifier, through the command line."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from command import output, refusal, seqnlp

from seqnlp.run_config import read_run_config

ODD_LINES = (
    "",
    "  \t ",
    "😀 𝄞",
    "日本語\u2028\x85",
    "\x00\x07\x1b[31m",
    "\ufeff",
    "fine " * 5000,
    "the soup was fresh",
)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run of the demo recipe, cut short. Read only."""
    folder = tmp_path_factory.mktemp("classifier") / "run"
    short = ["data.limit=300", "trainer.epochs=3", "model.hidden_dim=16", "model.pooling=attention"]
    output("train", "recipe=classification/demo", f"run={folder}", *short, "model.ngrams=1")
    return folder


def lines_of(run: Path, *options: object, lines: tuple[str, ...] = ODD_LINES) -> list[str]:
    written = output("classify", run, *options, stdin="".join(f"{line}\n" for line in lines)).split("\n")
    assert written.pop() == ""
    return written


def test_there_is_one_answer_a_line_whatever_it_holds(run: Path) -> None:
    finished = seqnlp("classify", run, stdin="".join(f"{line}\n" for line in ODD_LINES))
    assert finished.status == 0, finished.err
    rows = [line.split(" ") for line in finished.out.split("\n")[:-1]]
    assert len(rows) == len(ODD_LINES)
    assert all(label in ("positive", "negative", "neutral") and 1 / 3 <= float(sure) <= 1 for label, sure in rows)
    assert rows[0] == rows[1]  # both are empty
    expected = "1 line has more than 400 words (model.long=strided): read in windows, nothing left out\n"
    assert finished.err == expected


def test_a_table_has_the_probability_of_each_label(run: Path) -> None:
    heading, *rows = lines_of(run, "--output", "tsv")
    assert heading == "label\tnegative\tneutral\tpositive"
    for row, text in zip(rows, lines_of(run), strict=True):
        label, *sure = row.split("\t")
        values = dict(zip(heading.split("\t")[1:], map(float, sure), strict=True))
        assert sum(values.values()) == pytest.approx(1, abs=2e-4)
        assert text == f"{label} {values[label]:.4f}"


def test_json_explains_every_word_by_gradients_or_attention(run: Path) -> None:
    why_of = {}
    for method, options in (("gradients", ["--explain"]), ("attention", ["--explain", "attention"])):
        answers = [json.loads(line) for line in lines_of(run, "--output", "jsonl", *options, lines=ODD_LINES[-1:] * 2)]
        assert answers[0] == answers[1]
        why = why_of[method] = answers[0]["explanation"]
        assert (why["method"], why["label"]) == (method, answers[0]["label"])
        assert [word for word, _ in why["words"]] == ["the", "soup", "was", "fresh"]
        total = sum(value for _, value in why["words"])
        if method == "gradients":
            assert total + why["empty_log_odds"] + why["gap"] == pytest.approx(why["log_odds"], abs=1e-3)
        else:
            assert total == pytest.approx(1, abs=1e-3)
    (line,) = lines_of(run, "--explain", lines=("the soup was fresh",))
    _, words, gap = line.split("\t")
    reasons = words.split(" ")
    assert [reason.split(":")[0] for reason in reasons] == ["the", "soup", "was", "fresh"]
    assert all(reason.split(":")[1][0] in "+-" for reason in reasons)
    total = sum(value for _, value in why_of["gradients"]["words"])
    left = why_of["gradients"]["log_odds"] - why_of["gradients"]["empty_log_odds"] - total
    assert gap.startswith("gap:")
    assert float(gap.removeprefix("gap:")) == pytest.approx(left, abs=1e-3)
    (line,) = lines_of(run, "--explain", "attention", lines=("the soup was fresh",))
    assert line.count("\t") == 1


def test_flags_that_make_no_sense_are_refused(run: Path) -> None:
    expected = "--explain is written by --output text and jsonl; leave --output tsv out"
    assert refusal("classify", run, "--explain", "--output", "tsv") == expected
    fields = "--text-column is for rows of CSV and JSON lines; add --input csv or --input jsonl"
    assert refusal("classify", run, "--text-column", "body", stdin="x\n") == fields
    assert refusal("tag", run, "--input", "tokens", "--text-column", "body", stdin="x\n") == fields
    assert refusal("classify", run, "--threads", "-1") == "--threads: expected 0 or more, found -1"


def test_bytes_that_are_not_utf8(run: Path) -> None:
    message = refusal("classify", run, stdin=b"fine\nJos\xe9\n")
    assert message.startswith(
        "standard input:2: expected UTF-8 text, found the byte 0xe9 at byte 4 of the line; convert"
    )
    assert output("classify", run, "--errors", "replace", stdin=b"fine\nJos\xe9\n").count("\n") == 2


def test_a_model_of_another_task_is_named(trained: Path, run: Path) -> None:
    assert refusal("classify", trained, stdin="x\n") == "this is a model for tagging, not for classification"
    assert refusal("tag", run, stdin="x\n") == "this is a model for classification, not for tagging"


def test_evaluation_prints_the_baselines_beside_it_and_keeps_them(run: Path, tmp_path: Path) -> None:
    first = seqnlp("evaluate", run, "--split", "test", "--report", tmp_path / "report.html")
    assert first.status == 0, first.err
    assert "fitting the baselines (once) ..." in first.err
    baselines = [line.split("(")[1] for line in first.out.splitlines() if line.startswith("  baseline")]
    assert [name.split(",")[0].rstrip(")") for name in baselines] == [
        "most frequent label",
        "bag of n-grams",
        "bag of n-grams",
        "this model's network alone",
        "this model's n-grams alone",
    ]
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "NB-SVM" in page
    assert "<svg" in page
    assert "<script" not in page
    again = seqnlp("evaluate", run, "--split", "test", "--json")
    assert "fitting" not in again.err
    report = json.loads(again.out)
    assert f"accuracy     {100 * report['score']:.2f}" in first.out
    assert len(report["baselines"]) == 5
    assert report["confusion"][0] == ["negative", "neutral", "positive"]
    assert sum(map(sum, report["confusion"][1])) == report["documents"] == 300
    kept = json.loads((run / "model" / "metrics.json").read_text(encoding="utf-8"))["test"]
    assert kept["accuracy"] == pytest.approx(100 * report["score"], abs=1e-3)
    assert len(kept["baselines"]) == 5


def test_the_held_out_part_is_a_dev_split_like_any_other(tmp_path: Path) -> None:
    settings = ["data.dev=20%", "data.limit=100", "trainer.epochs=1", "model.hidden_dim=8"]
    trained = seqnlp("train", "recipe=classification/demo", f"run={tmp_path}/run", *settings)
    assert trained.status == 0, trained.err
    assert "train: 20 of 100 documents held out as dev, stratified" in trained.err
    report = json.loads(output("evaluate", tmp_path / "run", "--split", "dev", "--json"))
    assert report["documents"] == 20
    assert read_run_config(tmp_path / "run").data.dev == "20%"


# Rows


def test_rows_are_labelled_and_keep_their_other_fields(run: Path) -> None:
    table = 'id,label,review\n01,gold,"the soup, was fresh"\n2,NA,"two\nlines"\n'
    alone = [
        json.loads(line) for line in lines_of(run, "--output", "jsonl", lines=("the soup, was fresh", "two lines"))
    ]
    options = ("--input", "csv", "--text-column", "review")
    written = list(csv.reader(io.StringIO(output("classify", run, *options, stdin=table))))
    assert written[0] == ["id", "label", "review", "predicted_label", "probability"]
    assert [row[:3] for row in written[1:]] == [["01", "gold", "the soup, was fresh"], ["2", "NA", "two\nlines"]]
    assert [row[3] for row in written[1:]] == [one["label"] for one in alone]
    assert [float(row[4]) for row in written[1:]] == [one["probabilities"][one["label"]] for one in alone]
    rows = [{"id": 1, "label": "gold", "review": "the soup, was fresh"}]
    stdin = "".join(json.dumps(row) + "\n" for row in rows)
    [answer] = [
        json.loads(line)
        for line in output("classify", run, "--input", "jsonl", "--text-column", "review", stdin=stdin).splitlines()
    ]
    assert (answer["id"], answer["label"], answer["text"]) == (1, "gold", "the soup, was fresh")
    assert (answer["predicted_label"], answer["probabilities"]) == (alone[0]["label"], alone[0]["probabilities"])
    assert output("classify", run, *options, "--output", "text", stdin=table) == output(
        "classify", run, stdin="the soup, was fresh\ntwo lines\n"
    )
    assert refusal("classify", run, "--output", "csv").startswith("--output csv adds to the rows of --input csv")
    assert refusal("classify", run, *options, "--explain").endswith("add --output jsonl")
    assert "set --text-column" in refusal("classify", run, "--input", "csv", stdin=table)


# data check


def write(path: Path, lines: list[str]) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def test_two_files_are_compared_text_by_text(tmp_path: Path) -> None:
    train = write(tmp_path / "train.tsv", ["pos\tA fine film.", "neg\tdull", "neg\tother"])
    test = write(tmp_path / "test.tsv", ["a fine film", "dull", "new"])
    (row,) = json.loads(output("data", "check", train, test, "--json"))
    assert (row["total"], row["exact"], row["normalized"]) == (3, 1, 2)
    table = output("data", "check", train, test)
    assert "Texts that are also in another split" in table
    assert "A fine film" not in table
    assert "a fine film" in table


def test_settings_name_what_is_checked_as_they_do_for_training(tmp_path: Path) -> None:
    train = write(tmp_path / "train.tsv", ["pos\tA fine film.", "neg\tdull", "neg\tother"])
    test = write(tmp_path / "test.csv", ["words,kind", "dull,neg", "new,pos"])
    settings = ("task=classification", f"data.train={train}", f"data.test={test}")
    assert "expected the column 'text', found 'words', 'kind'" in refusal("data", "check", *settings)
    table = write(tmp_path / "test.tsv", ["neg\tdull", "pos\tnew"])
    settings = (*settings[:2], f"data.test={table}")
    assert [row["exact"] for row in json.loads(output("data", "check", *settings, "--json"))] == [1]
    (changed,) = json.loads(output("data", "check", "classification/demo", f"data.dev={table}", "data.test=", "--json"))
    assert (changed["of"], changed["total"]) == ("classification/demo dev", 2)


@pytest.mark.parametrize("name", ["tagging/demo", "translation/demo", "classification/demo"])
def test_every_task_can_be_checked_and_the_demos_share_no_text(name: str) -> None:
    rows = json.loads(output("data", "check", name, "--json"))
    sides = 2 if name.startswith("translation") else 1
    assert len(rows) == 3 * sides
    assert {row["in"].removeprefix(name).strip() for row in rows} == {"train", "dev"}
    if sides == 1:
        assert not any(row["exact"] for row in rows)


def test_a_run_can_be_checked(run: Path) -> None:
    rows = json.loads(output("data", "check", run, "--json"))
    assert [row["of"].rpartition(" ")[2] for row in rows] == ["dev", "test", "test"]


def test_the_treebank_is_found_in_sentence_polarity(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEQNLP_DATA", str(shared_data))
    rows = json.loads(output("data", "check", "classification/sentence_polarity", "classification/sst2", "--json"))
    shared = {(row["of"], row["in"]): row["normalized"] for row in rows}
    assert shared["classification/sst2 test", "classification/sentence_polarity train"] > 1000
    assert shared["classification/sentence_polarity test", "classification/sst2 train"] > 500
    assert shared["classification/sentence_polarity test", "classification/sentence_polarity train"] == 0


def test_a_wrong_use_of_data_says_the_right_one(tmp_path: Path) -> None:
    verbs = (
        "`seqnlp data check NAME [NAME]`, `seqnlp data convert IN OUT`, `seqnlp data doubts STUDY` or "
        "`seqnlp data select POOL --like DOMAIN -o OUT`"
    )
    assert refusal("data", "chek", "x") == f"expected {verbs}, found 'chek' (did you mean 'check'?)"
    assert refusal("data", "check", "a", "b", "c") == "expected one or two recipes, runs or files, found 3"
    assert "recipe: no 'classification/dmo' (did you mean 'classification/demo'?)" in refusal(
        "data", "check", "classification/dmo"
    )
    lone = write(tmp_path / "lone.txt", ["a"])
    assert refusal("data", "check", lone, "data.limit=1").startswith("'data.limit=1' changes a recipe")
    assert refusal("data", "check", lone).startswith("nothing to compare: expected a train split and a dev or test")


# Bad input, through the command line


def command(folder: Path, *more: str) -> list[object]:
    data = ["task=classification", f"data.dir={folder}", "data.train=train.tsv", f"run={folder}/run"]
    return ["train", *data, "trainer.epochs=1", "model.hidden_dim=8", *more]


def test_one_class_only(tmp_path: Path) -> None:
    write(tmp_path / "train.tsv", ["pos\tfine", "pos\tlovely"])
    assert refusal(*command(tmp_path)) == (
        "expected a training split with at least two different labels, found only 'pos'; is data.label_column right?"
    )


def test_labels_that_look_like_numbers_come_back_as_they_were(tmp_path: Path) -> None:
    write(tmp_path / "train.tsv", ["01\tfine", "1\tdull"] * 4)
    output(*command(tmp_path))
    answer = json.loads(output("classify", tmp_path / "run", "--output", "jsonl", stdin="fine\n"))
    assert list(answer["probabilities"]) == ["01", "1"]
    assert answer["label"] in ("01", "1")


def test_a_stray_tab(tmp_path: Path) -> None:
    write(tmp_path / "train.tsv", ["pos\tfine", "neg\tdull\tvery"])
    assert refusal(*command(tmp_path)) == (
        f"{tmp_path}/train.tsv:2: expected 2 columns as in the file's first line, found 3; "
        "a tab inside a text would add one: replace it with a space"
    )


def test_settings_that_do_not_go_together() -> None:
    settings = [
        "task=classification",
        "data.train=a",
        "data.format=tsv",
        "data.phrases=all",
        "data.label_map=x",
        "data.dev=200%",
    ]
    message = refusal("train", *settings, "model.overlap=400", "tokenizer.kind=bpe", "model.vectors=v")
    assert message.splitlines()[1:] == [
        "  data.dev: expected a part of more than 0% and less than 100%, found '200%'",
        "  data.phrases: only for data.format=trees, found 'tsv'",
        "  data.label_map: expected OLD:NEW between commas, found 'x'",
        "  model.vectors: they are of words; found tokenizer.kind='bpe'",
        "  model.overlap: expected less than model.window (400), found 400",
    ]


def test_a_set_of_labels_stands_beside_each_answer_in_every_format(run: Path) -> None:
    lines = ("the soup was fresh", "", "neither here nor there")
    texts = lines_of(run, "--coverage", "0.9", lines=lines)
    sets = [line.split("\t")[1].strip("{}").split(", ") for line in texts]
    assert [line.split(" ")[0] for line in texts] == [names[0] for names in sets]
    assert all(set(names) <= {"positive", "negative", "neutral"} for names in sets)
    rows = [json.loads(line) for line in lines_of(run, "--coverage", "0.9", "--output", "jsonl", lines=lines)]
    assert [row["label_set"] for row in rows] == sets
    heading, *table = lines_of(run, "--coverage", "0.9", "--output", "tsv", lines=lines)
    assert heading.endswith("\tlabel_set")
    assert [row.split("\t")[-1].split(",") for row in table] == sets
    written = output("classify", run, "--input", "csv", "--coverage", "0.9", stdin="text\nthe soup was fresh\n")
    assert next(csv.DictReader(io.StringIO(written)))["label_set"].split(",") == sets[0]
    wide = [json.loads(line) for line in lines_of(run, "--coverage", "1", "--output", "jsonl", lines=lines)]
    assert all(len(row["label_set"]) == 3 for row in wide)
    assert "--coverage" not in "".join(texts)
    assert "coverage: expected a number from 0.01 to 1, found 95" in refusal("classify", run, "--coverage", "95")


def test_evaluation_tells_how_often_sets_of_labels_held(run: Path) -> None:
    actual = json.loads(output("evaluate", run, "--split", "test", "--json"))["label_sets"]
    assert [row["level"] for row in actual] == [0.8, 0.9, 0.95, 0.99]
    assert all(1 <= row["mean_size"] <= 3 for row in actual)
    assert actual == sorted(actual, key=lambda row: (row["coverage"], row["mean_size"]))
    assert "Prediction sets (seqnlp classify --coverage)" in output("evaluate", run, "--split", "test")
