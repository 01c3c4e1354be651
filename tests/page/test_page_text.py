"""The JavaScript of pages reads text as Python does: words, casing, digits."""

from __future__ import annotations

import random
import sys
import unicodedata

import pytest
from page_answers import PARTS, needs_node, page_answers, random_lines
from page_models import make_subwords

from seqnlp.errors import SeqnlpError
from seqnlp.page.patterns import to_javascript
from seqnlp.page.sentencepiece import read_sentencepiece
from seqnlp.text.casing import casing_index
from seqnlp.text.tokenize import KINDS, pattern_of, tokenize
from seqnlp.text.word_pieces import WordPieces

LINES = [*random_lines(500, seed=3), "", " ", "He can't. I cannot!", "\u200b\u200b", "a\u200bb U.S. 🇩🇪 👩‍🚀"]


@needs_node
def test_every_tokenizer_cuts_lines_of_any_characters_alike() -> None:
    questions = [{"pattern": to_javascript(pattern_of(kind)), "lines": LINES} for kind in KINDS]
    for kind, actual in zip(KINDS, page_answers("tokenizers", questions), strict=True):
        for line, words in zip(LINES, actual, strict=True):
            assert words == [token.text for token in tokenize(line, kind)], (kind, line)


@needs_node
@pytest.mark.parametrize("normalization", ["nmt_nfkc", "nfkc_cf", "identity"])
@pytest.mark.parametrize("kind", ["bpe", "unigram"])
def test_subwords_are_those_of_sentencepiece(kind: str, normalization: str) -> None:
    subwords = make_subwords(kind, normalization)
    draw = random.Random(1)
    lines = [*LINES, "  two  spaces ", "the soups of Ashby", "\u3000wide\u3000", "\u2581", "a\tb"]
    lines += ["so\u00adup", "\u00ad", "s\u2066oup\u2069 \u200e", "a\u200bb \u2060", "\ufeffsoup"]
    ids = [[draw.randrange(len(subwords)) for _ in range(draw.randint(0, 12))] for _ in range(500)]
    question = {"model": read_sentencepiece(subwords.to_bytes()), "lines": lines, "ids": ids}
    (actual,) = page_answers("subwords", [question])
    for line, numbers in zip(lines, actual["encoded"], strict=True):
        assert numbers == subwords.encode([line])[0], repr(line)
    for row, text in zip(ids, actual["decoded"], strict=True):
        assert text == subwords.decode(row), subwords.pieces(row)


@needs_node
def test_every_word_is_cut_into_the_same_pieces() -> None:
    characters = sorted({character for line in LINES[::2] for character in line.lower()})
    pieces = [*characters[::2], *(f"##{character}" for character in characters[::3]), "", "##", "Ada", "##\u0301"]
    pieces += [line[at : at + 3].lower() for line in LINES for at in (0, 5)]
    pieces += [f"##{line[at : at + 4].lower()}" for line in LINES for at in (1, 3, 9)]
    draw = random.Random(8)
    words = [*LINES, *PARTS, *("".join(draw.choices(characters, k=7)) for _ in range(500)), "e\u0301é", "한국", "#tag"]
    (actual,) = page_answers("pieces", [{"pieces": pieces, "words": words}])
    cutter = WordPieces(pieces)
    assert sum(map(len, actual)) > 3 * len(words)
    for word, rows in zip(words, actual, strict=True):
        assert rows == cutter.rows(word), repr(word)


@needs_node
def test_every_word_has_the_same_casing() -> None:
    words = [token.text for line in LINES for token in tokenize(line, "words")]
    words += ["", "3,000.5", "1990s", "B2", "U.S.", "I", "iPad", "McX", "ǅ", "ⅷ", "ß", "ẞ", "²"]
    actual = page_answers("casing", words)
    assert [casing for casing, _ in actual] == [casing_index(word) for word in words]


@needs_node
def test_every_digit_is_one() -> None:
    known = [chr(code) for code in range(sys.maxunicode + 1)]
    text = "".join(c for c in known if unicodedata.category(c) not in ("Cs", "Cn", "Co"))
    ((_, digits),) = page_answers("casing", [text])
    assert digits == "".join(filter(str.isdigit, text))


@pytest.mark.parametrize("pattern", ["(a)", "a*?", r"[\S\d]", "(?i:[a-c])", "^a"])
def test_a_pattern_that_javascript_lacks_is_refused(pattern: str) -> None:
    if pattern == "(a)":  # groups only group here
        assert to_javascript(pattern) == "(?:a)"
        return
    with pytest.raises(SeqnlpError, match="a page cannot have the tokenizer's pattern"):
        to_javascript(pattern)
