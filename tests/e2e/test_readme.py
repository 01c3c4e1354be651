"""What README.md tells a newcomer to type works as it is written."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest
from command import output, seqnlp

from seqnlp.cli import VERBS
from seqnlp.resources import RECIPES

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DEMO = RECIPES / "tagging" / "demo"
OPINIONS = RECIPES / "sentiment" / "demo"
FERRY = RECIPES / "forecast" / "demo" / "ferry.csv"
READINGS = RECIPES / "anomaly" / "demo" / "readings.csv"
PAIRS = RECIPES / "translation" / "demo"
SHORT = ["data.limit=100", "tokenizer.vocabulary_size=400", "trainer.epochs=1"]


@pytest.fixture(scope="module")
def readme(repository: Path) -> str:
    return (repository / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def place(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that looks like the checkout, with labelled files of one's own; it becomes the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SEQNLP_DATA", raising=False)
    (tmp_path / "recipes").symlink_to(repository / "recipes")
    shutil.copy(READINGS, tmp_path)
    for name in ("train", "dev", "test"):
        blocks = (DEMO / f"{name}.conll").read_text(encoding="utf-8").split("\n\n")[:50]
        (tmp_path / f"{name}.conll").write_text("\n\n".join(blocks) + "\n", encoding="utf-8")
        (tmp_path / f"{name}.conllu").write_text("\n\n".join(map(as_conllu, blocks)) + "\n\n", encoding="utf-8")
        shutil.copy(OPINIONS / f"{name}.tsv", tmp_path)
        for language in ("de", "en"):
            lines = (PAIRS / f"{name}.{language}").read_text(encoding="utf-8").splitlines(keepends=True)[:100]
            (tmp_path / f"{name}.{language}").write_text("".join(lines), encoding="utf-8")
    shutil.copy(FERRY, tmp_path / "series.csv")
    return tmp_path


def as_conllu(block: str) -> str:
    """A sentence of words with made-up parts of speech."""
    words = [line.split("\t")[0] for line in block.splitlines()]
    return "\n".join(
        f"{number}\t{word}\t_\t{'PROPN' if word.istitle() else 'X'}" + "\t_" * 6 for number, word in enumerate(words, 1)
    )


def commands(readme: str) -> list[str]:
    """The lines of the code blocks that use seqnlp; those with an ellipsis are patterns."""
    lines = [line for language, block in BLOCK.findall(readme) if not language for line in block.splitlines()]
    return [line for line in lines if re.search(r"(^|\| )seqnlp ", line) and "..." not in line]


def type_in(line: str) -> str:
    """Run a line with at most ``echo TEXT |`` before it or ``< FILE`` after it; trainings are cut short."""
    words = shlex.split(line, comments=True)
    stdin = b""
    if "|" in words:
        bar = words.index("|")
        assert words[0] == "echo"
        stdin, words = " ".join(words[1:bar]).encode() + b"\n", words[bar + 1 :]
    if "<" in words:
        stdin, words = Path(words[-1]).read_bytes(), words[:-2]
    assert words[0] == "seqnlp"
    short = SHORT if "translation" in line else ["trainer.epochs=1"] if "anomaly" in line else ["trainer=debug"]
    quick = short if words[1] == "train" and "=" in words[-1] else []
    finished = seqnlp(*words[1:], *quick, stdin=stdin)
    assert finished.status == 0, f"{line}\n{finished.err}"
    return finished.out


def test_the_readme_has_commands_of_every_verb_but_resume(readme: str) -> None:
    verbs = {line.partition("seqnlp ")[2].split()[0] for line in commands(readme)}
    assert verbs == set(VERBS) - {"resume"}


@pytest.mark.usefixtures("place")
def test_every_command_and_the_python_of_the_readme_run(readme: str, capsys: pytest.CaptureFixture[str]) -> None:
    for line in commands(readme):
        answer = type_in(line)
        if "| seqnlp tag" in line or "< " in line:
            assert answer
    (program,) = [block for language, block in BLOCK.findall(readme) if language == "python"]
    names: dict[str, Any] = {}
    exec(program, names)
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == len(names["answer"].spans)


@pytest.mark.usefixtures("place")
def test_the_settings_the_readme_names_in_its_sentences_exist(readme: str, place: Path) -> None:
    (place / "glove.txt").write_text("ada 0.1 0.2\nthe 0.3 0.4\n", encoding="utf-8")
    inline = set(re.findall(r"`((?:data|model|trainer|optimizer)\.\w+=[^`]+)`", readme))
    assert {"data.repair=true", "model.vectors=glove.txt"} <= inline
    mine = ["data.train=train.conll", "data.dev=dev.conll", "run=runs/mine", "trainer=debug"]
    output("train", *mine, *(setting for setting in sorted(inline) if "..." not in setting))
