"""Train, evaluate, tag: what a user does, through the command line."""

from __future__ import annotations

import functools
import json
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from command import TINY, output, refusal, seqnlp

import seqnlp as package
from seqnlp.resources import RECIPES
from seqnlp.text.tokenize import tokenize

DEMO = RECIPES / "tagging" / "demo"
LONG = "Brinmoor is far from " * 1250
"""5,000 words."""
ODD_LINES = ("", "  \t ", "Brinmoor", "😀 Ada 👩‍👩‍👧 in Brinmoor.", LONG, "from Ada Sorrel\u2028 日本語", "", "the end")
INPUTS, OUTPUTS = ("text", "tokens", "conll"), ("jsonl", "conll", "inline", "pretty")


@pytest.fixture
def copy(trained: Path, tmp_path: Path) -> Path:
    """A run of one's own, to change."""
    return Path(shutil.copytree(trained, tmp_path / "copy"))


@pytest.fixture
def threads() -> Iterator[None]:
    """Puts torch's thread count back."""
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def sentences() -> list[str]:
    """Plain texts, some of them with names."""
    blocks = (DEMO / "test.conll").read_text(encoding="utf-8").split("\n\n")[:80]
    return [" ".join(line.split("\t")[0] for line in block.splitlines()) for block in blocks]


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def words_of(source: str) -> list[list[str]]:
    """The words of each odd line as the input format ``source`` has them."""
    if source == "text":
        return [[token.text for token in tokenize(line, "words")] for line in ODD_LINES]
    return [[word for word in line.replace("\t", " ").split(" ") if word] for line in ODD_LINES]


def as_input(source: str) -> str:
    """The odd lines in the input format ``source``, the line ends mixed, the last one missing."""
    if source != "conll":
        return "\r\n".join(ODD_LINES[:3]) + "\r\n" + "\n".join(ODD_LINES[3:])
    blocks = ["".join(f"{word}\tand more\n" for word in words) for words in words_of(source)]
    return "\r\n".join(blocks[:3]) + "\r\n" + "\n".join(blocks[3:])


def blocks_of(conll: str) -> list[list[list[str]]]:
    """Rows of each block; a blank line ends one."""
    blocks: list[list[list[str]]] = [[]]
    for line in conll.split("\n")[:-1]:
        if line:
            blocks[-1].append(line.split("\t"))
        else:
            blocks.append([])
    assert blocks.pop() == []
    return blocks


def without_marks(line: str) -> str:
    """An answer of ``--output inline`` or ``pretty`` as the text it is about."""
    line = re.sub(r"\x1b\[2m [A-Z]+ \d+%\x1b\[0m", "", line)
    return re.sub(r"\[(.*?) (?:LOC|ORG|PER|PROD)\]", r"\1", re.sub(r"\x1b\[[\d;]*m", "", line))


def test_a_run_holds_what_it_began_with_its_checkpoint_its_log_and_its_model(trained: Path) -> None:
    assert {path.name for path in trained.iterdir()} == {".hydra", "config.yaml", "checkpoint.pt", "log.csv", "model"}
    assert {path.name for path in (trained / "model").iterdir()} == {
        "README.md",
        "config.yaml",
        "training.yaml",
        "labels.json",
        "metrics.json",
        "model.safetensors",
        "vocabulary.json",
    }
    assert len((trained / "log.csv").read_text().splitlines()) == 1 + 3


def test_training_says_what_it_does_and_what_to_type_next(tmp_path: Path) -> None:
    finished = seqnlp("train", "recipe=tagging/demo", f"run={tmp_path}/run", *TINY)
    assert finished.status == 0
    assert finished.out == ""
    first, device, data, *rest = finished.err.splitlines()
    assert first == f"run: {tmp_path}/run"
    assert device.startswith("device: ")
    assert data.startswith("train: 200 sentences, ")
    assert [line.split()[:2] for line in rest[:3]] == [["epoch", f"{number}/3"] for number in (1, 2, 3)]
    assert f"  seqnlp evaluate {tmp_path}/run --split test" in rest
    assert f"  seqnlp tag {tmp_path}/run < lines.txt" in rest


