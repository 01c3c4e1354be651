"""Runs of words of scripts without spaces are told from words."""

from __future__ import annotations

import pytest

from seqnlp.text.scripts import runs_of_words


@pytest.mark.parametrize(
    "words",
    [
        ["这部电影很好看", "。", "不错"],
        ["我要退款", "今天能发货吗"],
        ["ฉันรักเชียงใหม่มาก", "อาหารอร่อย"],
        ["この映画は面白い", "、", "とても良い"],
    ],
)
def test_runs_of_words_are_known(words: list[str]) -> None:
    assert runs_of_words(words * 3) == max(words, key=len)


@pytest.mark.parametrize(
    "words",
    [
        ["这", "部", "电影", "很", "好看", "。"],
        ["ฉัน", "รัก", "เชียงใหม่", "มาก"],
        ["a", "film", "called", "这部电影很好看"],
        ["incomprehensibilities", "uncharacteristically"],
        ["이", "영화는", "재미있습니다"],
        [],
    ],
)
def test_words_are_none(words: list[str]) -> None:
    assert runs_of_words(words * 3) == ""
