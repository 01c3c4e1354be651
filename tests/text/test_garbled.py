"""Texts that were decoded wrongly are told from texts."""

from __future__ import annotations

import pytest

from seqnlp.text.garbled import garbled_note

TEXTS = ["schön über alles", "it’s – naïve", "café à l’œuvre", "Größe “zwei”"]


@pytest.mark.parametrize("text", TEXTS)
def test_utf8_that_was_read_as_windows_1252_is_said(text: str) -> None:
    garbled = text.encode().decode("cp1252", "replace")
    assert "2 of 3 documents have letters that were decoded wrongly, such as '" in garbled_note(
        [garbled, garbled, "plain"], "documents"
    )


def test_lost_letters_are_said() -> None:
    assert "such as '\ufffd': write them anew" in garbled_note(["sch\ufffdn", "b\ufffdse"], "sentences")


@pytest.mark.parametrize("text", [*TEXTS, "SÃO PAULO, MAÇÃ", "Âge", "Ã", "châle", "10 €", "昨天"])
def test_letters_as_they_are_say_nothing(text: str) -> None:
    assert garbled_note([text] * 4, "documents") == ""


def test_a_few_among_many_say_nothing() -> None:
    assert garbled_note(["sch\ufffdn", "b\ufffdse", *["plain"] * 500], "documents") == ""
