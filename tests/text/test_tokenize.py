"""Tokenizers: nothing lost, offsets exact, and as close to the corpora as they claim."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from seqnlp.errors import SeqnlpError
from seqnlp.text.conll import read_conll
from seqnlp.text.files import read_lines
from seqnlp.text.tokenize import INVISIBLE, KINDS, tokenize


def cut(text: str, kind: str) -> list[str]:
    return [token.text for token in tokenize(text, kind)]


def assert_whole(text: str, kind: str) -> None:
    """Offsets are exact and in order, no token holds a space, and nothing visible lies between tokens."""
    position = 0
    blank = str.maketrans(dict.fromkeys(INVISIBLE, " "))
    for token in tokenize(text, kind):
        assert text[token.start : token.end] == token.text
        assert token.text
        assert not any(map(str.isspace, token.text))
        assert position <= token.start
        assert not text[position : token.start].translate(blank).strip()
        position = token.end
    assert not text[position:].translate(blank).strip()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "text",
    [
        "",
        " \t\n\u00a0\u2028",
        "👩\u200d👩\u200d👧\u200d👦👍🏽🇩🇪🇫🇷1️⃣❤️\ufe0f\u200d",
        "\u0301a\u0301\u0301 हिन्दी ไทย עִבְרִית العربيّة",
        "中文字符。日本語、한국어",
        "\x00\x01\x1f\x7f\u200b\ufeff\u00ad",
        "don't 'quoted' ''x'' \u2019tis it\u2019s n't cannot wanna",
        "a.b.c. ...!!!??-- -- __init__ http:// www. @ # & &amp; x@y x@y.z :) :-( <3 ^_^ -_-",
        "1,2.3/4:5-6 $5 50% 1-800-555-0199 3rd 80mg U.S. P. Silva etc.",
    ],
)
def test_no_visible_character_is_lost_on_odd_text(text: str, kind: str) -> None:
    assert_whole(text, kind)


@pytest.mark.parametrize("kind", KINDS)
def test_no_visible_character_is_lost_on_random_text(kind: str) -> None:
    chance = random.Random(7)
    pieces = [*"aZé1_'-.,:;!?@#&/$%()<>^=\u2019\u0301\u200d\ufe0f中👍", " ", "n't", "http://", "\U0001f1e9", "\x1d"]
    for _ in range(2000):
        assert_whole("".join(chance.choices(pieces, k=chance.randrange(1, 25))), kind)
    for _ in range(500):
        codes = (chance.randrange(sys.maxunicode + 1) for _ in range(20))
        assert_whole("".join(chr(code) for code in codes if not 0xD800 <= code < 0xE000), kind)


def test_whitespace_cuts_at_spaces_only() -> None:
    assert cut(" a,b  c\u00a0d\n", "whitespace") == ["a,b", "c", "d"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I'm at https://t.co/abc, @you_2 #NLP :)", "I'm at https://t.co/abc , @you_2 #NLP :)"),
        ("It costs R$3,000.50 (50%)!!!", "It costs R$ 3,000.50 ( 50 % ) !!!"),
        ("a.b@c.org e-mail rock'n'roll", "a.b@c.org e-mail rock'n'roll"),
        ("J. Doe, U.S. at 10:30 on 9/11", "J. Doe , U.S. at 10:30 on 9/11"),
        ("so... 'what'? &amp; AT&T <3", "so ... ' what ' ? &amp; AT&T <3"),
        ("(see: p)", "( see : p )"),
        ("cut already: Ana 's dog", "cut already : Ana 's dog"),
    ],
)
def test_words_keep_the_units_of_informal_text(text: str, words: str) -> None:
    assert " ".join(cut(text, "words")) == words


def test_words_keep_emoji_sequences_and_combining_marks_whole() -> None:
    assert cut("ok👩\u200d👩\u200d👧👍🏽🇩🇪🇫🇷", "words") == ["ok", "👩\u200d👩\u200d👧", "👍🏽", "🇩🇪", "🇫🇷"]
    assert cut("हिन्दी में cafe\u0301s", "words") == ["हिन्दी", "में", "cafe\u0301s"]
    assert cut("#नमस्ते @किताब_2 #cafe\u0301s #ไม่ดี!", "words") == ["#नमस्ते", "@किताब_2", "#cafe\u0301s", "#ไม่ดี", "!"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mark", ["\u200b", "\u200e", "\u200f", "\u2060", "\ufeff", "\u00ad", "\u2066", "\u202c"])
def test_invisible_characters_neither_cut_nor_join_words(kind: str, mark: str) -> None:
    chance = random.Random(3)
    for text in ("Port Ombril's e-mail, U.S. 3,000.5!", "don't wanna :) a@b.org http://x.org/y", "\u4e2d\u6587 \u5b57"):
        plain = cut(text, kind)
        for _ in range(50):
            marked = "".join(mark * (chance.random() < 0.3) + character for character in text) + mark
            assert_whole(marked, kind)
            actual = cut(marked, kind)
            assert [word.replace(mark, "") for word in actual] == plain
            assert not any(word.startswith(mark) or word.endswith(mark) for word in actual)


@pytest.mark.parametrize("kind", KINDS)
def test_invisible_characters_alone_are_no_words(kind: str) -> None:
    assert cut("\ufeff\u200b \u2060", kind) == []


def test_characters_stand_alone_with_the_marks_on_them() -> None:
    assert cut("\u4e2d\u6587 ab, e\u0301\U0001f44d\U0001f3fd", "characters") == [
        *["\u4e2d", "\u6587", "a", "b", ",", "e\u0301", "\U0001f44d\U0001f3fd"]
    ]


def test_split_cuts_at_everything_but_letters_and_digits() -> None:
    assert " ".join(cut("IL-2/p53 (0.05%) 3H_x", "split")) == "IL - 2 / p53 ( 0 . 05 % ) 3H _ x"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't say it's we'll, cannot.", "Do n't say it 's we 'll , can not ."),
        ("Dr. O'Neil's 15-year U.S. e-mail", "Dr. O'Neil 's 15 - year U.S. e-mail"),
        ("I\u2019m gonna go at 5pm, etc.", "I \u2019m gon na go at 5 pm , etc ."),
        ("WON'T didnt 3rd 713-555-0199 $5", "WO N'T did nt 3rd 713-555-0199 $ 5"),
    ],
)
def test_english_follows_the_penn_treebank(text: str, words: str) -> None:
    assert " ".join(cut(text, "english")) == words


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(
        SeqnlpError, match=r"expected a tokenizer \(whitespace, .*found 'world' \(did you mean 'words'\?\)"
    ):
        tokenize("x", "world")


@pytest.mark.parametrize("kind", KINDS)
def test_time_is_linear_on_hostile_text(kind: str) -> None:
    units = [
        "a.",
        "A.",
        "1-",
        "1.",
        "a@",
        "a@b.",
        "^_",
        "http://.",
        "n't",
        "wo",
        "a\u0301",
        "👩\u200d",
        "-",
        "'",
        "U.S. ",
    ]
    for unit in units:
        begin = time.thread_time()
        tokenize(unit * (20_000 // len(unit)), kind)
        # Half a minute if it were quadratic; a tenth of a second alone, 1.7 s in a worker full of other tests' objects.
        assert time.thread_time() - begin < 6, unit


def test_split_gives_the_words_of_bc5cdr(shared_data: Path) -> None:
    for sentence in read_conll(shared_data / "ner/bc5cdr/dev.conll.gz"):
        assert cut("".join(f"{word} " for word in sentence.tokens), "split") == list(sentence.tokens)
        assert all(cut(word, "split") == [word] for word in sentence.tokens)


def test_english_gives_the_words_of_english_ewt(shared_data: Path) -> None:
    right = gold = ours = 0
    for text, words in texts_and_words(shared_data / "pos/ud-en-ewt/dev.conllu.gz"):
        expected, actual = places(words), places(cut(text, "english"))
        right, gold, ours = right + len(expected & actual), gold + len(expected), ours + len(actual)
    assert 2 * right / (gold + ours) > 0.985


def texts_and_words(path: Path) -> Iterator[tuple[str, list[str]]]:
    """The raw text and the words of every sentence of a CoNLL-U file."""
    text, words = "", []
    for _, line in read_lines(path):
        if line.startswith("# text = "):
            text = line.removeprefix("# text = ")
        elif not line:
            yield text, words
            words = []
        elif line.split("\t")[0].isdecimal():
            words.append(line.split("\t")[1])


def places(words: list[str]) -> set[tuple[int, int]]:
    """Where words begin and end in the text without its spaces."""
    actual, start = set(), 0
    for word in words:
        length = len("".join(word.split()))
        actual.add((start, start + length))
        start += length
    return actual