def test_the_score_is_that_of_the_tags_that_tag_writes(copy: Path) -> None:
    report = json.loads(output("evaluate", copy, "--split", "test", "--json"))
    gold = (DEMO / "test.conll").read_text(encoding="utf-8").split("\n\n")[:200]
    tagged = blocks_of(output("tag", copy, "--input", "conll", stdin="\n\n".join(gold) + "\n\n"))
    wanted = {(number, *span) for number, block in enumerate(gold) for span in spans(block.splitlines())}
    actual = {(number, *span) for number, block in enumerate(tagged) for span in spans(map("\t".join, block))}
    assert len(tagged) == report["sentences"] == 200
    assert report["overall"]["support"] == len(wanted)
    assert report["overall"]["precision"] == pytest.approx(len(wanted & actual) / len(actual))
    assert report["overall"]["recall"] == pytest.approx(len(wanted & actual) / len(wanted))
    assert report["score"] == pytest.approx(2 * len(wanted & actual) / (len(wanted) + len(actual)))
    assert report["score"] > 0.3  # it has learned something
    assert json.loads((copy / "model" / "metrics.json").read_text())["test"]["entity F1"] == pytest.approx(
        100 * report["score"], abs=1e-4
    )


def spans(lines: Iterator[str] | list[str]) -> list[tuple[int, int, str]]:
    """Entities of ``word<TAB>tag`` lines in IOB2, counted independently: first word, length, type."""
    tags = " ".join(line.split("\t")[1] for line in lines)
    return [
        (tags[: match.start()].count(" "), match[0].count(" ") + 1, match[1])
        for match in re.finditer(r"B-(\w+)(?: I-\1)*", tags)
    ]


def test_the_report_has_its_tables_in_text_and_in_html(copy: Path, tmp_path: Path) -> None:
    page = tmp_path / "new" / "report.html"
    finished = seqnlp("evaluate", copy, "--split", "dev", "--report", page, "--threads", "1")
    assert finished.err.splitlines()[-1] == f"report written to {page}"
    assert finished.out.startswith("tagging/demo on dev: 200 sentences, ")
    for part in ("entity F1 ", "95 % interval", "baseline", "Each type", "Most frequent errors", "Calibration"):
        assert part in finished.out
    html = page.read_text(encoding="utf-8")
    assert "tagging/demo" in html
    assert "entity F1" in html
    assert not re.search(r"(src|href)=", html)  # nothing is loaded from elsewhere
    assert re.search(
        rf"<footer>Run {re.escape(str(copy))}, evaluated on dev \(.*dev.conll\)\. Written 20\d\d-.* by ", html
    )


def test_the_data_may_have_moved(copy: Path, tmp_path: Path) -> None:
    moved = Path(shutil.copytree(DEMO, tmp_path / "moved"))
    assert output("evaluate", copy, "--data-dir", moved).startswith("tagging/demo on test: ")
    message = refusal("evaluate", copy, "--data-dir", tmp_path / "gone")
    assert message.startswith(f"{tmp_path}/gone/test.conll: no such file; data.test is 'test.conll'")


@pytest.mark.parametrize("form", OUTPUTS)
@pytest.mark.parametrize("source", INPUTS)
def test_there_is_one_answer_for_each_line_in_order(trained: Path, source: str, form: str) -> None:
    answers = output("tag", trained, "--input", source, "--output", form, stdin=as_input(source))
    words = words_of(source)
    texts = list(ODD_LINES) if source == "text" else [" ".join(sentence) for sentence in words]
    if form == "conll":
        assert [[row[0] for row in block] for block in blocks_of(answers)] == words
        return
    lines = answers.split("\n")
    assert lines.pop() == ""
    if form == "jsonl":
        parsed = [json.loads(line) for line in lines]
        assert [answer["text"] for answer in parsed] == texts
        assert [[token["text"] for token in answer["tokens"]] for answer in parsed] == words
    else:
        assert [without_marks(line) for line in lines] == texts


@pytest.mark.parametrize("source", INPUTS)
def test_offsets_point_at_the_words(trained: Path, source: str) -> None:
    answers = [
        json.loads(line)
        for line in output("tag", trained, "--input", source, "--output", "jsonl", stdin=as_input(source)).split("\n")
        if line
    ]
    pieces = [(answer["text"], piece) for answer in answers for piece in answer["tokens"] + answer["spans"]]
    assert len(pieces) > 5000
    assert all(text[piece["start"] : piece["end"]] == piece["text"] for text, piece in pieces)
    assert any(answer["spans"] for answer in answers)
    assert all(0 <= span["probability"] <= 1 for answer in answers for span in answer["spans"])


def test_no_line_gives_no_answer(trained: Path) -> None:
    assert [output("tag", trained, "--output", form) for form in OUTPUTS] == [""] * 4


def test_blocks_out_pair_with_blocks_in(trained: Path) -> None:
    blocks = output("tag", trained, "--input", "conll", stdin="\nAda\n\n\nSorrel x y\nleft\tO\n\n")
    assert [[row[0] for row in block] for block in blocks_of(blocks)] == [[], ["Ada"], [], ["Sorrel", "left"]]
    again = output("tag", trained, "--input", "conll", stdin=blocks)  # its own output is good input
    assert again == blocks


