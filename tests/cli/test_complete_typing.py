"""``seqnlp complete --typing``: what is said of a text whose last word is under way."""

from __future__ import annotations

from pathlib import Path

import pytest

from seqnlp.cli import main

MODEL = Path(__file__).parents[1] / "old_models" / "words"


@pytest.mark.parametrize(
    ("text", "typing", "unknown"),
    [
        ("zzz a", ["--typing"], "zzz"),
        ("zzz xyz", ["--typing"], "zzz"),
        ("zzz xyz ", ["--typing"], "zzz, xyz"),
        ("zzz xyz", [], "zzz, xyz"),
        ("xyz", ["--typing"], ""),
    ],
)
def test_the_word_that_is_typed_is_no_unknown_one(
    text: str, typing: list[str], unknown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["complete", str(MODEL), text, *typing]) == 0
    told = [line for line in capsys.readouterr().err.splitlines() if "vocabulary" in line]
    assert [line.rpartition(": ")[2] for line in told] == ([unknown] if unknown else [])
