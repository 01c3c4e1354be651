"""What users' texts may not do to a terminal."""

from __future__ import annotations

from command import refusal

from seqnlp.api import Classification, Completion, Explanation, WordContribution
from seqnlp.cli.classify_output import write_text
from seqnlp.cli.complete import format_words
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


def test_labels_and_words_of_answers_show_them() -> None:
    why = Explanation("gradients", HOSTILE, [WordContribution(HOSTILE, 0.5)])
    line = write_text(Classification(HOSTILE, [HOSTILE], {HOSTILE: 0.9}, 1, 1, why))
    assert line.count("\u241b[2J") == 2
    for shown in (line, format_words([Completion(HOSTILE, 0.25)])):
        assert not set("\x07\x9b\x7f\r\x1b") & set(shown)