def test_a_line_is_answered_alike_alone_and_among_others(trained: Path, sentences: list[str]) -> None:
    together = output("tag", trained, stdin="\n".join(sentences)).splitlines()
    alone = [output("tag", trained, stdin=sentence).rstrip("\n") for sentence in sentences[:12]]
    model = package.load(trained)
    alone += [json.dumps(model.tag(sentence).to_dict(), ensure_ascii=False) for sentence in sentences[12:]]
    assert len(together) == len(alone)
    assert [rounded(line) for line in together] == [rounded(line) for line in alone]


def rounded(line: str) -> object:
    """An answer with its probabilities rounded as float32 sums in another order may differ."""
    answer = json.loads(line)
    for span in answer["spans"]:
        span["probability"] = pytest.approx(span["probability"], abs=2e-4)
    return answer


def test_the_same_answers_come_from_python_from_the_run_or_its_model_folder(
    trained: Path, tmp_path: Path, sentences: list[str]
) -> None:
    lines = output("tag", trained, "--nbest", "2", stdin="\n".join(sentences)).splitlines()
    moved = shutil.copytree(trained / "model", tmp_path / "elsewhere")
    for place in (trained, trained / "model", moved, str(moved)):
        answers = package.load(place).tag_texts(sentences, nbest=2)
        assert [json.dumps(answer.to_dict(), ensure_ascii=False) for answer in answers] == lines
    first = package.load(trained).tag(sentences[0], nbest=2)
    assert [span.text for span in first.spans] == [span["text"] for span in json.loads(lines[0])["spans"]]


def test_nbest_gives_whole_answers_best_first(trained: Path, sentences: list[str]) -> None:
    lines = output("tag", trained, "--nbest", "3", stdin="\n".join([*sentences, "", "one"])).splitlines()
    *answers, empty, single = [json.loads(line) for line in lines]
    for answer in answers:
        ranked = answer["nbest"]
        assert len(ranked) == 3
        assert len({tuple(item["tags"]) for item in ranked}) == 3
        assert all(len(item["tags"]) == len(answer["tokens"]) for item in ranked)
        probabilities = [item["probability"] for item in ranked]
        assert probabilities == sorted(probabilities, reverse=True)
        assert sum(probabilities) <= 1 + 1e-5
    assert empty["tokens"] == []
    (every,) = [json.loads(output("tag", trained, "--nbest", "50", stdin="one"))["nbest"]]
    assert {tuple(item["tags"]) for item in every} == {("O",), ("B-LOC",), ("B-ORG",), ("B-PER",), ("B-PROD",)}
    assert sum(item["probability"] for item in every) == pytest.approx(1, abs=1e-4)
    assert every[:3] == single["nbest"]


def test_what_a_person_must_look_at_is_marked_and_evaluation_tells_what_that_caught(
    trained: Path, sentences: list[str], tmp_path: Path
) -> None:
    text = "\n".join(sentences)
    every, some = (
        [json.loads(line) for line in output("tag", trained, "--review", level, stdin=text).splitlines()]
        for level in (1, 0.5)
    )
    assert all(answer["review"] and all(span["review"] for span in answer["spans"]) for answer in every)
    marked, spared = (
        [s["probability"] for a in some for s in a["spans"] if s["review"] is one] for one in (True, False)
    )
    assert max(marked, default=0) < min(spared)
    assert not all(answer["review"] for answer in some)
    copy = shutil.copytree(trained, tmp_path / "copy")
    rows = json.loads(output("evaluate", copy, "--split", "test", "--json"))["review"]
    assert [row["level"] for row in rows] == [0.8, 0.9, 0.95, 0.99]
    assert [row["entities_marked"] for row in rows] == sorted(row["entities_marked"] for row in rows)
    assert "What to look at (seqnlp tag --review)" in output("evaluate", copy, "--split", "test")
    table = 'text\n"Nobody came.\nAda Sorrel met Brand."\n'
    assert json.loads(output("tag", trained, "--input", "csv", "--review", 1, stdin=table))["review"] is True
    assert "--review is written by --output jsonl only" in refusal(
        "tag", trained, "--review", 0.9, "--output", "conll", stdin="Ada\n"
    )
    assert "review: expected a number from 0.01 to 1, found 2" in refusal("tag", trained, "--review", 2, stdin="")


