"""Whatever is wrong: status 2, one message that says where and what to do, no traceback."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml
from command import TINY, output, refusal, seqnlp

from seqnlp.cli import main
from seqnlp.config.common import Config
from seqnlp.config.reading import read_config
from seqnlp.errors import RunError
from seqnlp.run_config import claim

GOOD = "Ada\tB-PER\nSorrel\tI-PER\nmoved\tO\n\nBrinmoor\tB-LOC\ngrows\tO\n\n"
Train = Callable[..., str]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with good ``train.conll`` and ``dev.conll``; it is the current folder, so that messages are short."""
    monkeypatch.delenv("SEQNLP_DATA", raising=False)
    monkeypatch.chdir(tmp_path)
    for name in ("train", "dev"):
        (tmp_path / f"{name}.conll").write_text(GOOD, encoding="utf-8")
    return tmp_path


def command(*more: str, run: str = "run") -> list[str]:
    """A training on the folder's data in a blink."""
    return ["train", "data.train=train.conll", "data.dev=dev.conll", f"run={run}", *TINY, "trainer.epochs=1", *more]


@pytest.fixture
def copy(trained: Path, tmp_path: Path) -> Path:
    """A run of one's own, to damage."""
    return Path(shutil.copytree(trained, tmp_path / "copy"))


# Files


def test_the_good_data_train(data: Path) -> None:
    output(*command())


def test_a_missing_file_names_what_was_looked_for_and_the_nearest(data: Path) -> None:
    assert refusal(*command("data.train=trian.conll")) == (
        f"{data}/trian.conll: no such file (did you mean 'train.conll'?); "
        "data.train is 'trian.conll', looked up in the current folder; "
        "set data.dir or $SEQNLP_DATA to the folder that holds it"
    )
    assert not (data / "run" / "model").exists()


def test_a_refused_run_can_be_tried_again_in_its_directory(data: Path) -> None:
    (data / "train.conll").rename(data / "elsewhere")
    assert "no such file" in refusal(*command())
    assert not (data / "run").exists()
    (data / "elsewhere").rename(data / "train.conll")
    output(*command())


@pytest.mark.parametrize("fault", [ZeroDivisionError("a fault of ours"), KeyboardInterrupt()])
def test_a_run_that_ends_with_any_fault_before_it_wrote_anything_leaves_no_directory(
    data: Path, monkeypatch: pytest.MonkeyPatch, fault: BaseException
) -> None:
    def fail(*_: object) -> None:
        raise fault

    with monkeypatch.context() as patch:
        patch.setattr("seqnlp.train_run.make_task", fail)
        with contextlib.suppress(type(fault)):
            seqnlp(*command())
    assert not (data / "run").exists()
    output(*command())


def test_an_empty_file(data: Path) -> None:
    (data / "dev.conll").write_bytes(b"")
    assert refusal(*command()) == f"{data}/dev.conll: the file is empty"


def test_a_file_of_blank_lines(data: Path) -> None:
    (data / "train.conll").write_text("\n\n \n", encoding="utf-8")
    assert refusal(*command()) == f"{data}/train.conll: no sentences found; is data.format=conll right?"


def test_a_binary_file(data: Path) -> None:
    (data / "train.conll").write_bytes(b"Ada\tB-PER\n\x00\x01\x02\n")
    assert refusal(*command()) == (
        f"{data}/train.conll:2: expected UTF-8 text, found a NUL byte: a binary file, or UTF-16 text "
        "(then convert it with `iconv -f utf-16 -t utf-8`)"
    )


def test_a_file_that_is_not_utf8(data: Path) -> None:
    (data / "train.conll").write_bytes(GOOD.encode() + "Jos\u00e9\tB-PER\n".encode("latin-1"))
    assert refusal(*command()) == (
        f"{data}/train.conll:8: expected UTF-8 text, found the byte 0xe9 at byte 4 of the line; "
        "convert the file, for example with `iconv -f cp1252 -t utf-8`"
    )


