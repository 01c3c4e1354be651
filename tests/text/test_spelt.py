"""Texts that a model reads letter by letter are told from others."""

from __future__ import annotations

import pytest

from seqnlp.text.spelt import is_spelt


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("DER HUND SIEHT", ["\u2581D", "E", "R", "\u2581", "H", "U", "N", "D", "\u2581S", "I", "E", "H", "T"]),
        ("ה כלב רץ מהר", [f"<0x{byte:02X}>" for byte in "הכלברץמהר".encode()]),
        ("我要退款今天能发", [f"<0x{byte:02X}>" for byte in "我要退款今天能发".encode()]),
    ],
)
def test_letters_that_are_read_alone_are_known(text: str, pieces: list[str]) -> None:
    assert is_spelt(text, [*pieces, "</s>"])


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("der Hund sieht", ["\u2581der", "\u2581H", "u", "n", "d", "\u2581s", "ie", "h", "t"]),
        ("我要退款今天能发", list("我要退款今天能发")),
        ("NATO, 2024", ["\u2581", "N", "A", "T", "O", ",", "\u2581", "2", "0", "2", "4"]),
        ("1234567890 %s", list("1234567890%s")),
        ("", []),
    ],
)
def test_others_are_not(text: str, pieces: list[str]) -> None:
    assert not is_spelt(text, [*pieces, "</s>"])
