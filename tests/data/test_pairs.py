"""Splits of configured parallel data: real counts, every format, and which pairs training leaves out."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from seqnlp.config.translation import ParallelDataConfig
from seqnlp.data.pairs import load_pairs, pairs_digest
from seqnlp.errors import DataError

PAIRS = [("eins zwei", "one two"), ("drei", "three"), ("vier", "four")]


def write(folder: Path, pairs: list[tuple[str, str]], split: str = "train", **settings: Any) -> ParallelDataConfig:
    """A configuration whose split is two files of the given pairs."""
    for language, texts in zip(("de", "en"), zip(*pairs, strict=True), strict=True):
        (folder / f"{split}.{language}").write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
    return configured(folder, **{split: f"{split}.{{lang}}", **settings})


def configured(folder: Path, **settings: Any) -> ParallelDataConfig:
    return ParallelDataConfig(**{"dir": str(folder), "source": "de", "target": "en", **settings})


def load(config: ParallelDataConfig, split: str = "train") -> tuple[list[tuple[str, str]], list[str]]:
    """The texts of a split, and what was said."""
    said: list[str] = []
    pairs = load_pairs(config, split, said.append)
    return [(pair.source, pair.target) for pair in pairs], said


def test_multi30k_has_its_published_sizes_in_either_direction(shared_data: Path) -> None:
    folder = "translation/multi30k"
    config = ParallelDataConfig(
        dir=str(shared_data),
        train=f"{folder}/train.{{lang}}.gz",
        test=f"{folder}/test_2016_flickr.{{lang}}.gz",
        source="de",
        target="fr",
    )
    pairs, [said, html] = load(config)
    files = [(shared_data / folder / f"train.{language}.gz").read_bytes() for language in ("de", "fr")]
    columns = [gzip.decompress(file).decode().replace("\t", " ").split("\n")[:-1] for file in files]
    stripped = [(source.strip(), target.strip()) for source, target in zip(*columns, strict=True)]
    assert len(pairs) == 29_000
    assert pairs == stripped
    again = len(stripped) - len(set(stripped))
    assert re.fullmatch(rf"train: 29,000 pairs; {again} duplicates? \(kept\), longest ratio .* \(line \d+\)", said)
    assert "of 29,000 pairs have characters written as in HTML, such as &amp; (first on line " in html
    test, silence = load(config, "test")
    assert (len(test), silence) == (1_000, [])
    config.source, config.target = "fr", "de"
    assert load(config, "test")[0] == [(target, source) for source, target in test]


def test_a_split_that_is_not_configured_has_no_pairs_and_no_digest(tmp_path: Path) -> None:
    config = write(tmp_path, PAIRS)
    assert load(config, "dev") == ([], [])
    assert pairs_digest(config, "dev") == ""


def test_the_limit_takes_the_first_pairs(tmp_path: Path) -> None:
    assert load(write(tmp_path, PAIRS, limit=2)) == (PAIRS[:2], [])


def test_every_format_gives_the_same_pairs(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("".join(f"{source}\tx\t{target}\n" for source, target in PAIRS))
    rows = [{"translation": {"de": source, "en": target}} for source, target in PAIRS]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    tsv = configured(tmp_path, format="tsv", train="a.tsv", target_column="2", source="", target="")
    jsonl = configured(tmp_path, format="jsonl", train="a.jsonl")
    assert load(tsv) == load(jsonl) == load(write(tmp_path, PAIRS)) == (PAIRS, [])


ODD = [
    ("eins", "one"),
    ("", "two"),
    ("drei", " "),
    ("eins", "one"),
    ("\u2028", ""),
    ("vier", "this is a four"),
    ("eins", "1"),
    ("eins", "one"),
]


@pytest.mark.parametrize(
    ("settings", "kept", "said"),
    [
        (
            {},
            [0, 3, 5, 6, 7],
            "2 with one side empty (dropped), 1 with both sides empty (dropped), 2 duplicates (kept), "
            "longest ratio 4.0 (line 6); 5 left",
        ),
        (
            {"duplicates": "drop"},
            [0, 5, 6],
            "2 with one side empty (dropped), 1 with both sides empty (dropped), 2 duplicates (dropped), "
            "longest ratio 4.0 (line 6); 3 left",
        ),
        (
            {"max_ratio": 3.5},
            [0, 3, 6, 7],
            "2 with one side empty (dropped), 1 with both sides empty (dropped), "
            "1 with a length ratio above 3.5 (dropped), 2 duplicates (kept); 4 left",
        ),
        (
            {"max_ratio": 4.0, "limit": 6},
            [0, 3, 5],
            "2 with one side empty (dropped), 1 with both sides empty (dropped), 1 duplicate (kept), "
            "longest ratio 4.0 (line 6); 3 left",
        ),
    ],
)
def test_training_pairs_are_dropped_whole_as_configured_and_counted(
    tmp_path: Path, settings: dict[str, Any], kept: list[int], said: str
) -> None:
    config = write(tmp_path, ODD, **settings)
    assert load(config) == ([ODD[number] for number in kept], [f"train: {settings.get('limit', 8)} pairs; {said}"])


def test_texts_without_spaces_are_as_long_as_their_words(tmp_path: Path) -> None:
    """Any Chinese or Thai text was one word, so that a limit dropped every long pair."""
    pairs = [
        ("这只小狗今天在院子里睡觉", "this little dog sleeps in the yard today"),
        ("ฉันรักสุนัขตัวนี้มาก", "I love this dog a lot"),
    ]
    assert load(write(tmp_path, pairs, max_ratio=2.0))[0] == pairs
    spaced = [(" ".join(source), target) for source, target in pairs]
    assert load(write(tmp_path, spaced, max_ratio=2.0))[0] == spaced
    assert load(write(tmp_path, [*pairs, ("狗", pairs[0][1])], max_ratio=2.0))[0] == pairs


def test_pairs_keep_the_number_of_their_line(tmp_path: Path) -> None:
    assert [pair.line for pair in load_pairs(write(tmp_path, ODD), "train", print)] == [1, 4, 6, 7, 8]


@pytest.mark.parametrize("split", ["dev", "test"])
def test_nothing_is_dropped_from_dev_and_test(tmp_path: Path, split: str) -> None:
    config = write(tmp_path, ODD, split, max_ratio=1.0, duplicates="drop", one_sided="refuse")
    pairs, said = load(config, split)
    assert pairs == [(source.strip(), target.strip()) for source, target in ODD]
    assert said == [f"{split}: 8 pairs; 2 with one side empty (kept), 1 with both sides empty (kept)"]


@pytest.mark.parametrize("split", ["dev", "test"])
def test_a_split_without_any_pair_is_refused_instead_of_scored(tmp_path: Path, split: str) -> None:
    config = write(tmp_path, [("eins", ""), ("zwei", " "), ("", "three")], split)
    with pytest.raises(
        DataError, match="expected pairs to score by, found an empty side in every one; is another column"
    ):
        load(config, split)


def test_nothing_is_said_of_clean_data(tmp_path: Path) -> None:
    config = write(tmp_path, PAIRS)
    assert load(config) == (PAIRS, [])
    assert load(write(tmp_path, PAIRS, "dev"), "dev") == (PAIRS, [])


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        (ODD, "train.{lang}:2: expected text on both sides, found an empty source (2 such pairs in all); correct"),
        (ODD[:1] + ODD[2:], "{lang}:2: expected text on both sides, found an empty target (1 such pair in all); "),
    ],
)
def test_an_empty_side_is_refused_as_configured(tmp_path: Path, pairs: list[tuple[str, str]], message: str) -> None:
    with pytest.raises(DataError, match=re.escape(message) + r".*set data\.one_sided=drop$"):
        load(write(tmp_path, pairs, one_sided="refuse"))


def test_two_empty_sides_are_never_refused(tmp_path: Path) -> None:
    config = write(tmp_path, [*PAIRS, ("", "")], one_sided="refuse")
    assert load(config) == (PAIRS, ["train: 4 pairs; 1 with both sides empty (dropped); 3 left"])


def test_data_of_which_no_pair_is_left_are_refused(tmp_path: Path) -> None:
    message = "train.{lang}: no pair of 2 is left to train on: 2 with one side empty (dropped)"
    with pytest.raises(DataError, match=re.escape(message)):
        load(write(tmp_path, [("", "one"), ("zwei", "")]))
    (tmp_path / "blank.jsonl").write_text("\n\n")
    with pytest.raises(DataError, match=r"blank\.jsonl: no sentence pairs found; is data\.format=jsonl right\?"):
        load(configured(tmp_path, format="jsonl", train="blank.jsonl"))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"train": "train", "format": "files", "source": "xx", "target": "yy"},
            "data.train: expected a pattern (train.{lang}.gz), a prefix (train.clean for train.clean.de), or both "
            "(a.txt + b.txt); found 'train'",
        ),
        ({"source": ""}, "data.source: missing; name the language that stands for {lang}, such as de"),
        ({"target": ""}, "data.target: missing; name the language that stands for {lang}, such as de"),
        ({"format": "jsonl", "target": ""}, "data.target: missing; name the key of the text, such as de"),
        (
            {"target": "em"},
            "train.em: no such file (did you mean 'train.en'?); data.train is 'train.{lang}', looked up in data.dir; "
            "set data.dir or $SEQNLP_DATA to the folder that holds it",
        ),
    ],
)
def test_settings_that_name_no_data_are_refused(tmp_path: Path, settings: dict[str, str], message: str) -> None:
    with pytest.raises(DataError, match=re.escape(message)):
        load(write(tmp_path, PAIRS, **settings))


def test_a_missing_file_is_refused_by_the_digest_too(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"train\.fr: no such file"):
        pairs_digest(write(tmp_path, PAIRS, target="fr"), "train")


def test_the_digest_changes_with_either_file_and_with_the_direction(tmp_path: Path) -> None:
    config = write(tmp_path, PAIRS)
    digests = [pairs_digest(config, "train")]
    assert re.fullmatch("[0-9a-f]{64}", digests[0])
    assert pairs_digest(write(tmp_path, PAIRS), "train") == digests[0]
    digests.append(pairs_digest(configured(tmp_path, train="train.{lang}", source="en", target="de"), "train"))
    digests.append(pairs_digest(write(tmp_path, [*PAIRS[:2], ("vier", "for")]), "train"))
    digests.append(pairs_digest(write(tmp_path, [*PAIRS[:2], ("vir", "four")]), "train"))
    assert len(set(digests)) == 4


def test_columns_of_a_tsv_file_that_are_not_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("".join(f"{source}\t{target}\tby hand\n" for source, target in PAIRS))
    _, said = load(configured(tmp_path, format="tsv", train="a.tsv"))
    named = "train: 1 column not read: 2 ('by hand'); read as data.source_column=0 data.target_column=1"
    assert said == [named]
