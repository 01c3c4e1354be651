"""``seqnlp vectors``: made from an encoder and from text, joined, shown, and taken by a training."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from command import output, refusal, seqnlp
from tiny_encoder import write_encoder

from seqnlp.text.joined_vectors import WordTable, join_vectors
from seqnlp.text.vectors import read_vectors
from seqnlp.text.vectors_writer import write_vectors

LINES = ["the tide came in at noon", "the tide went out at night", "a storm came in at night", "New York sleeps"]


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "corpus.txt"
    path.write_text("\n".join(LINES * 5) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["v.txt", "v.txt.gz"])
def test_vectors_come_back_as_they_were_written_and_the_same_bytes_twice(tmp_path: Path, name: str) -> None:
    words = [f"word{number}" for number in range(20_001)] + ["ice cream", "3.14", "naïve"]
    values = np.random.default_rng(1).normal(size=(len(words), 3)).astype(np.float32)
    write_vectors(tmp_path / name, words, values)
    actual = read_vectors(tmp_path / name)
    assert actual[0] == words
    np.testing.assert_allclose(actual[1], values, atol=5e-5)
    before = (tmp_path / name).read_bytes()
    write_vectors(tmp_path / name, words, values)
    assert (tmp_path / name).read_bytes() == before


@pytest.mark.parametrize("word", ["", " a", "a\nb", "a\tb", "a\rb"])
def test_a_word_that_the_file_cannot_hold_is_refused(tmp_path: Path, word: str) -> None:
    from seqnlp.errors import DataError

    with pytest.raises(DataError, match="expected words without spaces at their ends"):
        write_vectors(tmp_path / "v.txt", [word], np.ones((1, 2), np.float32))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("keep", "words", "missing"),
    [("first", ["Sun", "sea"], [0, 1]), ("shared", [], [0, 0]), ("all", ["Sun", "sea", "sun", "ice"], [2, 1])],
)
def test_joined_vectors_stand_side_by_side(keep: str, words: list[str], missing: list[int]) -> None:
    left = WordTable(["Sun", "sea"], np.array([[1, 2], [3, 4]], np.float32))
    right = WordTable(["sun", "ice"], np.array([[5], [6]], np.float32))
    joined = join_vectors([left, right], keep)
    assert joined.table.words == words
    assert joined.missing == missing
    rows = {"Sun": [1, 2, 5], "sea": [3, 4, 0], "sun": [0, 0, 5], "ice": [0, 0, 6]}
    assert joined.table.values.tolist() == [rows[word] for word in words]


def test_distilled_joined_and_shown_then_trained_on(tmp_path: Path, text: Path) -> None:
    pytest.importorskip("tokenizers")
    write_encoder(tmp_path / "encoder")
    distilled, both = tmp_path / "distilled.txt.gz", tmp_path / "both.txt"
    finished = seqnlp("vectors", "distil", tmp_path / "encoder", "--text", text, "--width", 3, "-o", distilled)
    assert finished.status == 0, finished.err
    assert "3 of 8 numbers keep" in finished.err
    words, values = read_vectors(distilled)
    assert words[0] == "at"
    assert "york" in words
    assert values.shape == (len(words), 3)
    assert values.std() == pytest.approx(0.4, abs=0.001)
    (tmp_path / "own.txt").write_text("tide 1 2\nquay 3 4\n", encoding="utf-8")
    finished = seqnlp("vectors", "join", tmp_path / "own.txt", distilled, "--keep", "all", "-o", both)
    assert f"1 of {len(words) + 1} words are not in {distilled}" in finished.err
    shown = json.loads(output("vectors", "show", both, "--near", "Tide", "--coverage", text, "--json"))
    assert shown["width"] == 5
    assert "tide" not in [word for word, _ in shown["near"]["Tide"]]
    covered = shown["coverage"][str(text)]
    assert covered["words"] == covered["known"] == 105
    assert covered["as_written"] == 95
    run = tmp_path / "run"
    output("train", "recipe=tagging/demo", f"run={run}", "trainer=debug", f"model.vectors={both}")
    assert "Words that have a vector" in output("vectors", "show", both, "--coverage", run)


def test_distilled_words_are_those_of_a_list_and_then_the_others_of_texts(tmp_path: Path, text: Path) -> None:
    pytest.importorskip("tokenizers")
    write_encoder(tmp_path / "encoder")
    (tmp_path / "list.txt").write_text("quay\nat\nharbour\n", encoding="utf-8")
    both = ("--words", tmp_path / "list.txt", "--text", text, "--width", 3)
    output("vectors", "distil", tmp_path / "encoder", *both, "-o", tmp_path / "v.txt")
    words, _ = read_vectors(tmp_path / "v.txt")
    assert words[:3] == ["quay", "at", "harbour"]
    assert sorted(words[3:]) == sorted({word.lower() for line in LINES for word in line.split()} - {"at"})
    output("vectors", "distil", tmp_path / "encoder", *both, "--most", 2, "-o", tmp_path / "v.txt")
    assert read_vectors(tmp_path / "v.txt")[0] == ["quay", "at", "the"]


def test_skip_gram_brings_words_of_the_same_places_together_and_repeats_itself(tmp_path: Path) -> None:
    pytest.importorskip("gensim")
    random = np.random.default_rng(2)
    lines = [f"I {random.choice(['drank', 'sipped'])} hot {random.choice(['tea', 'coffee'])}" for _ in range(300)]
    lines += [f"we {random.choice(['drove', 'parked'])} fast {random.choice(['cars', 'vans'])}" for _ in range(300)]
    (tmp_path / "corpus.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    one, two = tmp_path / "one.txt", tmp_path / "two.txt"
    for path in (one, two):
        output("vectors", "train", tmp_path / "corpus.txt", "--width", 8, "--epochs", 40, "-o", path)
    assert one.read_bytes() == two.read_bytes()
    near = json.loads(output("vectors", "show", one, "--near", "tea", "--json"))["near"]["tea"]
    cosines = dict(near)
    assert cosines["coffee"] > max(cosines.get(word, -1.0) for word in ("cars", "vans", "drove", "parked"))


def write_stems(path: Path) -> None:
    """Words of a stem and an ending, each the mean of vectors of its two parts, after a number that is of no use."""
    random = np.random.default_rng(4)
    parts = {part: random.normal(size=2) for part in (*"abcdefghijk", "s", "ly", "er", "y")}
    lines = []
    for stem in "abcdefghijk":
        lines.append(f"{stem} 7 {parts[stem][0]:.4f} {parts[stem][1]:.4f}")
        for ending in ("s", "ly", "er"):
            mean = (parts[stem] + parts[ending]) / 2
            lines.append(f"{stem}{ending} 7 {mean[0]:.4f} {mean[1]:.4f}")
    path.write_text("\n".join([*lines, "none 0 0 0", "?? 7 1 1"]) + "\n", encoding="utf-8")


def test_pieces_compose_the_words_that_they_were_fitted_to(tmp_path: Path) -> None:
    vectors, pieces = tmp_path / "vectors.txt", tmp_path / "pieces.txt.gz"
    write_stems(vectors)
    (tmp_path / "encoder").mkdir()
    listed = ["[CLS]", "[unused1]", *"abcdefghijk", "##s", "##ly", "##er", "##zz", "none"]
    (tmp_path / "encoder" / "vocab.txt").write_text("\n".join(listed) + "\n", encoding="utf-8")
    finished = seqnlp("vectors", "pieces", vectors, "--pieces", tmp_path / "encoder", "--columns", "2-3", "-o", pieces)
    assert finished.status == 0, finished.err
    assert "only zeros for a vector: 2 of the words" in finished.err
    assert "14 of 18 pieces occur; 33 words have several" in finished.err
    assert "1 of them held out of another fit: R2 0.9" in finished.err
    assert f"model.piece_vectors={pieces}" in finished.err
    names, values = read_vectors(pieces)
    assert names == [*"abcdefghijk", "##s", "##ly", "##er"]
    words, expected = read_vectors(vectors)
    composed = (values[names.index("f")] + values[names.index("##ly")]) / 2
    np.testing.assert_allclose(composed, expected[words.index("fly")][1:], atol=0.1)


def test_pieces_are_shown_beside_vectors(tmp_path: Path) -> None:
    vectors, pieces, text = (tmp_path / name for name in ("vectors.txt", "pieces.txt", "corpus.txt"))
    vectors.write_text("tide 9 1 0\ntides 0 1 1\nstorm 0 0 -1\n", encoding="utf-8")
    pieces.write_text("tide 1 0\n##al 0 1\n##s 0 2\n", encoding="utf-8")
    text.write_text("Tide tidal tidal tideal fog 77\n", encoding="utf-8")  # tidal: only its end is known
    asked = ("vectors", "show", vectors, "--coverage", text)
    alone = json.loads(output(*asked, "--json"))["coverage"][str(text)]
    assert (alone["words"], alone["known"], alone["composed"]) == (6, 1, 0)
    assert ["tidal", 2] in alone["missing"]
    both = json.loads(output(*asked, "--pieces", pieces, "--near", "tideal", "--json"))
    covered = both["coverage"][str(text)]
    assert (covered["words"], covered["known"], covered["composed"]) == (6, 1, 3)
    assert (covered["forms"], covered["known_forms"], covered["composed_forms"]) == (5, 1, 2)
    assert covered["missing"] == [["fog", 1], ["77", 1]]
    assert [word for word, _ in both["near"]["tideal"]] == ["tides", "tide", "storm"]
    assert both["near"]["tideal"][0][1] == pytest.approx(1)
    assert "of pieces only" in output(*asked, "--pieces", pieces)
    pieces.write_text("tide 1 2 3 4\n", encoding="utf-8")  # wider than the vectors
    refused = refusal("vectors", "show", vectors, "--pieces", pieces, "--near", "tideal")
    assert (
        "--pieces: expected vectors no wider than those of words, found 4 numbers, and those of words have 3" in refused
    )


@pytest.mark.parametrize("columns", ["0-2", "2-4", "3-2", "2", "a-b", "-1-2"])
def test_columns_that_the_vectors_do_not_have_are_refused(tmp_path: Path, columns: str) -> None:
    vectors = tmp_path / "vectors.txt"
    write_stems(vectors)
    refused = refusal("vectors", "pieces", vectors, "--pieces", vectors, f"--columns={columns}", "-o", tmp_path / "new")
    assert f"expected A-B with 1 <= A <= B <= 3, the width of the vectors, found '{columns}'" in refused


@pytest.mark.parametrize(
    ("action", "option", "said"),
    [
        ("join", "--columns=1-2", "--columns is for `seqnlp vectors pieces`, found `seqnlp vectors join`"),
        ("show", "--columns=1-2", "--columns is for `seqnlp vectors pieces`, found `seqnlp vectors show`"),
        ("train", "--pieces=list.txt", "--pieces is for `seqnlp vectors pieces` and `seqnlp vectors show`, found"),
        ("train", "--near=tide", "--near is for `seqnlp vectors show`, found `seqnlp vectors train`"),
        ("join", "--min-count=2", "--min-count is for `seqnlp vectors distil` and `seqnlp vectors train`, found"),
        ("show", "--output=new", "`seqnlp vectors pieces` and `seqnlp vectors train`, found `seqnlp vectors show`"),
    ],
)
def test_options_of_other_actions_are_not_passed_over(tmp_path: Path, action: str, option: str, said: str) -> None:
    vectors = tmp_path / "vectors.txt"
    write_stems(vectors)
    assert said in refusal("vectors", action, vectors, vectors, option, "-o", tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_pieces_that_fit_nothing_are_refused(tmp_path: Path) -> None:
    vectors, new = tmp_path / "vectors.txt", tmp_path / "new.txt"
    write_stems(vectors)
    (tmp_path / "list.txt").write_text("Ω\n", encoding="utf-8")
    assert "--pieces ENCODER -o FILE" in refusal("vectors", "pieces", vectors, "-o", new)
    assert "expected -o FILE" in refusal("vectors", "pieces", vectors, "--pieces", vectors)
    refused = refusal("vectors", "pieces", vectors, "--pieces", tmp_path / "list.txt", "-o", new)
    assert "no word with a vector is made of these pieces" in refused
    assert not new.exists()


def test_what_cannot_be_done_is_said_in_one_line(tmp_path: Path, text: Path) -> None:
    own = tmp_path / "own.txt"
    own.write_text("tide 1 2\nquay 3 4\n", encoding="utf-8")
    new = tmp_path / "new.txt"
    assert "found 'destil' (did you mean 'distil'?)" in refusal("vectors", "destil", own)
    assert "expected -o FILE" in refusal("vectors", "join", own, own)
    assert "at least two files" in refusal("vectors", "join", own, "-o", new)
    assert f"{own} would be written over, which is read here" in refusal("vectors", "join", own, own, "-o", own)
    assert "--seed: expected 0 to 4294967295, found -1" in refusal("vectors", "train", own, "--seed", -1, "-o", new)
    assert "--scale: expected a number above 0, found inf" in refusal("vectors", "distil", own, "--scale", "inf")
    unread = refusal("vectors", "distil", tmp_path, "--words", own, "--min-count", 2, "-o", new)
    assert unread == "--min-count is for words of texts; add --text FILE, or leave it out"
    (tmp_path / "words.csv").write_text("label,word\nx,tide\n", encoding="utf-8")
    table = refusal("vectors", "distil", tmp_path, "--words", tmp_path / "words.csv", "-o", new)
    assert table.endswith("words.csv: expected a word a line, found a table; words of texts are read by --text")
    assert "--data-dir is for --coverage of a recipe or run" in refusal("vectors", "show", own, "--data-dir", "x")
    assert "--words FILE, --text FILE ... or both" in refusal("vectors", "distil", tmp_path, "-o", new)
    assert "'harbour' has no vector" in refusal("vectors", "show", own, "--near", "harbour")
    assert "no word occurs 900 times" in refusal("vectors", "train", text, "--min-count", 900, "-o", new)
    assert "--width: expected 1 or more" in refusal("vectors", "train", text, "--width", 0, "-o", new)
    assert "expected the folder of an encoder" in refusal("vectors", "distil", tmp_path, "--words", own, "-o", new)
    (tmp_path / "other.txt").write_text("sand 1\n", encoding="utf-8")
    assert "no word is in every file" in refusal(
        "vectors", "join", own, tmp_path / "other.txt", "--keep", "shared", "-o", new
    )
    assert not new.exists()
