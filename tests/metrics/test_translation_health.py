from __future__ import annotations

import math
import random
import time

import numpy as np
import pytest

from seqnlp.errors import DataError
from seqnlp.metrics.translation_health import copied_words, find_repeat, health


def look(*lines: tuple[str, str, str], attentions=None):
    """The health of lines of source, output and reference."""
    columns = [list(column) for column in zip(*lines, strict=True)]
    return health(*columns, attentions or [None] * len(lines))


def test_a_healthy_translation_shows_no_sign():
    actual = look(("ein Hund", "a dog", "a dog"), ("", "", ""))
    assert (actual.length_ratio, actual.brevity_penalty) == (1, 1)
    assert (actual.empty.count, actual.empty.total) == (0, 1)
    assert (actual.repeated.count, actual.repeated.total, actual.copied.count) == (0, 2, 0)
    assert actual.uncovered is None
    assert actual.empty.examples == actual.repeated.examples == actual.copied.examples == []


def test_length_ratio_and_brevity_penalty_are_of_the_summed_words():
    actual = look(("x", "one two", "one two three"), ("x", "one", "one"))
    assert actual.length_ratio == pytest.approx(3 / 4)
    assert actual.brevity_penalty == pytest.approx(math.exp(1 - 4 / 3))
    assert look(("x", "one two three", "one two")).brevity_penalty == 1
    silent = look(("x", "", "one"))
    assert (silent.length_ratio, silent.brevity_penalty) == (0, 0)


def test_blank_outputs_count_unless_the_source_is_blank_too():
    actual = look(("ein Hund", " ", "a dog"), ("  ", "", "x"), ("ein langer Satz", "", "y"), ("da", "there", "there"))
    assert (actual.empty.count, actual.empty.total, actual.empty.share) == (2, 3, pytest.approx(2 / 3))
    assert [(each.line, each.source) for each in actual.empty.examples] == [(3, "ein langer Satz"), (1, "ein Hund")]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("the the dog", ("the", 2)),
        ("a man a man a man .", ("a man", 3)),
        ("The the the dog", ("The", 3)),
        ("in a big red in a big red car", ("in a big red", 2)),
        ("one two three four five one two three four five", None),  # five words
        ("a dog and a dog", None),  # not in succession
        ("no , no , no", ("no ,", 2)),
        ("stop . . . . .", None),  # punctuation alone
        ("b b c c c", ("c", 3)),  # the longest stretch
        ("い い", None),
        ("い い い い い い", ("い い い", 2)),
        ("犬 が 犬 が 犬 が 犬 が", ("犬 が 犬 が", 2)),
        ("", None),
        ("one", None),
    ],
)
def test_repeats(words, expected):
    actual = find_repeat(words.split())
    assert (actual and (" ".join(actual[0]), actual[1])) == expected


def test_repeats_agree_with_a_plain_search():
    draw = random.Random(0)
    for _ in range(2000):
        words = draw.choices("abc", k=draw.randint(0, 10))
        starts = [
            (start, size)
            for size in (1, 2, 3, 4)
            for start in range(len(words))
            if words[start : start + size] == words[start + size : start + 2 * size] and start + 2 * size <= len(words)
        ]
        actual = find_repeat(words)
        assert (actual is not None) == bool(starts)
        if actual:
            gram, times = actual
            assert "".join(gram * times) in "".join(words)
            assert times >= 2


def test_an_endless_loop_of_words_takes_no_time():
    started = time.process_time()
    assert find_repeat(["a", "b"] * 20_000) == (["a", "b"], 20_000)
    assert time.process_time() - started < 2


def test_outputs_with_repeats_are_counted_beside_the_references_and_the_worst_comes_first():
    actual = look(
        ("x", "the the dog.", "the dog."),
        ("x", "very very good", "very very good"),
        ("x", "and a and a and a", "and a"),
        ("x", "no", "no"),
    )
    assert (actual.repeated.count, actual.repeated.total, actual.repeated_references) == (3, 4, 1)
    examples = [(each.line, each.detail) for each in actual.repeated.examples]
    assert examples == [(3, "and a (3 times)"), (1, "the (2 times)"), (2, "very (2 times)")]


def test_copied_words_are_long_ones_that_the_reference_has_not():
    line = (
        "Der Feuerwehrmann löscht in Berlin das alte Restaurant Haus Hau",
        "The Feuerwehrmann in Berlin das old Restaurant Haus Hau",
        "The fireman in Berlin the old restaurant house",
    )
    assert copied_words(*(text.split() for text in line)) == ["Feuerwehrmann", "Haus"]
    # Berlin belongs there, Restaurant only begins with another letter, das and Hau are short


def test_copies_are_counted_among_the_long_words_of_the_source():
    actual = look(
        ("Ein Feuerwehrmann, ein Feuerwehrmann rennt.", "A Feuerwehrmann runs.", "A fireman runs."),
        ("Hund Katze 12345", "Hund Katze 12345", "dog cat 1234"),
        ("Hund", "dog", "dog"),
    )
    assert (actual.copied.count, actual.copied.total) == (3, 5)  # Feuerwehrmann, rennt, Hund, Katze, Hund
    examples = [(each.line, each.detail) for each in actual.copied.examples]
    assert examples == [(2, "Hund Katze"), (1, "Feuerwehrmann")]


def test_positions_without_attention_are_counted_without_the_end_of_the_source():
    first = np.array([[0.9, 0.05, 0.05, 0.0], [0.7, 0.1, 0.2, 0.0]], dtype=np.float32)  # in all 1.6, 0.15, 0.25, 0
    silent = np.zeros((0, 3), dtype=np.float32)
    actual = look(("a b c", "x y", "x y"), ("q", "r", "r"), ("d e", "", "z"), attentions=[first, None, silent])
    assert actual.uncovered is not None
    assert (actual.uncovered.count, actual.uncovered.total) == (1 + 2, 3 + 2)
    examples = [(each.line, each.detail) for each in actual.uncovered.examples]
    assert examples == [(3, "2 of 2 positions"), (1, "1 of 3 positions")]


def test_an_empty_source_has_no_position_to_cover():
    only_end = np.ones((1, 1), dtype=np.float32)
    actual = look(("", "", ""), attentions=[only_end])
    assert actual.uncovered is not None
    assert (actual.uncovered.count, actual.uncovered.total, actual.uncovered.share) == (0, 0, 0)


def test_at_most_five_examples_of_a_kind():
    actual = look(*[("ein Hund", "", "a dog")] * 7)
    assert actual.empty.count == 7
    assert [each.line for each in actual.empty.examples] == [1, 2, 3, 4, 5]


def test_japanese_characters_count_as_words():
    actual = look(("I like dogs.", "犬が好き犬が好き。", "犬が好き。"))
    assert actual.length_ratio == pytest.approx(9 / 5)
    assert actual.repeated.examples[0].detail == "犬 が 好 き (2 times)"


def test_different_numbers_of_lines_are_refused_with_all_numbers():
    with pytest.raises(DataError, match=r"found 2 sources, 1 hypotheses, 2 references, 1 attentions$"):
        health(["a", "b"], ["a"], ["a", "b"], [None])
