"""What README.md and the pages of the tasks tell a newcomer to type works as it is written."""

from __future__ import annotations

import re
import shlex
import shutil
from html import escape
from pathlib import Path

import pytest
from command import output, seqnlp
from tiny_encoder import write_encoder

from seqnlp.cli import VERBS
from seqnlp.resources import RECIPES

REPOSITORY = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DEMO = RECIPES / "tagging" / "demo"
OPINIONS = RECIPES / "classification" / "demo"
FERRY = RECIPES / "forecasting" / "demo" / "ferry.csv"
READINGS = RECIPES / "anomaly_detection" / "demo" / "readings.csv"
LIVES = RECIPES / "language_model" / "demo"
PAIRS = RECIPES / "translation" / "demo"
PAGES = [
    REPOSITORY / "README.md",
    *(REPOSITORY / "docs" / f"{name}.md" for name in ("lstm", "experiments", "fine-tuning", "python", "scale")),
    *sorted((REPOSITORY / "docs" / "tasks").glob("*.md")),
]
TAGGING = REPOSITORY / "docs" / "tasks" / "tagging.md"
TRAINING = ("train", "cross-validate", "learning-curve")
SHORT = {
    "translation": ["data.limit=100", "tokenizer.vocabulary_size=400", "trainer.epochs=1"],
    "memory": ["data.train=320", "data.dev=40", "data.distance=10"],
    "anomaly": ["trainer.epochs=1"],
}
"""Settings that make a training short."""


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
        opinions = (OPINIONS / f"{name}.tsv").read_text(encoding="utf-8").splitlines(keepends=True)[:100]
        (tmp_path / f"{name}.tsv").write_text("".join(opinions), encoding="utf-8")
        for language in ("de", "en"):
            lines = (PAIRS / f"{name}.{language}").read_text(encoding="utf-8").splitlines(keepends=True)[:100]
            (tmp_path / f"{name}.{language}").write_text("".join(lines), encoding="utf-8")
    shutil.copy(FERRY, tmp_path / "series.csv")
    write_other_formats(tmp_path)
    lines = (LIVES / "train.txt").read_text(encoding="utf-8").splitlines(keepends=True)[:60]
    (tmp_path / "text.txt").write_text("".join(lines), encoding="utf-8")
    write_encoder(tmp_path / "all-MiniLM-L6-v2")
    return tmp_path


def write_other_formats(folder: Path) -> None:
    """A folder per class, a table with a heading and a translation memory."""
    rows = [line.split("\t", 1) for line in (folder / "train.tsv").read_text(encoding="utf-8").splitlines()[:60]]
    for number, (label, text) in enumerate(rows):
        (folder / "train" / label).mkdir(parents=True, exist_ok=True)
        (folder / "train" / label / f"{number}.txt").write_text(text, encoding="utf-8")
    table = ["review,stars"] + [f'"{text}",{label}' for label, text in rows]
    (folder / "train.csv").write_text("\n".join(table) + "\n", encoding="utf-8")
    sides = [(folder / f"train.{language}").read_text(encoding="utf-8").splitlines() for language in ("de", "en")]
    units = [
        f'<tu><tuv xml:lang="de"><seg>{escape(de)}</seg></tuv><tuv xml:lang="en"><seg>{escape(en)}</seg></tuv></tu>'
        for de, en in zip(*sides, strict=True)
    ]
    memory = f'<tmx version="1.4"><header srclang="de"/><body>{"".join(units)}</body></tmx>'
    (folder / "memory.tmx").write_text(memory, encoding="utf-8")


def as_conllu(block: str) -> str:
    """A sentence of words with made-up parts of speech."""
    words = [line.split("\t")[0] for line in block.splitlines()]
    return "\n".join(
        f"{number}\t{word}\t_\t{'PROPN' if word.istitle() else 'X'}" + "\t_" * 6 for number, word in enumerate(words, 1)
    )


def commands(readme: str) -> list[str]:
    """The lines of the code blocks that use seqnlp, but those that need a run that the page did not train.

    Lines with an ellipsis are patterns; DATA stands for data that do not come with seqnlp.
    """
    lines = [line for language, block in BLOCK.findall(readme) if language in ("", "sh") for line in block.splitlines()]
    typed = [
        line for line in lines if re.search(r"(^|\| )seqnlp ", line) and "..." not in line and "=DATA " not in line
    ]
    trained = set(re.findall(r"run=(\S+)", "\n".join(typed)))
    alone = [line for line in typed if "-m" not in line.split()]
    return [line for line in alone if set(re.findall(r"(?<![=\w])runs/[^\s\"]+", line)) <= trained]


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
    short = next((settings for task, settings in SHORT.items() if task in line), ["trainer=debug"])
    quick = short if words[1] in TRAINING else []
    typed = [word for word in words[1:] if not (quick and word.startswith("trainer.epochs="))]
    finished = seqnlp(*typed, *quick, stdin=stdin)
    assert finished.status == 0, f"{line}\n{finished.err}"
    return finished.out


def test_the_pages_have_commands_of_every_verb_that_can_be_typed_alone() -> None:
    pages = [page.read_text(encoding="utf-8") for page in PAGES]
    verbs = {line.partition("seqnlp ")[2].split()[0] for page in pages for line in commands(page)}
    assert verbs == set(VERBS) - {
        "resume",
        "serve",
        "label-studio",
        "push",
    }  # they need a run that was stopped, an end, a network


LONG_PAGES = ("anomalies", "experiments", "fine-tuning", "language_model", "lstm", "translation")
"""Pages whose commands take longest, four to fourteen seconds; the verbs on them have quick tests as well."""


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize(
    "page",
    [pytest.param(page, marks=[pytest.mark.slow] if page.stem in LONG_PAGES else [], id=page.stem) for page in PAGES],
)
def test_every_command_and_the_python_of_a_page_run(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib")
    text = page.read_text(encoding="utf-8")
    if '"runs/tagger"' in text and "run=runs/tagger" not in text:
        type_in("seqnlp train recipe=tagging/demo run=runs/tagger")
    for line in commands(text):
        answer = type_in(line)
        if "| seqnlp" in line or "< " in line:
            assert answer
    for language, program in BLOCK.findall(text):
        if language == "python":
            capsys.readouterr()
            exec(program, {})
            assert capsys.readouterr().out


@pytest.mark.usefixtures("place")
def test_the_settings_that_the_tagging_page_names_exist(place: Path) -> None:
    (place / "glove.txt").write_text("ada 0.1 0.2\nthe 0.3 0.4\n", encoding="utf-8")
    inline = set(re.findall(r"`((?:data|model|trainer|optimizer)\.\w+=[^`]+)`", TAGGING.read_text(encoding="utf-8")))
    assert {"data.repair=true", "model.vectors=glove.txt", "data.dev=10%"} <= inline
    mine = ["data.train=train.conll", "run=runs/mine", "trainer=debug"]
    output("train", *mine, *sorted(inline))