def test_min_probability_leaves_out_what_is_less_sure(trained: Path, sentences: list[str]) -> None:
    everything = [json.loads(line) for line in output("tag", trained, stdin="\n".join(sentences)).splitlines()]
    limit = sorted(span["probability"] for answer in everything for span in answer["spans"])[20] + 5e-5
    lines = output("tag", trained, "--min-probability", limit, stdin="\n".join(sentences)).splitlines()
    for full, answer in zip(everything, map(json.loads, lines), strict=True):
        assert answer["spans"] == [span for span in full["spans"] if span["probability"] >= limit]
        assert sum(tag.startswith("B-") for tag in answer["tags"]) == len(answer["spans"])
    assert sum(len(json.loads(line)["spans"]) for line in lines) > 0


@pytest.mark.usefixtures("threads")
def test_the_number_of_threads_changes_nothing_but_speed(trained: Path, sentences: list[str]) -> None:
    one, two = (output("tag", trained, "--threads", count, stdin="\n".join(sentences)) for count in (1, 2))
    assert [rounded(line) for line in one.splitlines()] == [rounded(line) for line in two.splitlines()]


def test_someone_who_types_gets_each_answer_at_once_and_may_leave(trained: Path) -> None:
    command = [sys.executable, "-m", "seqnlp", "tag", str(trained), "--output", "inline", "--threads", "1"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    listen = functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # a test run in the background ignores it
    with subprocess.Popen(command, text=True, preexec_fn=listen, **pipes) as process:
        for line in ("grows", "nobody came", ""):
            process.stdin.write(f"{line}\n")
            process.stdin.flush()
            assert without_marks(process.stdout.readline()) == f"{line}\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 130
        assert process.stderr.read() == ""


def test_an_endless_stream_ends_with_its_reader(trained: Path) -> None:
    shell = f"set -o pipefail; yes Brinmoor | {sys.executable} -m seqnlp tag {trained} --threads 1 | head -n 3"
    finished = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, timeout=120, check=False)
    assert finished.returncode == 141
    assert finished.stderr == ""
    assert len(finished.stdout.splitlines()) == 3


def test_resuming_a_finished_run_changes_nothing(copy: Path) -> None:
    before = files(copy)
    assert seqnlp("resume", copy).status == 0
    assert files(copy) == before


def test_the_same_command_gives_the_same_model(trained: Path, tmp_path: Path) -> None:
    output("train", "recipe=tagging/demo", f"run={tmp_path}/run", *TINY)
    assert files(tmp_path / "run" / "model") == files(trained / "model")


def test_multirun_makes_a_run_for_each_value(trained: Path, tmp_path: Path) -> None:
    output("train", "-m", "recipe=tagging/demo", f"run={tmp_path}/sweep", "seed=1,2", *TINY)
    runs = sorted(path for path in (tmp_path / "sweep").iterdir() if path.is_dir())
    assert [run.name for run in runs] == ["0_seed=1", "1_seed=2"]
    first, second = ((run / "model" / "model.safetensors").read_bytes() for run in runs)
    assert first == (trained / "model" / "model.safetensors").read_bytes()
    assert first != second
    assert output("evaluate", runs[1], "--split", "dev").startswith("tagging/demo on dev: ")


def test_a_copied_recipe_trains_with_its_changes(tmp_path: Path) -> None:
    folder = tmp_path / "my"
    assert "epochs: 12" in output("recipes", "show", "tagging/demo")
    said = output("recipes", "copy", "tagging/demo", folder)
    recipe = folder / "recipes" / "tagging" / "demo.yaml"
    assert said.splitlines() == [
        f"{recipe}: change it, then",
        f"  seqnlp train --config-dir {folder} recipe=tagging/demo",
    ]
    text = recipe.read_text(encoding="utf-8").replace("epochs: 12", "epochs: 1")
    mine = recipe.rename(recipe.with_name("mine.yaml"))
    mine.write_text(text.replace("name: tagging/demo", "name: tagging/mine"), encoding="utf-8")
    assert "tagging/mine" in output("recipes", "--config-dir", folder)
    run = tmp_path / "run"
    output("train", "--config-dir", folder, "recipe=tagging/mine", f"run={run}", "data.limit=60")
    assert len((run / "log.csv").read_text().splitlines()) == 1 + 1
    assert output("evaluate", run, "--split", "dev").startswith("tagging/mine on dev: 60 sentences")


def test_a_run_goes_on_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    for name in ("train", "dev", "test"):
        shutil.copy(DEMO / f"{name}.conll", tmp_path / "data")
    monkeypatch.delenv("SEQNLP_DATA", raising=False)
    monkeypatch.chdir(tmp_path / "data")
    settings = ("data.train=train.conll", "data.dev=dev.conll", "data.test=test.conll", *TINY, "trainer.epochs=1")
    output("train", *settings, "run=../run")
    monkeypatch.chdir(tmp_path)
    assert output("evaluate", "run").startswith("tagging on test: 200 sentences")
    assert seqnlp("resume", "run").status == 0
