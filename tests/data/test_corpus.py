"""Running text as one sequence of tokens: the published counts of WikiText-2, and what lines add up to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tiny_text import write_text

from seqnlp.config.language_model import LanguageTokensConfig, TextDataConfig
from seqnlp.data.corpus import encode_corpus, load_text, text_digest
from seqnlp.errors import DataError
from seqnlp.text.language_tokens import learn_tokens


def test_wikitext_counts_as_published(shared_data: Path) -> None:
    folder = "lm/wikitext-2"
    config = TextDataConfig(
        dir=str(shared_data),
        **{s: f"{folder}/{f}.txt.gz" for s, f in (("train", "train"), ("dev", "valid"), ("test", "test"))},
    )
    lines = {split: load_text(config, split) for split in ("train", "dev", "test")}
    tokens = learn_tokens(lines["train"], LanguageTokensConfig())
    corpora = {split: encode_corpus(some, tokens) for split, some in lines.items()}
    assert len(tokens) == 33_278
    assert {split: len(one.tokens) for split, one in corpora.items()} == {
        "train": 2_088_628,
        "dev": 217_646,
        "test": 245_569,
    }
    assert all(int(one.words.sum()) == len(one.tokens) for one in corpora.values())
    assert [one.unknown for one in corpora.values()] == [54_625, 11_718, 15_218]  # all of them <unk> in the text


def test_sizes_of_lines_do_not_depend_on_the_tokens() -> None:
    lines = ["Ада grüßt .", "", "a b"]
    corpora = [
        encode_corpus(lines, learn_tokens([*lines, "xyz"], LanguageTokensConfig(kind=k)))
        for k in ("words", "characters")
    ]
    for one in corpora:
        assert one.words.tolist() == [4, 1, 3]
        assert one.characters.tolist() == [12, 1, 4]
        assert one.bytes.tolist() == [17, 1, 4]
    assert corpora[0].starts.tolist() == [0, 4, 5]
    assert len(corpora[1].tokens) == 17
    assert corpora[0].line_sums(np.arange(8.0)).tolist() == [6, 4, 18]


def test_the_limit_counts_lines_and_case_falls_if_wanted(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", [" The  ship ", "", "B"])
    config = TextDataConfig(dir=str(tmp_path), train="a.txt", limit=2, lowercase=True)
    assert load_text(config, "train") == ["the ship", ""]
    assert load_text(config, "dev") == []


def test_a_text_of_blank_lines_is_refused(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", [" ", ""])
    with pytest.raises(DataError, match=r"a\.txt: expected text, found only blank lines"):
        load_text(TextDataConfig(dir=str(tmp_path), train="a.txt"), "train")


def test_several_files_are_read_one_after_the_other_and_of_column_files_the_words(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", ["One line", ""])
    write_text(tmp_path / "b.conll", ["Ada\tB-PER", "ran\tO", "", "Home\tO", ""])
    row = "\t_" * 8
    write_text(tmp_path / "c.conllu", ["# text = Go!", f"1\tGo{row}", f"2\t!{row}", ""])
    config = TextDataConfig(dir=str(tmp_path), train="a.txt + b.conll + c.conllu", dev="a.txt")
    assert load_text(config, "train") == ["One line", "", "Ada ran", "Home", "Go !"]
    digest = text_digest(config, "train")
    assert (len(digest), len(text_digest(config, "dev")), text_digest(config, "test")) == (64, 64, "")
    write_text(tmp_path / "b.conll", ["Ada\tO"])
    assert text_digest(config, "train") != digest
    config.train = "a.txt + d.txt"
    with pytest.raises(DataError, match=r"d\.txt: no such file .*data\.train is 'a\.txt \+ d\.txt'"):
        load_text(config, "train")


def test_of_json_the_texts_are_read_and_tables_are_refused(tmp_path: Path) -> None:
    write_text(tmp_path / "a.jsonl", ['{"id": 1, "text": "One line\\nand  more"}', "", '{"text": "\\u00c9t\\u00e9"}'])
    write_text(tmp_path / "b.json", ['[{"text": "An array"},', '{"text": "of two"}]'])
    config = TextDataConfig(dir=str(tmp_path), train="a.jsonl + b.json")
    assert load_text(config, "train") == ["One line", "and more", "Été", "An array", "of two"]
    for name, line, problem in (
        ("c.jsonl", '{"body": "x"}', r"c\.jsonl:1: expected the field 'text', found 'body'; write texts under"),
        ("d.jsonl", '{"text": 7}', r"d\.jsonl:1: expected a text in the field 'text', found"),
        ("e.jsonl", '["x"]', r"e\.jsonl:1: expected a JSON object"),
        ("f.csv", "id,text", r"f\.csv: expected running text, found a table by its name"),
        ("g.tsv", "a\tb", r"g\.tsv: expected running text, found a table by its name"),
        (
            "h.parquet",
            "PAR1\x15\x04",
            r"h\.parquet: expected running text, found a parquet file; in Python pandas\.read_",
        ),
    ):
        write_text(tmp_path / name, [line])
        config.train = name
        with pytest.raises(DataError, match=problem):
            load_text(config, "train")