def test_a_gzip_file_that_was_cut_off(data: Path) -> None:
    import gzip

    (data / "train.conll").write_bytes(gzip.compress(GOOD.encode() * 50)[:-20])
    assert refusal(*command()) == f"{data}/train.conll: the gzip file is cut off; copy or download it again"


# Columns, tags, sentences


def test_a_column_that_is_not_there(data: Path) -> None:
    expected = f"{data}/train.conll:1: found 2 columns, expected the tag in column 3 (from 0)"
    assert refusal(*command("data.tag_column=3")) == expected


def test_a_line_without_its_tag(data: Path) -> None:
    (data / "train.conll").write_text(GOOD + "alone\n", encoding="utf-8")
    expected = f"{data}/train.conll:8: expected 2 columns as in the file's first line, found 1"
    assert refusal(*command()) == expected


def test_the_words_taken_for_the_tags(data: Path) -> None:
    message = refusal(*command("data.tag_column=0", "data.token_column=1"))
    assert message.startswith(f"{data}/train.conll:1: ")
    assert message.endswith("is data.tag_column right? For plain tags such as parts of speech set data.scheme=none")


def test_a_tag_that_is_illegal_in_the_scheme_is_refused_or_mended(data: Path) -> None:
    (data / "train.conll").write_text(GOOD + "Ada\tO\nSorrel\tI-PER\n\n", encoding="utf-8")
    (data / "dev.conll").write_text(GOOD + "Ada\tX-PER\n\n", encoding="utf-8")
    assert refusal(*command()) == (
        f"{data}/train.conll:9: tag 'I-PER' after 'O' is illegal in iob2; expected B-PER; "
        "correct the file, or set data.repair=true to have such tags mended"
    )
    mended = seqnlp(*command("data.repair=true", run="mended"))
    assert mended.status == 0, mended.err
    assert f"{data}/train.conll: mended 1 tags in 1 of 3 sentences: line 9 I-PER -> B-PER" in mended.err
    assert f"{data}/dev.conll: mended 1 tags in 1 of 3 sentences: line 8 X-PER -> O" in mended.err


def test_tags_of_another_scheme_are_recognised(data: Path) -> None:
    (data / "train.conll").write_text(GOOD.replace("I-PER", "E-PER").replace("B-LOC", "S-LOC"), encoding="utf-8")
    message = refusal(*command())
    assert message.startswith(f"{data}/train.conll:2: ")
    assert message.endswith("(2 illegal tags in all); all tags are legal in another scheme, so set data.scheme=bioes")


def test_labels_never_seen_in_training_are_named_and_count_as_missed(data: Path) -> None:
    odd = "Ada\tB-PER\n\nthe\tB-ARM\nsword\tI-ARM\n\nof\tO\nfate\tB-ARM\nin\tB-SPELL\n\n"
    (data / "dev.conll").write_text(odd, encoding="utf-8")
    trained = seqnlp(*command())
    warning = (
        "warning: the dev split has labels that the training split never shows; "
        "they count as missed: ARM (2x), SPELL (1x)"
    )
    assert trained.status == 0
    assert warning in trained.err.splitlines()
    evaluated = seqnlp("evaluate", "run", "--split", "dev", "--json")
    assert warning in evaluated.err.splitlines()
    report = json.loads(evaluated.out)
    assert report["overall"]["support"] == 4
    assert report["overall"]["recall"] <= 1 / 4
    assert report["per_label"]["ARM"] == {"precision": 0, "recall": 0, "f1": 0, "support": 2}


def test_a_sentence_without_words(data: Path) -> None:
    (data / "train.jsonl").write_text(
        '{"tokens": ["Ada"], "tags": ["B-PER"]}\n{"tokens": [], "tags": []}\n', encoding="utf-8"
    )
    message = refusal(*command("data=jsonl", "data.train=train.jsonl", "data.dev=train.jsonl"))
    assert message == f"{data}/train.jsonl:2: a sentence with no words; leave such lines out"


