from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from seqnlp.resources import RECIPES

FOLDER = RECIPES / "language_model" / "demo"
SIZES = {"train": 1500, "dev": 200, "test": 200}


def lines_of(split: str) -> list[str]:
    return (FOLDER / f"{split}.txt").read_text(encoding="utf-8").splitlines()


def test_the_generator_makes_the_text_that_ships(repository: Path, tmp_path: Path) -> None:
    program = repository / "tools" / "make_demo_text.py"
    subprocess.run([sys.executable, str(program), "--folder", str(tmp_path)], check=True, cwd=repository)
    for split in SIZES:
        assert (tmp_path / f"{split}.txt").read_bytes() == (FOLDER / f"{split}.txt").read_bytes()


def test_sizes_are_as_promised_and_no_line_occurs_twice() -> None:
    lines = {split: lines_of(split) for split in SIZES}
    assert {split: len(some) for split, some in lines.items()} == SIZES
    assert len({line for some in lines.values() for line in some}) == sum(SIZES.values())
    assert sum((FOLDER / f"{split}.txt").stat().st_size for split in SIZES) < 500_000


def test_a_country_decides_the_language_spoken_there() -> None:
    for line in (line for split in SIZES for line in lines_of(split)):
        homes = {word.strip(".,").removesuffix("land") for word in line.split() if word.strip(".,").endswith("land")}
        spoken = {
            word.strip(".").removesuffix("ish")
            for word in line.split()
            if word.strip(".").endswith("ish") and word[0].isupper()
        }
        assert len(homes) == 1
        assert spoken <= homes
