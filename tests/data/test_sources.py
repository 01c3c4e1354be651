"""Splits of configured data: real counts, limits, tags refused or mended."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from seqnlp.config.tagging import DataConfig
from seqnlp.data.paths import resolve_path
from seqnlp.data.sources import load_split, split_digest
from seqnlp.errors import DataError
from seqnlp.text.files import file_digest
from seqnlp.text.sentence import TaggedSentence


def load(config: DataConfig, split: str = "train") -> list[TaggedSentence]:
    """A split of which nothing may be reported."""

    def unexpected(message: str) -> None:
        raise AssertionError(message)

    return load_split(config, split, unexpected)


def write(folder: Path, content: str, name: str = "train.conll") -> DataConfig:
    (folder / name).write_text(content, encoding="utf-8")
    return DataConfig(dir=str(folder), train=name)


@pytest.mark.parametrize(
    ("folder", "splits"),
    [
        ("ner/wnut17", {"train": (3_394, 62_730), "dev": (1_009, 15_733), "test": (1_287, 23_394)}),
        ("ner/bc5cdr", {"dev": (4_581, 117_453)}),
        ("ner/anem", {"test": (1_882, 45_939)}),
        ("ner/uner-pt-bosque", {"dev": (1_172, 28_447)}),
    ],
)
def test_entity_data_have_their_published_sizes(
    shared_data: Path, folder: str, splits: dict[str, tuple[int, int]]
) -> None:
    for split, size in splits.items():
        config = DataConfig(dir=str(shared_data), train=f"{folder}/{split}.conll.gz")
        assert sizes(load(config)) == size


def test_english_ewt_has_its_published_sizes(shared_data: Path) -> None:
    files = {split: f"pos/ud-en-ewt/{split}.conllu.gz" for split in ("train", "dev", "test")}
    config = DataConfig(dir=str(shared_data), format="conllu", tag_column="upos", scheme="none", **files)
    assert sizes(load(config)) == (12_544, 204_577)
    assert sizes(load(config, "dev")) == (2_001, 25_147)
    test = load(config, "test")
    assert sizes(test) == (2_077, 25_094)
    assert len({tag for sentence in test for tag in sentence.tags}) == 17


def sizes(sentences: list[TaggedSentence]) -> tuple[int, int]:
    return len(sentences), sum(len(sentence.tokens) for sentence in sentences)


def test_a_split_that_is_not_configured_has_no_sentences_and_no_digest(tmp_path: Path) -> None:
    config = write(tmp_path, "a O\n")
    assert load(config, "dev") == []
    assert split_digest(config, "dev") == ""
    assert split_digest(config, "train") == file_digest(tmp_path / "train.conll")


def test_the_limit_takes_the_first_sentences(tmp_path: Path) -> None:
    config = write(tmp_path, "a O\n\nb O\n\nc I-X\n")
    config.limit = 2
    assert [sentence.tokens for sentence in load(config)] == [("a",), ("b",)]


def test_columns_are_chosen_by_the_configuration(tmp_path: Path) -> None:
    config = write(tmp_path, "1 a NN O\n2 b VB B-X\n")
    config.token_column, config.tag_column, config.scheme = "1", "2", "none"
    [sentence] = load(config)
    assert (sentence.tokens, sentence.tags) == (("a", "b"), ("NN", "VB"))


def test_json_lines_are_read_with_the_default_or_the_configured_fields(tmp_path: Path) -> None:
    config = write(tmp_path, json.dumps({"tokens": ["a"], "tags": ["S-X"], "other": ["O"]}), "a.jsonl")
    config.format, config.scheme = "jsonl", "bioes"
    assert load(config)[0].tags == ("S-X",)
    config.tag_column = "other"
    assert load(config)[0].tags == ("O",)


def test_json_lines_with_text_are_cut_by_the_configured_tokenizer(tmp_path: Path) -> None:
    row = {"text": "IL-2 works", "spans": [[0, 4, "G"]]}
    config = write(tmp_path, json.dumps(row), "a.jsonl")
    config.format, config.tokenizer = "jsonl", "split"
    assert load(config)[0].tokens == ("IL", "-", "2", "works")
    assert load(config)[0].tags == ("B-G", "I-G", "I-G", "O")


def test_the_folder_is_the_configured_one_else_the_environment_s_else_the_current(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEQNLP_DATA", str(tmp_path / "env"))
    assert resolve_path(DataConfig(dir="/data"), "x/y") == Path("/data/x/y")
    assert resolve_path(DataConfig(), "x") == tmp_path / "env" / "x"
    assert resolve_path(DataConfig(dir="/data"), "/other/x") == Path("/other/x")
    monkeypatch.delenv("SEQNLP_DATA")
    assert resolve_path(DataConfig(), "x") == Path("x")


def test_a_missing_file_says_where_it_was_looked_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = write(tmp_path, "a O\n")
    config.train = "train.conl"
    expected = (
        r"train\.conl: no such file \(did you mean 'train\.conll'\?\); data\.train is 'train\.conl', looked up in "
    )
    for check in (load, lambda config: split_digest(config, "train")):
        with pytest.raises(DataError, match=expected + r"data\.dir; set data\.dir"):
            check(config)
    config.dir = ""
    monkeypatch.setenv("SEQNLP_DATA", str(tmp_path))
    for config.dir in ("", str(tmp_path)):  # a run that has begun has the folder in data.dir
        with pytest.raises(DataError, match=expected + r"\$SEQNLP_DATA"):
            load(config)


@pytest.mark.parametrize(("dev", "part"), [("0.1", "10%"), ("10", "10%"), (".25", "25%")])
def test_a_number_in_the_place_of_a_file_is_told_how_a_part_of_train_is_written(
    tmp_path: Path, dev: str, part: str
) -> None:
    config = write(tmp_path, "a O\n")
    config.dev = dev
    with pytest.raises(DataError, match=rf"no such file; data\.dev is '{dev}', .* \(a part of train .* is {part}\)"):
        load(config, "dev")


def test_a_path_that_is_whole_was_not_looked_up(tmp_path: Path) -> None:
    gone = str(tmp_path / "gone.conll")
    with pytest.raises(DataError, match=r"gone\.conll: no such file; it is data\.train$"):
        load(DataConfig(train=gone))


def test_a_file_that_the_current_folder_has_is_told_with_the_setting_that_takes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "train.conll").write_text("a\tO\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("SEQNLP_DATA", str(tmp_path))
    with pytest.raises(DataError, match=r"looked up in \$SEQNLP_DATA; the current folder has it: data\.dir=\.$"):
        load(DataConfig(train="train.conll"))
    monkeypatch.delenv("SEQNLP_DATA")
    with pytest.raises(DataError, match=r"looked up in the current folder; set data\.dir or"):
        load(DataConfig(train="other.conll"))


def test_a_file_without_sentences_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"train\.conll: no sentences found; is data\.format=conll right\?"):
        load(write(tmp_path, "\n\n"))


def test_an_illegal_tag_is_refused_with_the_line_of_its_word(tmp_path: Path) -> None:
    config = write(tmp_path, "a B-X\n# a = comment\nb O\nc I-X\n\nd S-X\n")
    message = (
        r"train\.conll:4: tag 'I-X' after 'O' is illegal in iob2; expected B-X \(2 illegal tags in all\); "
        r"correct the file, or set data\.repair=true"
    )
    with pytest.raises(DataError, match=message):
        load(config)


def test_an_illegal_tag_of_a_file_in_another_scheme_names_that_scheme(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"all tags are legal in another scheme, so set data\.scheme=iob1$"):
        load(write(tmp_path, "a I-X\nb I-X\nc B-X\n"))
    with pytest.raises(DataError, match=r"all tags are legal in another scheme, so set data\.scheme=bioes$"):
        load(write(tmp_path, "a S-X\nb O\n"))


def test_tags_without_prefixes_are_explained_and_never_mended_away(tmp_path: Path) -> None:
    lines = "Ana PER\nsings O\nin O\nOslo LOC\n\n" * 8
    for repair in (False, True):
        config = replace(write(tmp_path, lines), repair=repair)
        with pytest.raises(DataError, match=r"write them as B-TYPE .* or set data\.scheme=none"):
            load(config)
    with pytest.raises(DataError, match="write the first letter of each tag large"):
        load(write(tmp_path, "Ana b-PER\nsings O\nin O\n"))
    with pytest.raises(DataError, match="write the first letter of each tag large"):
        load(write(tmp_path, "Ana b-PER\nsings o\nin o\n"))


@pytest.mark.parametrize(
    ("tags", "remedy"),
    [
        ("B_PER I_PER O", "write 'B-PER' for 'B_PER' and the like"),
        ("B:PER O O", "write 'B-PER' for 'B:PER' and the like"),
        ("PER-B PER-I O", "write 'B-PER' for 'PER-B' and the like"),
        ("PER_B 0 0", "write 'B-PER' for 'PER_B' and the like, and O where '0' stands for no entity"),
        ("B-PER I-PER OUT", "write O where 'OUT' stands for no entity"),
        ("B-PER O _", "write O where '_' stands for no entity"),
        ("B-PER M-PER E-PER", "write I-TYPE for M-TYPE, and set data.scheme=bioes"),
        ("B-PER M-PER W-LOC", "write I-TYPE for M-TYPE and S-TYPE for W-TYPE, and set data.scheme=bioes"),
        ("B-PER I-PER O\u200b", "delete the characters in them that cannot be seen"),
        (
            "PER PER O",
            "most tags are: is data.tag_column right? If it is, write them as B-TYPE at the first word of an entity "
            "and I-TYPE at the others, or set data.scheme=none to learn and score them word by word",
        ),
        (
            "(PER* *) (LOC) * *",
            "spans in brackets: write B-TYPE for '(TYPE*' or '(TYPE)', I-TYPE for each '*' up to ')', O for others",
        ),
        ("O O O B-PER E-PER I-LOC", "correct the file, or set data.repair=true to have such tags mended"),
    ],
)
def test_tags_that_say_the_same_in_other_letters_are_told_what_to_write(tmp_path: Path, tags: str, remedy: str) -> None:
    lines = "".join(f"word\t{tag}\n" for tag in tags.split())
    with pytest.raises(DataError) as caught:
        load(write(tmp_path, lines))
    assert str(caught.value).endswith(f"; {remedy}")
    assert "\u200b" not in str(caught.value)


@pytest.mark.parametrize("tag", ["B-PER|B-ORG", "B-PER|O", "B-PER|O|B-ORG"])
def test_several_tags_of_a_word_are_no_type_of_entity(tmp_path: Path, tag: str) -> None:
    config = write(tmp_path, f"Ana\t{tag}\nsings\tO\n\nOslo\tB-LOC\n")
    with pytest.raises(
        DataError, match=r"expected a tag for each word, found words with several, .*data\.partial=true"
    ):
        load(config)
    assert any(sentence.partial for sentence in load(replace(config, partial=True)))
    [sentence] = load(write(tmp_path, "Ana\tB-A|B\n"))
    assert sentence.tags == ("B-A|B",)


def test_spaces_of_any_kind_around_a_tag_are_no_part_of_it(tmp_path: Path) -> None:
    [sentence] = load(write(tmp_path, "Ana\tB-PER\u00a0\nLund\tI-PER \nsings\tO\u2009\n"))
    assert sentence.tags == ("B-PER", "I-PER", "O")


@pytest.mark.parametrize(
    ("scheme", "tags"),
    [("bilou", "U-LOC O B-PER L-PER"), ("bioes", "S-LOC O B-PER E-PER"), ("iob1", "I-LOC O I-PER I-PER")],
)
@pytest.mark.parametrize("repair", [False, True])
def test_a_split_that_is_scored_may_be_in_another_scheme(tmp_path: Path, scheme: str, tags: str, repair: bool) -> None:
    (tmp_path / "dev.conll").write_text("".join(f"word\t{tag}\n" for tag in tags.split()), encoding="utf-8")
    config = write(tmp_path, "Ana\tB-PER\n")
    config = replace(config, dev="dev.conll", repair=repair)
    said: list[str] = []
    [sentence] = load_split(config, "dev", said.append)
    assert sentence.tags == ("B-LOC", "O", "B-PER", "I-PER")
    assert said == [f"{tmp_path}/dev.conll: its tags are of scheme {scheme}; read as iob2, as those of train are"]
    with pytest.raises(DataError, match="all tags are legal in another scheme"):
        load(replace(config, train="dev.conll", repair=False))


def test_a_line_that_names_the_columns_is_recognised(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r":1: 'ner' is not a tag .*; delete this line if it names the columns"):
        load(write(tmp_path, "token ner\nAna B-PER\nsings O\n\nAna B-PER\n"))


def test_tags_of_another_kind_raise_the_question_of_the_column(tmp_path: Path) -> None:
    message = r"'NN' is not a tag of scheme iob2; expected O, B-TYPE, I-TYPE \(2 illegal .* is data\.tag_column right\?"
    with pytest.raises(DataError, match=message):
        load(write(tmp_path, "a NN\nb VB\nc O\n"))


def test_mending_reports_what_it_changed(tmp_path: Path) -> None:
    config = write(tmp_path, "a I-X\nb I-Y\n\nc O\nd I-X\n\ne B-X\nf X-X\ng I-X\n")
    config.repair = True
    messages: list[str] = []
    sentences = load_split(config, "train", messages.append)
    assert [sentence.tags for sentence in sentences] == [("B-X", "B-Y"), ("O", "B-X"), ("B-X", "O", "B-X")]
    assert messages == [
        f"{tmp_path / 'train.conll'}: mended 5 tags in 3 of 3 sentences: "
        "line 1 I-X -> B-X, line 2 I-Y -> B-Y, line 5 I-X -> B-X, ..."
    ]


def test_mending_refuses_to_delete_tags_that_are_legal_in_another_scheme(tmp_path: Path) -> None:
    config = write(tmp_path, "a B-X\nb E-X\n")
    config.repair = True
    with pytest.raises(DataError, match=r"so set data\.scheme=bioes$"):
        load(config)


def test_legal_tags_are_mended_without_a_word(tmp_path: Path) -> None:
    config = write(tmp_path, "a B-X\nb I-X\n")
    config.repair = True
    assert load(config)[0].tags == ("B-X", "I-X")


@pytest.mark.parametrize("repair", [False, True])
@pytest.mark.parametrize("tag", ["https://mill.example/1", "page 7"])
@pytest.mark.parametrize("scheme", ["iob2", "none"])
def test_a_comment_of_as_many_columns_as_a_word_is_never_trained_on(
    tmp_path: Path, repair: bool, tag: str, scheme: str
) -> None:
    config = write(tmp_path, f"Ada\tB-PER\n\n#\t{tag}\nBrinmoor\tB-LOC\n\n")
    config.repair, config.scheme = repair, scheme
    expected = (
        f":3: '#' with the tag '{tag}' looks like a comment, not like a word; set data.comment='# ' if .* comments"
    )
    with pytest.raises(DataError, match=expected):
        load(config)
    config.comment = "# "
    assert [sentence.tokens for sentence in load(config)] == [("Ada",), ("Brinmoor",)]


def test_hash_signs_with_tags_are_words(tmp_path: Path) -> None:
    assert load(write(tmp_path, "#\tO\n1\tO\n#mills\tB-X\n\n"))[0].tokens == ("#", "1", "#mills")
