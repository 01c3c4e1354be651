"""Text vectors: GloVe, word2vec, fastText."""

from __future__ import annotations

import gzip
import time
from pathlib import Path

import numpy as np
import pytest

from seqnlp.errors import DataError
from seqnlp.text.vectors import read_vectors


def read(folder: Path, content: str) -> tuple[list[str], list[list[float]]]:
    path = folder / "vectors.txt"
    path.write_text(content, encoding="utf-8")
    words, values = read_vectors(path)
    assert values.dtype == np.float32
    assert values.shape[0] == len(words)
    return words, values.tolist()


def test_glove_has_no_header(tmp_path: Path) -> None:
    assert read(tmp_path, "the 0.5 -1\n, 2e-1 3\n") == (["the", ","], [[0.5, -1], [pytest.approx(0.2), 3]])


def test_word2vec_and_fasttext_have_one(tmp_path: Path) -> None:
    expected = ["a", "b"], [[1, 2, 3], [4, 5, 6]]
    assert read(tmp_path, "2 3\na 1 2 3\nb 4 5 6") == expected
    assert read(tmp_path, "2 3\r\na 1 2 3 \r\nb\t4\t5\t6 \r\n\n") == expected


def test_gzip_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.vec"
    path.write_bytes(gzip.compress(b"1 2\na 1 2\n"))
    assert read_vectors(path)[0] == ["a"]


def test_words_may_hold_spaces_and_odd_characters(tmp_path: Path) -> None:
    words = ["to name@domain.com", ". . .", "\u00a0", "a\u2028b", "\u0085", "1/2 3", "#", '"']
    actual, values = read(tmp_path, "the 1 2\n" + "".join(f"{word} 1.5 2.5\n" for word in words))
    assert actual == ["the", *words]
    assert values[1:] == [[1.5, 2.5]] * len(words)


def test_of_a_word_that_occurs_twice_the_first_is_kept(tmp_path: Path) -> None:
    assert read(tmp_path, "a 1 1\nb 2 2\na 3 3\n") == (["a", "b"], [[1, 1], [2, 2]])


def test_words_are_distinct_across_blocks(tmp_path: Path) -> None:
    words, values = read(tmp_path, "".join(f"w{number % 12_000} {number} 0\n" for number in range(25_000)))
    assert words == [f"w{number}" for number in range(12_000)]
    assert [value for value, _ in values] == list(range(12_000))


def test_one_dimension_and_one_line_are_enough(tmp_path: Path) -> None:
    assert read(tmp_path, "a 0.5\nb 1\n") == (["a", "b"], [[0.5], [1]])
    assert read(tmp_path, "a\t1\t2\t3") == (["a"], [[1, 2, 3]])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a 1 2\nb 1\n", "vectors.txt:2: expected a word and 2 numbers, found 1 after 'b'"),
        ("a 1 2\nb 1.0 2.0 3.0\n", "vectors.txt:2: expected a word and 2 numbers, found more after 'b'"),
        ("a 1 2\nb 1 2\n0.5 0.5\n", "vectors.txt:3: expected a word and 2 numbers, found 1 after '0.5'"),
        ("a 1 2\nb 1 x\n", "vectors.txt:2: expected a finite number, found 'x'"),
        ("a 1 2\nb nan 2\n", "vectors.txt:2: expected a finite number, found 'nan'"),
        ("a 1 2\nb 1 -inf\n", "vectors.txt:2: expected a finite number, found '-inf'"),
        ("a 1 2\nb 1 1e39\n", "vectors.txt:2: expected a finite number, found '1e39'"),
        ("a 1 2\nb 1 \uff12\n", "vectors.txt:1: expected numbers in ASCII digits in this line or the next 2"),
        ("a 1 2\nb 1 1_0\n", "vectors.txt:2: expected a finite number, found '1_0'"),
        ("\n\n", "vectors.txt:1: expected a word and its numbers, or 'count width', found ''"),
        ("word\n", "vectors.txt:1: expected a word and its numbers, or 'count width', found 'word'"),
        ("0 5\n", "vectors.txt:1: expected a header with two positive numbers, found '0 5'"),
        ("3 2\na 1 2\n", "vectors.txt: the first line promises 3 vectors, found 1: the file is cut off"),
        ("1 2\na 1 2\nb 1 2\n", "vectors.txt: the first line promises 1 vectors, found 2: the header is wrong"),
    ],
)
def test_a_bad_line_is_refused_with_what_was_found(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read(tmp_path, content)


def test_the_binary_form_of_word2vec_is_told_what_writes_text(tmp_path: Path) -> None:
    numbers = np.random.default_rng(0).normal(size=50).astype(np.float32).tobytes()
    path = tmp_path / "GoogleNews.bin"
    path.write_bytes(b"2 50\nthe " + numbers + b"\nM\xc3\xbcnchen " + numbers + b"\n")
    with pytest.raises(DataError, match=r"found word2vec's binary form; gensim writes it as text: .*binary=True"):
        read_vectors(path)
    path.write_bytes("1 2\nMünchen 1 2\n".encode("latin-1"))
    with pytest.raises(DataError, match="found the byte 0xfc"):
        read_vectors(path)


def test_glove_is_read_fast_and_right(shared_data: Path) -> None:
    begin = time.perf_counter()
    words, values = read_vectors(shared_data / "embeddings/glove.6B.50d.100k.txt.gz")
    assert time.perf_counter() - begin < 10  # 0.6 s alone on one core
    assert values.shape == (100_000, 50)
    assert words[:2] == ["the", ","]
    assert values[0, :3].tolist() == pytest.approx([0.418, 0.25, -0.412])
