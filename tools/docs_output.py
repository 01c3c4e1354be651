"""Run the commands of the documentation, put what they print below them, and keep the pictures that they draw.

    python tools/docs_output.py [--work build/docs] [docs/tagging.md ...]

A block of commands (```sh, ```python) runs if a block of output (```text) follows, or if it draws an .svg file, which
moves to ``docs/img/``. Blocks run in order, in the folder ``--work``. A run that is there is not trained again. Of an
output that ends with ``...`` only as many lines as before are kept. What a training prints on standard error is its
output; of a sweep it is the tables at its end.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = (
    "README.md",
    "docs/index.md",
    "docs/tasks/*.md",
    "docs/python.md",
    "docs/experiments.md",
    "docs/fine-tuning.md",
    "docs/sweeps.md",
    "docs/lstm.md",
)
BLOCKS = re.compile(
    r"^```(?P<language>sh|python)\n(?P<commands>.*?)^```\n(?:\n?```text\n(?P<output>.*?)^```\n)?",
    re.MULTILINE | re.DOTALL,
)
PICTURE = re.compile(r"(?:-o|--plot) (\S+\.svg)")
TRAINS = re.compile(r"seqnlp train .*?\brun=(\S+)")


def main() -> None:
    """Bring every page up to date."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pages", nargs="*", type=Path, help="default: all pages with commands")
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "docs", help="where runs and pictures are made")
    arguments = parser.parse_args()
    work = arguments.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    if not (work / "recipes").exists():
        (work / "recipes").symlink_to(ROOT / "recipes")
    for page in arguments.pages or [page for pattern in PAGES for page in sorted(ROOT.glob(pattern))]:
        text = page.read_text(encoding="utf-8")
        page.write_text(BLOCKS.sub(lambda block: brought_up_to_date(block, work), text), encoding="utf-8")


def brought_up_to_date(block: re.Match[str], work: Path) -> str:
    """The block of commands, with what they print now below it."""
    commands, before = block["commands"], block["output"]
    pictures = PICTURE.findall(commands)
    if before is None and not pictures:
        return block[0]
    output = printed(block["language"], commands, work)
    for name in pictures:
        (ROOT / "docs" / "img").mkdir(exist_ok=True)
        shutil.move(work / name, ROOT / "docs" / "img" / name)
    if before is None:
        return block[0]
    if before.endswith("\n...\n"):
        output = "".join(output.splitlines(keepends=True)[: before.count("\n") - 1]) + "...\n"
    return f"```{block['language']}\n{commands}```\n\n```text\n{output}```\n"


def printed(language: str, commands: str, work: Path) -> str:
    """What the lines print, one after another; a program in Python is one line.

    What trainings print is left out where other commands follow.
    """
    lines = commands.splitlines() if language == "sh" else [commands]
    outputs = [(printed_by_line(language, line, work), bool(TRAINS.search(line))) for line in lines]
    only_trainings = all(trains for _, trains in outputs)
    return "".join(output for output, trains in outputs if only_trainings or not trains)


def printed_by_line(language: str, line: str, work: Path) -> str:
    """What one command prints. A training is done once, and its output is remembered in ``RUN/printed.txt``.

    Raises:
        SystemExit: it fails.
    """
    run = TRAINS.search(line) if language == "sh" else None
    memory = work / run[1] / "printed.txt" if run else None
    if memory and memory.exists():
        return memory.read_text(encoding="utf-8")
    print(f"$ {line.strip()}", file=sys.stderr)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", line] if language == "sh" else [sys.executable, "-c", line],
        cwd=work,
        env={**os.environ, "PATH": path, "COLUMNS": "100"},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if run and " -m " not in line else subprocess.PIPE,
        check=False,
    )
    if done.returncode not in (0, 141):  # 141: `| head` has seen enough
        raise SystemExit(f"failed ({done.returncode}): {line}\n{done.stdout}{done.stderr or ''}")
    output = "".join(f"{line.rstrip()}\n" for line in done.stdout.replace(f"{ROOT}/", "").splitlines())
    if memory:
        memory.write_text(output, encoding="utf-8")
    return output


if __name__ == "__main__":
    main()
