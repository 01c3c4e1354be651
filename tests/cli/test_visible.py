"""What users' texts may not do to a terminal."""

from __future__ import annotations

from command import refusal

from seqnlp.cli.visible import visible

HOSTILE = "\x1b[2J\x1b]0;title\x07\x9b31m\x7f\r"


def test_no_control_character_is_left_and_every_other_is() -> None:
    everything = "".join(map(chr, range(0x250))) + "\u4e00\U0001f600"
    shown = visible(everything)
    assert [c for c in shown if ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0] == ["\t", "\n"]
    assert visible("\x1b[31mAda") == "\u241b[31mAda"
    assert visible(everything[0xA0:]) == everything[0xA0:]


def test_errors_show_them_too() -> None:
    assert refusal("tag", f"no{HOSTILE}run").startswith("no\u241b[2J\u241b]0;title\u2407")