def test_a_sentence_of_5000_words_is_trained_on_and_tagged(data: Path) -> None:
    (data / "train.conll").write_text(GOOD + "Ada\tB-PER\nand\tO\n" * 2500, encoding="utf-8")
    output(*command())
    assert len(json.loads(output("tag", "run", stdin="Ada and " * 2500))["tags"]) == 5000


# Vectors


def test_missing_vectors_are_looked_for_as_data_are_and_the_recipe_says_how_they_are_made(data: Path) -> None:
    (data / "glove.txt").write_text("the 1 2\n", encoding="utf-8")
    assert refusal(*command("model.vectors=glov.txt")) == (
        f"{data}/glov.txt: no such file (did you mean 'glove.txt'?); model.vectors is 'glov.txt', looked up in "
        "the current folder; set data.dir or $SEQNLP_DATA to the folder that holds it; the source that a recipe names "
        "(`seqnlp recipes show NAME`) says how its vectors are made"
    )


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("moved 0.1 0.2", "expected a word and 3 numbers, found 2 after 'moved'"),
        ("moved 0.1 0.2 x", "expected a finite number, found 'x'"),
        ("moved 0.1 0.2 nan", "expected a finite number, found 'nan'"),
    ],
)
def test_a_bad_line_in_a_file_of_vectors(data: Path, line: str, complaint: str) -> None:
    (data / "vectors.txt").write_text(f"Ada 0.1 0.2 0.3\nthe 1 2 3\n{line}\n", encoding="utf-8")
    assert refusal(*command("model.vectors=vectors.txt")) == f"{data}/vectors.txt:3: {complaint}"


# Settings


def test_an_unknown_recipe() -> None:
    assert refusal("train", "recipe=tagging/demmo") == (
        "1 problem in the configuration:\n"
        "  recipe: no 'tagging/demmo' (did you mean 'tagging/demo'?); list them with `seqnlp recipes`"
    )


def test_all_that_is_wrong_with_the_settings_is_said_at_once(tmp_path: Path) -> None:
    wrong = ("model.hiden_dim=3", "epochs=2", "trainer.epochs=many", "model.cell=gur", "optimizer.momentum=0.9")
    assert refusal("train", "recipe=tagging/demo", f"run={tmp_path}/run", *wrong) == (
        "5 problems in the configuration:\n"
        "  model.hiden_dim: unknown key (did you mean 'model.hidden_dim'?)\n"
        "  epochs: unknown key (did you mean 'trainer.epochs'?)\n"
        "  trainer.epochs: expected a whole number, found 'many'\n"
        "  model.cell: expected one of lstm, gru, rnn, peephole; found 'gur' (did you mean 'gru'?)\n"
        "  optimizer.momentum: only for optimizer.name=sgd, found 'adam'"
    )
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--nbest", "-1"], "--nbest: expected 0 or more, found -1"),
        (["--nbest", "2", "--output", "conll"], "--nbest is written by --output jsonl only; add --output jsonl"),
        (["--min-probability", "2"], "--min-probability: expected a number from 0 to 1, found 2.0"),
        (["--threads", "-2"], "--threads: expected 0 or more, found -2"),
    ],
)
def test_options_of_tag_out_of_range(trained: Path, options: list[str], complaint: str) -> None:
    assert refusal("tag", trained, *options) == complaint


@pytest.mark.parametrize(
    "arguments", [["tag"], ["tag", "RUN", "--input", "xml"], ["evaluate", "RUN", "--split", "all"]]
)
def test_a_wrong_use_of_a_verb_shows_how_to_use_it(arguments: list[str]) -> None:
    finished = seqnlp(*arguments)
    assert finished.status == 2
    assert finished.err.startswith(f"usage: seqnlp {arguments[0]}")
    assert "Traceback" not in finished.err


def test_a_split_that_the_run_does_not_have(data: Path) -> None:
    output(*command())
    assert "data.test: this run was trained without a test split" in refusal("evaluate", "run")


# Standard input


