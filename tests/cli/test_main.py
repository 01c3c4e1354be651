from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from seqnlp import __version__
from seqnlp.cli import VERBS, main
from seqnlp.resources import RECIPES, find_recipes
from seqnlp.task_table import TASKS

HEAVY = ("torch", "datasets", "hydra", "omegaconf", "seqeval", "sklearn", "scipy", "matplotlib", "rich", "numpy")


def seqnlp(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "seqnlp", *arguments], capture_output=True, text=True, check=False)


def error(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err


@pytest.mark.parametrize("arguments", [["--help"], ["recipes"], ["--version"], *([verb, "--help"] for verb in VERBS)])
def test_help_and_recipes_import_nothing_heavy(arguments: list[str]) -> None:
    program = (
        f"import sys\nfrom seqnlp.cli import main\ntry:\n    main({arguments})\nexcept SystemExit:\n    pass\n"
        f"print('heavy:', sorted(set({HEAVY}) & set(sys.modules)))"
    )
    output = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert output.splitlines()[-1] == "heavy: []"


def test_the_main_help_names_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in ([], ["--help"], ["-h"]):
        assert main(arguments) == 0
        output = capsys.readouterr().out
        assert all(f"\n  {verb} " in output for verb in VERBS)
        assert "examples:" in output


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_examples_in_its_help(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main([verb, "--help"])
    assert stop.value.code == 0
    output = capsys.readouterr().out
    assert f"usage: seqnlp {verb}" in output
    assert "examples:" in output
    assert f"seqnlp {verb} " in output.partition("examples:")[2]


def test_the_module_runs_and_knows_its_version() -> None:
    finished = seqnlp("--version")
    assert (finished.returncode, finished.stdout) == (0, f"seqnlp {__version__}\n")


def test_an_error_is_one_sentence_on_standard_error_without_a_traceback() -> None:
    finished = seqnlp("train", "recipe=tagging/dmo", "--nproc", "1", "seed=1")
    assert finished.returncode == 2
    assert finished.stdout == ""
    assert finished.stderr == (
        "error: 1 problem in the configuration:\n"
        "  recipe: no 'tagging/dmo' (did you mean 'tagging/demo'?); list them with `seqnlp recipes`\n"
    )


def test_an_unknown_verb_gets_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    expected = (
        "error: 'trian' is no verb of seqnlp (did you mean 'train'?); "
        "expected one of train, resume, evaluate, verify, tag, translate, classify, complete, generate, forecast, "
        "detect, batch, score, compare, cross-validate, learning-curve, suggest, plot, export, data, vectors, teach, "
        "push, serve, label-studio, recipes\n"
    )
    assert error(capsys, "trian", "recipe=tagging/demo") == expected


def test_fewer_than_one_process_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert error(capsys, "train", "--nproc", "0") == "error: --nproc: expected 1 or more, found 0\n"


def test_ctrl_c_ends_with_the_usual_status(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(arguments: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("seqnlp.cli.recipes.run", interrupt)
    assert main(["recipes"]) == 130


def test_a_reader_that_leaves_early_is_no_error() -> None:
    shell = f"set -o pipefail; {sys.executable} -m seqnlp train --settings | head -n 0; echo ${{PIPESTATUS[0]}}"
    finished = subprocess.run(["bash", "-c", f"{shell}"], capture_output=True, text=True, check=False)
    assert finished.stderr == ""
    assert finished.stdout in ("141\n", "0\n")  # 0: all was written before the reader left


def test_all_settings_are_listed_with_their_range(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--settings"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "model.cell                    lstm        recurrent cell [lstm, gru, rnn, peephole]" in lines
    assert "trainer.progress              true        draw a progress bar when standard error is a terminal" in lines
    (dropout,) = [line for line in lines if line.startswith("model.word_dropout")]
    assert dropout.endswith("[at least 0, less than 1]")


def listed(capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, list[str]]:
    """The lines of the list of recipes below each name, the task first."""
    assert main(["recipes", *options]) == 0
    actual: dict[str, list[str]] = {}
    for line in capsys.readouterr().out.splitlines():
        assert len(line) <= 80
        if line.startswith(" "):
            actual[next(reversed(actual))].append(line.strip())
        else:
            name, task = line.split()
            actual[name] = [task]
    return actual


def test_recipes_are_listed_with_their_tasks_within_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    actual = listed(capsys)
    assert actual.pop("name") == ["task", "data", "results"]
    assert list(actual) == list(find_recipes())
    assert {lines[0] for lines in actual.values()} == set(TASKS)
    assert all(len(lines) >= 3 for lines in actual.values())
    assert actual["forecasting/demo"][0] == "forecasting"


BROKEN = {
    "a_list": (b"- task: tagging\n", "expected settings (KEY: VALUE), found list"),
    "latin": ("about: {data: caf\u00e9}\n".encode("latin-1"), "invalid continuation byte"),
    "deep": (b"[" * 5000, ""),
    "unclosed": (b"about: {data: x\n", "expected ',' or '}'"),
    "no_such_date": (b"about: 2020-13-45\n", "month must be in 1..12"),
    "no_such_task": (b"task: forecast\n", "found 'forecast' (did you mean 'forecasting'?)"),
}


def test_a_broken_recipe_is_a_row_of_its_own_among_the_others(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = tmp_path / "recipes" / "own"
    folder.mkdir(parents=True)
    for name, (content, _) in BROKEN.items():
        (folder / f"{name}.yaml").write_bytes(content)
    (folder / "on_top.yaml").write_text("defaults: [/recipes/forecasting/demo]\n", encoding="utf-8")
    (folder / "empty.yaml").touch()
    (folder / "odd.yaml").write_text('task: tagging\nabout: {data: [1], results: "a\\e[31mb"}\n', encoding="utf-8")
    actual = listed(capsys, "--config-dir", str(tmp_path))
    for name, (_, reason) in BROKEN.items():
        task, *lines = actual[f"own/{name}"]
        assert task == "broken"
        assert reason.replace(" ", "") in "".join(lines).replace(" ", "")
    assert actual["own/on_top"] == ["forecasting"]
    assert actual["own/empty"] == ["tagging"]
    assert actual["own/odd"] == ["tagging", "a\N{REPLACEMENT CHARACTER}[31mb"]
    assert set(find_recipes()) < set(actual)


def test_a_recipe_is_shown_with_its_results(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = tmp_path / "recipes" / "tagging"
    folder.mkdir(parents=True)
    (folder / "mine.yaml").write_text("name: tagging/mine\n", encoding="utf-8")
    (folder / "README.md").write_text(
        "# Results\n\n| recipe | F1 |\n|---|---|\n| `tagging/mine` | 41.0 |\n| `tagging/other` | 12.0 |\n",
        encoding="utf-8",
    )
    assert main(["recipes", "show", "tagging/mine", "--config-dir", str(tmp_path)]) == 0
    output = capsys.readouterr().out
    assert output.startswith(f"# {folder / 'mine.yaml'}\nname: tagging/mine\n")
    assert output.endswith("\n\n| recipe | F1 |\n|---|---|\n| `tagging/mine` | 41.0 |\n")


def test_an_unknown_recipe_gets_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    expected = "error: recipe: no 'tagging/wnut' (did you mean 'tagging/wnut17'?); list them with `seqnlp recipes`\n"
    assert error(capsys, "recipes", "show", "tagging/wnut") == expected


def test_a_copy_is_the_same_file_where_config_dir_finds_it(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = tmp_path / "my"
    assert main(["recipes", "copy", "tagging/demo", str(folder)]) == 0
    copy = folder / "recipes" / "tagging" / "demo.yaml"
    assert (
        capsys.readouterr().out
        == f"{copy}: change it, then\n  seqnlp train --config-dir {folder} recipe=tagging/demo\n"
    )
    assert copy.read_bytes() == (RECIPES / "tagging" / "demo.yaml").read_bytes()
    assert find_recipes(str(folder))["tagging/demo"] == copy
    expected = f"error: {copy} exists; choose another folder, or remove it first\n"
    assert error(capsys, "recipes", "copy", "tagging/demo", str(folder)) == expected


def test_a_copy_to_where_nothing_can_be_written_says_so(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    message = error(capsys, "recipes", "copy", "tagging/demo", str(tmp_path / "file"))
    path = f"{tmp_path}/file/recipes/tagging/demo.yaml"
    assert message.startswith(f"error: cannot write {path} (Not a directory): nothing was written")


@pytest.mark.parametrize("arguments", [["show"], ["copy", "tagging/demo"], ["list", "x"], ["delete"]])
def test_other_uses_of_recipes_say_what_is_expected(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    expected = "error: expected `seqnlp recipes`, `seqnlp recipes show NAME` or `seqnlp recipes copy NAME FOLDER`\n"
    assert error(capsys, "recipes", *arguments) == expected


def test_a_default_as_wide_as_its_column_stands_apart_from_its_meaning(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--settings", "task=anomaly_detection"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.split()[:2] == ["task", "anomaly_detection"] for line in lines)


@pytest.mark.parametrize("option", ["--page", "--int8", "--onnx"])
def test_an_empty_name_of_a_file_is_refused(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["export", "runs/a", option, ""])
    assert f"argument {option}: expected a name of a file or folder, found nothing" in capsys.readouterr().err