def test_standard_input_that_is_not_utf8_stops_at_its_line_after_the_answers_before_it(trained: Path) -> None:
    lines = b"Ada\n" * 1500 + b"caf\xe9\nBrinmoor\n"
    finished = seqnlp("tag", trained, stdin=lines)
    assert finished.status == 2
    assert finished.err.startswith(
        "error: standard input:1501: expected UTF-8 text, found the byte 0xe9 at byte 4 of the line; convert"
    )
    assert finished.err.endswith("`iconv -f cp1252 -t utf-8`, or read what is left of it with --errors replace\n")
    assert len(finished.out.splitlines()) == 1500
    answers = output("tag", trained, "--errors", "replace", stdin=lines).splitlines()
    assert len(answers) == 1502
    assert json.loads(answers[1500])["text"] == "caf\N{REPLACEMENT CHARACTER}"


def test_no_standard_input_at_all(
    trained: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", None)  # as Python has it after `<&-`
    assert main(["tag", str(trained)]) == 2
    assert capsys.readouterr().err == (
        "error: standard input is closed; expected lines, as in `seqnlp tag RUN < lines.txt`\n"
    )


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has a device that is always full")
def test_no_space_for_the_answers(trained: Path) -> None:
    with open("/dev/full", "wb") as full:
        command = [sys.executable, "-m", "seqnlp", "tag", trained]
        finished = subprocess.run(command, input=b"Ada\n", stdout=full, stderr=subprocess.PIPE, check=False)
    assert finished.returncode == 2
    assert finished.stderr == b"error: there is no space left for the output; free some, then run this again\n"


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_output_that_is_written_in_part_is_an_error(tmp_path: Path, unbuffered: str) -> None:
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    with open(tmp_path / "help.txt", "wb") as file:
        finished = subprocess.run(
            ["sh", "-c", 'ulimit -f 1; exec "$0" -m seqnlp --help', sys.executable],  # 512 or 1,024 bytes
            env=environment,
            stdout=file,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert finished.returncode == 2
    assert finished.stderr.startswith(b"error: the output is larger than a file may be here")


# Runs and models


@pytest.mark.parametrize("verb", ["tag", "evaluate", "resume"])
def test_a_folder_that_is_no_run(verb: str, tmp_path: Path) -> None:
    for place in (tmp_path / "gone", tmp_path):
        message = refusal(verb, place)
        assert message.startswith(str(place))
        assert "seqnlp train" in message


def test_a_run_that_was_cut_off_before_its_first_model(copy: Path) -> None:
    shutil.rmtree(copy / "model")
    expected = f"{copy} was stopped before its first model was saved; go on with `seqnlp resume {copy}`"
    assert refusal("tag", copy) == expected
    assert refusal("evaluate", copy) == expected


def test_a_model_that_was_not_copied_whole(copy: Path) -> None:
    (copy / "model" / "vocabulary.json").unlink()
    message = refusal("tag", copy)
    assert message == f"{copy}/model: vocabulary.json missing; the folder was not copied or saved whole"


def test_a_model_from_a_newer_format(copy: Path) -> None:
    path = copy / "model" / "config.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump({**content, "format": 99}), encoding="utf-8")
    expected = f"{copy}/model: saved in format 99, this seqnlp reads up to 2; install a newer seqnlp"
    assert refusal("tag", copy) == expected
    assert refusal("evaluate", copy) == expected


@pytest.mark.parametrize("damage", [lambda old: old[:1000], lambda old: b"\xff" * 8 + old[8:], lambda old: b""])
def test_damaged_weights(copy: Path, damage: Callable[[bytes], bytes]) -> None:
    path = copy / "model" / "model.safetensors"
    path.write_bytes(damage(path.read_bytes()))
    message = refusal("tag", copy)
    assert message.startswith(f"{path} is damaged (")
    assert message.endswith("; copy the model again")


def test_weights_of_another_model(copy: Path) -> None:
    path = copy / "model" / "config.yaml"
    lines = path.read_text(encoding="utf-8").replace("hidden_dim: 16", "hidden_dim: 17").splitlines()
    path.write_text("\n".join(line for line in lines if "  config.yaml: " not in line), encoding="utf-8")
    assert refusal("tag", copy).startswith(f"{copy}/model/model.safetensors does not fit config.yaml: ")


def test_a_damaged_checkpoint(copy: Path) -> None:
    path = copy / "checkpoint.pt"
    path.write_bytes(path.read_bytes()[:5000])
    message = refusal("resume", copy)
    assert message.startswith(f"{path} cannot be read (")
    assert message.endswith("; the run cannot be resumed, start it again")


def test_a_damaged_config_of_a_run(copy: Path) -> None:
    (copy / "config.yaml").write_text("", encoding="utf-8")
    message = refusal("resume", copy)
    expected = "is damaged (expected settings, found NoneType)"
    assert message == f"{copy}/config.yaml {expected}; remove {copy} and start the run again"


def test_data_that_changed_since_the_run_began(data: Path) -> None:
    output(*command())
    (data / "train.conll").write_text(GOOD + GOOD, encoding="utf-8")
    assert refusal("resume", "run") == "the training data changed since run began; restore it, or start a new run"


def test_a_development_split_that_changed_since_the_run_began(data: Path) -> None:
    output(*command())
    (data / "dev.conll").write_text(GOOD + GOOD, encoding="utf-8")
    assert refusal("resume", "run") == "the development data changed since run began; restore it, or start a new run"


def test_a_second_run_into_the_same_directory_is_refused_and_the_first_untouched(copy: Path) -> None:
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    message = refusal("train", "recipe=tagging/demo", f"run={copy}", *TINY)
    assert message == (
        f"{copy} already holds something; choose another directory with run=..., or go on with `seqnlp resume {copy}`"
    )
    assert {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()} == before


def test_of_runs_that_start_at_once_one_gets_the_directory(tmp_path: Path) -> None:
    def attempt(seed: int) -> Config | None:
        config = read_config({"seed": seed, "run": f"{tmp_path}/{number}", "data": {"train": "x"}})
        try:
            claim(config)
        except RunError:
            return None
        return config

    with ThreadPoolExecutor(8) as pool:
        for number in range(20):
            (winner,) = filter(None, pool.map(attempt, range(8)))
            written = yaml.safe_load((tmp_path / str(number) / "config.yaml").read_text(encoding="utf-8"))
            assert written["seed"] == winner.seed


def test_a_run_directory_that_cannot_be_made(data: Path) -> None:
    message = refusal(*command(run="train.conll/run"))
    assert message == "cannot make the run directory train.conll/run: Not a directory"


def test_a_full_disk_while_saving_leaves_the_old_checkpoint_whole(copy: Path) -> None:
    config = (copy / "config.yaml").read_text(encoding="utf-8")
    (copy / "config.yaml").write_text(config.replace("epochs: 3", "epochs: 4"), encoding="utf-8")
    shutil.rmtree(copy / "model")
    checkpoint = unfinished(copy / "checkpoint.pt")
    limit = len(checkpoint) // 2

    def small_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    finished = subprocess.run(
        [sys.executable, "-m", "seqnlp", "resume", copy],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=small_disk,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert finished.returncode == 2
    assert "Traceback" not in finished.stderr
    last = finished.stderr.splitlines()[-1]
    assert last == (
        f"error: cannot write {copy}/checkpoint.pt (File too large): the old checkpoint.pt is whole; "
        "free some space or choose another folder, then go on"
    )
    assert (copy / "checkpoint.pt").read_bytes() == checkpoint
    assert [path.name for path in copy.glob(".*")] == [".hydra"]  # nothing half written stays
    assert seqnlp("resume", copy).status == 0  # with room, it goes on
    assert len((copy / "log.csv").read_text().splitlines()) == 1 + 4


def unfinished(path: Path) -> bytes:
    """Make a finished run's checkpoint one that may go on; returns its bytes."""
    import torch

    stored = torch.load(path, weights_only=True)
    stored["progress"]["finished"] = False
    torch.save(stored, path)
    return path.read_bytes()
