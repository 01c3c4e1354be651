"""Files of annotation tools and data sets: recognised, read into the same sentences, left out only where it is said."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from seqnlp.config.tagging import DataConfig
from seqnlp.data.sources import load_split, split_digest, split_format
from seqnlp.errors import DataError
from seqnlp.text.formats.readers import FORMATS
from seqnlp.text.formats.recognise import recognise
from seqnlp.text.sentence import TaggedSentence

TEXT = "Oke Tarnow rows to Brinmoor."
SPANS = [[0, 10, "PER"], [19, 27, "LOC"]]
PAIRS = [("Oke", "B-PER"), ("Tarnow", "I-PER"), ("rows", "O"), ("to", "O"), ("Brinmoor", "B-LOC"), (".", "O")]
"""The sentence that every file below holds, and then one without entities."""

CALM = "The sea is calm."
CALM_PAIRS = [(word, "O") for word in ("The", "sea", "is", "calm", ".")]


def named(**names: str) -> list[dict[str, Any]]:
    """The spans as objects, with these names for start, end and label."""
    keys = [names.get(key, key) for key in ("start", "end", "label")]
    return [dict(zip(keys, span, strict=True)) for span in SPANS]


def lines(*rows: Any) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def region(span: list[Any]) -> dict[str, Any]:
    start, end, label = span
    value = {"start": start, "end": end, "text": TEXT[start:end], "labels": [label]}
    return {"id": "r1", "from_name": "label", "to_name": "text", "type": "labels", "value": value}


def words(pairs: list[tuple[str, str]], tag: str) -> dict[str, Any]:
    return {"tokens": [word for word, _ in pairs], tag: [label for _, label in pairs]}


def label_studio() -> list[Any]:
    """Two tasks, an unfinished one and one that was skipped."""
    results = [[region(span) for span in SPANS], []]
    tasks = [
        {"id": n, "data": {"text": text}, "annotations": [{"id": n, "was_cancelled": False, "result": result}]}
        for n, (text, result) in enumerate(zip((TEXT, CALM), results, strict=True))
    ]
    skipped = {"id": 8, "data": {"text": "x"}, "annotations": [{"was_cancelled": True, "result": []}]}
    return [*tasks, {"id": 7, "data": {"text": "y"}, "annotations": []}, skipped]


def spacy_corpus() -> list[Any]:
    """As `spacy convert` of version 2 wrote it."""
    bilou = {"Oke": "B-PER", "Tarnow": "L-PER", "Brinmoor": "U-LOC"}
    sentences = [
        {"tokens": [{"id": n, "orth": word, "ner": bilou.get(word, "O")} for n, (word, _) in enumerate(pairs)]}
        for pairs in (PAIRS, CALM_PAIRS)
    ]
    return [{"id": 0, "paragraphs": [{"raw": TEXT, "sentences": sentences}]}]


KAGGLE = "Sentence #,Word,POS,Tag\n" + "".join(
    f"{f'Sentence: {number}' if not place else ''},{word},X,{tag}\n"
    for number, pairs in enumerate((PAIRS, CALM_PAIRS), 1)
    for place, (word, tag) in enumerate(pairs)
)
BY_NUMBER = "id;sentence_id;token;ner_tag\n" + "".join(
    f"{place};{number};{word};{tag}\n"
    for number, pairs in enumerate((PAIRS, CALM_PAIRS))
    for place, (word, tag) in enumerate(pairs)
)
FILES = {
    ("doccano.jsonl", "doccano"): lines(
        {"id": 1, "text": CALM, "label": []}, {"id": 2, "text": TEXT, "label": SPANS, "Comments": []}
    ),
    ("doccano-relations.jsonl", "doccano"): lines(
        {"id": 1, "text": CALM, "entities": [], "relations": []},
        {"id": 2, "text": TEXT, "entities": named(start="start_offset", end="end_offset"), "relations": []},
    ),
    ("doccano-array.json", "doccano"): json.dumps([{"data": CALM, "label": []}, {"data": TEXT, "label": SPANS}]),
    ("prodigy.jsonl", "prodigy"): lines(
        {"text": CALM, "spans": [], "answer": "accept", "_task_hash": 1},
        {"text": "Not Oke", "spans": [{"start": 0, "end": 3, "label": "LOC"}], "answer": "reject", "_task_hash": 2},
        {"text": "Hm", "spans": [], "answer": "ignore"},
        {"text": TEXT, "spans": named(), "answer": "accept"},
    ),
    ("prodigy-tokens.jsonl", "prodigy"): lines(
        {"text": CALM, "tokens": [{"text": "The", "start": 0, "end": 3, "id": 0}], "spans": []},
        {
            "text": TEXT,
            "tokens": [
                {"text": "Oke", "start": 0, "end": 3, "id": 0},
                {"text": "Tarnow", "start": 4, "end": 10, "id": 1},
                {"text": "Brinmoor", "start": 19, "end": 27, "id": 2},
            ],
            "spans": [
                {"token_start": 0, "token_end": 1, "label": "PER"},
                {"start": 19, "end": 27, "token_start": 2, "token_end": 2, "label": "LOC"},
            ],
            "answer": "accept",
        },
    ),
    ("label-studio.json", "label_studio"): json.dumps(label_studio(), indent=1),
    ("label-studio-min.json", "label_studio"): json.dumps(
        [
            {"text": CALM, "id": 2, "annotator": 1, "annotation_id": 5, "created_at": "2024", "lead_time": 2.5},
            {"text": TEXT, "id": 1, "label": [region(span)["value"] for span in SPANS], "annotator": 1},
        ]
    ),
    ("spacy.json", "spacy"): json.dumps([[CALM, {"entities": []}], [TEXT, {"entities": SPANS}]], indent=2),
    ("spacy-tool.json", "spacy"): json.dumps(
        {"classes": ["PER", "LOC"], "annotations": [[CALM, {"entities": []}], None, [TEXT, {"entities": SPANS}]]}
    ),
    ("spacy-docs.jsonl", "spacy"): lines({"text": CALM, "ents": [], "tokens": []}, {"text": TEXT, "ents": named()}),
    ("spacy-2.json", "spacy"): json.dumps(spacy_corpus()),
    ("rows.json", "json"): json.dumps([words(CALM_PAIRS, "tags"), words(PAIRS, "tags")], indent=4),
    ("spans.json", "json"): json.dumps([{"text": CALM, "spans": []}, {"text": TEXT, "spans": SPANS}]),
    ("rows.jsonl", "jsonl"): lines(words(CALM_PAIRS, "ner_tags"), words(PAIRS, "ner_tags")),
    ("kaggle.csv", "csv"): KAGGLE,
    ("numbered.csv", "csv"): BY_NUMBER,
    ("tabs.tsv", "csv"): KAGGLE.replace(",", "\t"),
    ("words.tsv", "conll"): "".join(f"{w}\t{t}\n" for w, t in PAIRS)
    + "\n"
    + "".join(f"{w}\t{t}\n" for w, t in CALM_PAIRS),
}


def write(folder: Path, content: str, name: str, **settings: Any) -> DataConfig:
    (folder / name).write_text(content, encoding="utf-8")
    return DataConfig(dir=str(folder), train=name, **settings)


def pairs_of(sentence: TaggedSentence) -> list[tuple[str, str]]:
    return list(zip(sentence.tokens, sentence.tags, strict=True))


def load(config: DataConfig) -> tuple[list[list[tuple[str, str]]], list[str]]:
    """Words and tags of the training split, and what was said."""
    said: list[str] = []
    return [pairs_of(sentence) for sentence in load_split(config, "train", said.append)], said


@pytest.mark.parametrize("key", FILES, ids=lambda key: key[0])
def test_each_format_is_recognised_said_and_read(tmp_path: Path, key: tuple[str, str]) -> None:
    name, form = key
    config = write(tmp_path, FILES[key], name)
    assert split_format(config, "train") == form
    sentences, said = load(config)
    assert sorted(sentences, key=len) == [CALM_PAIRS, PAIRS]
    assert said[:1] == [f"{tmp_path}/{name}: read as data.format={form}"] * (form != "conll")
    assert split_digest(config, "train")
    config.format = form
    assert load(config) == (sentences, said[1 if form != "conll" else 0 :]), "a guess is what the setting would do"


@pytest.mark.parametrize("key", FILES, ids=lambda key: key[0])
def test_the_content_tells_as_much_as_the_name(tmp_path: Path, key: tuple[str, str]) -> None:
    (tmp_path / "file.txt").write_text(FILES[key], encoding="utf-8")
    actual = recognise(tmp_path / "file.txt")
    assert actual == key[1] or (actual, key[1]) == ("jsonl", "json"), "rows of a file that is not called .json"


WITH_SPANS = [key for key in FILES if '"start' in FILES[key] or "[0, 10" in FILES[key]]


@pytest.mark.parametrize("key", WITH_SPANS, ids=lambda key: key[0])
@pytest.mark.parametrize(("offsets", "rows"), [("utf16", "🚣🚣"), ("bytes", "🚣")])
def test_spans_in_other_units_are_read_in_every_format(
    tmp_path: Path, key: tuple[str, str], offsets: str, rows: str
) -> None:
    content = FILES[key].replace("Tarnow rows", f"Tarnow {rows}")  # as many units as `rows` has letters
    sentences, _ = load(write(tmp_path, content, key[0], offsets=offsets))
    assert [pair for pair in max(sentences, key=len) if pair[0] != "🚣"] == [*PAIRS[:2], *PAIRS[3:]]


def test_answers_that_were_not_accepted_and_tasks_without_annotations_are_counted(tmp_path: Path) -> None:
    _, said = load(write(tmp_path, FILES["prodigy.jsonl", "prodigy"], "prodigy.jsonl"))
    assert said[1:] == [f"{tmp_path}/prodigy.jsonl: left out: rows that were rejected or ignored (2)"]
    _, said = load(write(tmp_path, FILES["label-studio.json", "label_studio"], "tasks.json"))
    assert said[1:] == [f"{tmp_path}/tasks.json: left out: tasks without annotations (2)"]
    with pytest.raises(DataError, match=r':3: .*"reject"; data.format=prodigy leaves such rows out'):
        load(write(tmp_path, "\n\n" + lines({"text": "a", "spans": [], "answer": "reject"}), "a.jsonl", format="jsonl"))


def test_entities_inside_others_are_counted(tmp_path: Path) -> None:
    spans = [[0, 3, "PER"], [0, 10, "PER"], [4, 10, "LOC"], [19, 27, "LOC"], [19, 27, "LOC"]]
    sentences, said = load(write(tmp_path, lines({"text": TEXT, "label": spans}), "a.jsonl"))
    assert sentences == [PAIRS]
    assert said[1:] == [f"{tmp_path}/a.jsonl: left out: entities inside or across others (3)"]


def test_lines_of_a_document_are_sentences_unless_an_entity_goes_across(tmp_path: Path) -> None:
    text = f"{TEXT}\n\n{CALM}\r\nNear Brin\nmoor"
    row = {"text": text, "spans": [*SPANS, [len(text) - 9, len(text), "LOC"]]}
    for form, written in (("jsonl", lines(row)), ("json", json.dumps([row]))):
        sentences, _ = load(write(tmp_path, written, f"a.{form}"))
        assert sentences == [PAIRS, CALM_PAIRS, [("Near", "O"), ("Brin", "B-LOC"), ("moor", "I-LOC")]]


def test_a_region_that_holds_other_text_than_it_says_is_refused(tmp_path: Path) -> None:
    task: dict[str, Any] = {
        "id": 1,
        "data": {"text": f"🚣 {TEXT}"},
        "annotations": [{"result": [region([3, 13, "PER"])]}],
    }
    task["annotations"][0]["result"][0]["value"]["text"] = "Oke Tarnow"
    config = write(tmp_path, json.dumps([task]), "a.json")
    expected = r"a\.json:1: the span PER at 3-13 should be 'Oke Tarnow', found 'ke Tarnow '; set data.offsets=utf16"
    with pytest.raises(DataError, match=expected):
        load(config)
    config.offsets = "utf16"
    assert load(config)[0][0][:2] == [("🚣", "O"), ("Oke", "B-PER")]


def test_only_the_first_label_and_annotation_count_and_others_are_said(tmp_path: Path) -> None:
    task = label_studio()[0]
    task["annotations"] += task["annotations"]
    task["annotations"][0]["result"][0]["value"]["labels"].append("HERO")
    task["annotations"][0]["result"] += [{"type": "choices", "value": {"choices": ["x"]}}, {"type": "relation"}]
    sentences, said = load(write(tmp_path, json.dumps([task]), "a.json"))
    assert sentences == [PAIRS]
    assert said[1] == (
        f"{tmp_path}/a.json: left out: further annotations of a task (1), further labels of a region (1), "
        "regions that are no entities (1)"
    )


def test_the_ground_truth_is_taken_where_an_annotation_is_called_so(tmp_path: Path) -> None:
    task = label_studio()[0]
    task["annotations"] = [{"result": []}, {**task["annotations"][0], "ground_truth": True}]
    assert load(write(tmp_path, json.dumps([task]), "a.json"))[0] == [PAIRS]


def test_regions_belong_to_the_field_that_they_name(tmp_path: Path) -> None:
    task = label_studio()[0]
    for name, others in (
        ("body", {"title": "Oke of Brinmoor"}),
        ("title", {"text": "the sea is calm, they say"}),
    ):
        task["data"] = {name: TEXT, **others}
        for one in task["annotations"][0]["result"]:
            one["to_name"] = name
            one["value"].pop("text", None)
        assert load(write(tmp_path, json.dumps([task]), "a.json"))[0] == [PAIRS]


def test_regions_of_a_second_text_are_left_out(tmp_path: Path) -> None:
    task = label_studio()[0]
    task["data"]["title"] = "Rowing"
    task["annotations"][0]["result"].append({**region([0, 6, "X"]), "to_name": "title"})
    sentences, said = load(write(tmp_path, json.dumps([task]), "a.json"))
    assert sentences == [PAIRS]
    assert said[1:] == [f"{tmp_path}/a.json: left out: regions of other fields than 'text' (1)"]


def test_offsets_that_fit_when_bytes_are_counted_name_the_setting(tmp_path: Path) -> None:
    for row, found in (
        ({"text": "größer Oke", "spans": [{"start": 9, "end": 12, "label": "PER"}]}, "reaches out of the text of 10"),
        ({"text": "größer Oke", "spans": [{"start": 9, "end": 10, "label": "P", "text": "Ok"}]}, "should be 'Ok'"),
    ):
        row["spans"][0]["end"] = row["spans"][0]["start"] + len(row["spans"][0].get("text", "Oke"))
        with pytest.raises(DataError, match=rf"{found}.*; .*set data\.offsets=bytes"):
            load(write(tmp_path, lines(row), "a.jsonl"))


def test_labels_of_spans_that_are_tags_of_words_are_refused(tmp_path: Path) -> None:
    spans = [[0, 3, "B-PER"], [4, 10, "I-PER"]]
    for row in ({"text": TEXT, "label": spans}, {"text": TEXT, "spans": spans}):
        with pytest.raises(DataError, match="found the types B-PER and I-PER, which are tags of words; make"):
            load(write(tmp_path, lines(row), "a.jsonl"))
    with pytest.raises(DataError, match="found entities of the type O; leave out what is none"):
        load(write(tmp_path, lines({"text": TEXT, "spans": [[0, 3, "PER"], [11, 15, "O"]]}), "a.jsonl"))
    assert load(write(tmp_path, lines({"text": TEXT, "spans": [[0, 3, "B-52"]]}), "a.jsonl"))[0][0][0] == (
        "Oke",
        "B-B-52",
    )


WEBANNO = """#FORMAT=WebAnno TSV 3.3
#T_SP=webanno.custom.NE|value


#Text=Oke rows to Brinmoor
1-1\t0-3\tOke\tB-PER
1-2\t4-8\trows\tO
1-3\t9-11\tto\tO
1-4\t12-20\tBrinmoor\tB-LOC
2-1\t21-24\tOke\tB-PER
2-2\t25-29\trows\tO
"""


def test_numbers_of_sentences_and_words_are_no_words(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="found WebAnno TSV of INCEpTION; export the project as CoNLL 2002"):
        load(write(tmp_path, WEBANNO, "a.tsv"))
    with pytest.raises(DataError, match=r"found numbers of sentences and words such as 1-1; set data\.token_column"):
        load(write(tmp_path, WEBANNO, "a.tsv", format="conll"))
    sentences, _ = load(write(tmp_path, WEBANNO, "a.tsv", format="conll", token_column="2"))
    assert sentences[0][:2] == [("Oke", "B-PER"), ("rows", "O")]


INFORMATION = {
    "features": {"ner_tags": {"feature": {"names": ["O", "B-PER", "I-PER", "B-LOC"], "_type": "ClassLabel"}}}
}
CARD = """---
license: mit
dataset_info:
  features:
  - name: tokens
    sequence: string
  - name: ner_tags
    sequence:
      class_label:
        names:
          '0': O
          '1': B-PER
          '2': I-PER
          '3': B-LOC
---
# A card
"""
NUMBERED = {"tokens": [word for word, _ in PAIRS], "ner_tags": [1, 2, 0, 0, 3, 0]}


@pytest.mark.parametrize(
    ("files", "setting"),
    [
        ({"dataset_info.json": json.dumps(INFORMATION)}, ""),
        ({"dataset_infos.json": json.dumps({"default": INFORMATION})}, ""),
        ({"README.md": CARD}, ""),
        ({}, "O B-PER I-PER B-LOC"),
        ({"labels.txt": "O\nB-PER\nI-PER\nB-LOC\n"}, "labels.txt"),
        ({"config.json": json.dumps({"0": "O", "1": "B-PER", "2": "I-PER", "3": "B-LOC"})}, "config.json"),
    ],
)
@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
def test_numbered_tags_get_their_names(tmp_path: Path, name: str, files: dict[str, str], setting: str) -> None:
    for other, content in files.items():
        (tmp_path / other).write_text(content, encoding="utf-8")
    written = lines(NUMBERED) if name == "a.jsonl" else json.dumps([NUMBERED])
    sentences, _ = load(write(tmp_path, written, name, tag_names=setting))
    assert sentences == [PAIRS]


def test_numbered_tags_without_names_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"a\.jsonl:1: .* found 1 at position 0; data.tag_names names numbered tags"):
        load(write(tmp_path, lines(NUMBERED), "a.jsonl"))
    with pytest.raises(DataError, match=r"expected numbers from 0 to 1 in 'ner_tags', .*, found 2 at position 1"):
        load(write(tmp_path, lines(NUMBERED), "a.jsonl", tag_names="O B-PER"))


def brat(folder: Path, texts: dict[str, tuple[str, str | None]]) -> DataConfig:
    (folder / "corpus").mkdir()
    for name, (text, entities) in texts.items():
        (folder / "corpus" / f"{name}.txt").write_bytes(text.encode())
        if entities is not None:
            (folder / "corpus" / f"{name}.ann").write_bytes(entities.encode())
    return DataConfig(dir=str(folder), train="corpus")


def test_a_folder_of_brat_is_read_and_what_is_not_read_is_counted(tmp_path: Path) -> None:
    text = f"{TEXT}\r\n{CALM}\nNear Brin\nmoor"
    entities = (
        "T1\tPER 0 10\tOke Tarnow\nT2\tPER 0 3\tOke\nR1\tRows Arg1:T1 Arg2:T3\nA1\tSure T1\n#1\tNote T1\tx\n"
        "T3\tLOC 19 27\tBrinmoor\nT4\tPER 0 3;11 15\tOke rows\nT5\tLOC 52 56;57 61\tBrin moor\n"
    )
    config = brat(tmp_path, {"b": (text, entities), "a": (CALM, ""), "c": ("unread", None)})
    (tmp_path / "corpus" / "d.ann").write_text("T1\tPER 0 3\tOke\n", encoding="utf-8")
    sentences, said = load(config)
    assert sentences == [CALM_PAIRS, PAIRS, CALM_PAIRS, [("Near", "O"), ("Brin", "B-LOC"), ("moor", "I-LOC")]]
    assert said[0] == f"{tmp_path}/corpus: read as data.format=brat"
    assert "1 of 3 entities go on in the next line" in said[1]
    for what in (
        "entities in several parts (1)",
        "entities inside or across others (1)",
        "texts without a file .ann (1)",
        "files .ann without a text .txt (1)",
    ):
        assert what in said[2]
    before = split_digest(config, "train")
    (tmp_path / "corpus" / "a.ann").write_text("T1\tSEA 4 7\tsea\n", encoding="utf-8")
    assert split_digest(config, "train") != before


def test_a_wrong_entity_of_brat_is_named_with_its_file(tmp_path: Path) -> None:
    config = brat(tmp_path, {"a": (TEXT, "T1\tPER 1 10\tOke Tarnow\n")})
    with pytest.raises(
        DataError, match=r"corpus/a\.ann: the span PER at 1-10 should be 'Oke Tarnow', found 'ke Tarnow'"
    ):
        load(config)
    (tmp_path / "corpus/a.ann").write_text("T1\tPER 0 10\tOke Tarnow\nT2 PER 0 3\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"a\.ann:2: expected an entity such as"):
        load(config)


def test_a_table_without_its_columns_names_the_settings(tmp_path: Path) -> None:
    config = write(tmp_path, "satz,wort,name\n1,Oke,B-PER\n2,Tarn,B-LOC\n", "a.csv")
    with pytest.raises(DataError, match=r"a\.csv:1: expected the column sentence #, .*; set data.sentence_column"):
        load(config)
    config.sentence_column, config.token_column, config.tag_column = "satz", "wort", "name"
    assert load(config)[0] == [[("Oke", "B-PER")], [("Tarn", "B-LOC")]]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("Sentence #,Word,Tag\n1,Oke,B-PER\n,,O\n", r":3: the column 'Word' is empty"),
        ("Sentence #,Word,Tag\n1,Oke,B-PER,x\n", r":2: expected 3 columns as in the first line, found 4"),
    ],
)
def test_a_bad_row_of_a_table_is_refused(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        load(write(tmp_path, content, "a.csv"))


@pytest.mark.parametrize(
    ("heading", "words", "tags"),
    [
        ("text,labels", "Oke left Tarn", "B-PER O B-LOC"),
        ("Sentence #,Sentence,POS,Tag", "1,Oke left Tarn", "\"['NNP', 'VBD', 'NNP']\",\"['B-PER', 'O', 'B-LOC']\""),
        ("id,tokens,ner_tags", "7,\"['Oke', 'left', 'Tarn']\"", "\"['B-PER', 'O', 'B-LOC']\""),
        ("id,tokens,ner_tags", "7,['Oke' 'left' 'Tarn']", "['B-PER' 'O' 'B-LOC']"),
        ("id,tokens,ner_tags", "7,['Oke' 'left' 'Tarn']", "[1 0 2]"),
    ],
)
def test_a_row_of_a_table_may_be_a_sentence(tmp_path: Path, heading: str, words: str, tags: str) -> None:
    config = write(tmp_path, f"{heading}\n" + f"{words},{tags}\n" * 2, "a.csv")
    config.tag_names = "O,B-PER,B-LOC" if tags[1].isdecimal() else ""
    assert load(config)[0] == [[("Oke", "B-PER"), ("left", "O"), ("Tarn", "B-LOC")]] * 2


@pytest.mark.parametrize("ending", ["tsv", "txt", "csv"])
def test_a_table_of_sentences_is_known_by_its_first_lines(tmp_path: Path, ending: str) -> None:
    config = write(tmp_path, "text\tlabels\nOke left Tarn\tB-PER O B-LOC\n", f"a.{ending}")
    config.format = "auto"
    assert load(config)[0] == [[("Oke", "B-PER"), ("left", "O"), ("Tarn", "B-LOC")]]
    config = write(tmp_path, "Oke left Tarn\tB-PER O B-LOC\n", "b.tsv")
    config.format = "auto"
    with pytest.raises(
        DataError, match=r"b\.tsv:1: expected a word and its tag, found 3 words with 3 tags; .*format=csv"
    ):
        load(config)


def test_a_text_in_json_may_have_a_tag_for_each_word(tmp_path: Path) -> None:
    rows = '{"text": "Oke left Tarn", "tags": ["B-PER", "O", "B-LOC"]}\n{"text": "Oke left", "labels": "B-PER O"}\n'
    whole = [("Oke", "B-PER"), ("left", "O"), ("Tarn", "B-LOC")]
    others = '{"text": "Oke left", "tags": ["news", "sea"]}\n{"text": "Oke left", "labels": []}\n'
    none = [("Oke", "O"), ("left", "O")]
    assert load(write(tmp_path, rows + others, "a.jsonl"))[0] == [whole, whole[:2], none, none]
    with pytest.raises(
        DataError, match=r":1: expected as many tags as words between the spaces of the text, found 1 and 2"
    ):
        load(write(tmp_path, '{"text": "Oke left", "tags": ["B-PER"]}\n', "a.jsonl"))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("1,Oke left,B-PER O\n1,Oke left,B-PER\n", r":3: expected as many tags as tokens, found 1 and 2"),
        ("1,Oke left Tarn,B-PER O\n", r":2: expected a word and its tag, or a sentence .* found 3 words with 2 tags"),
        ("1,['Oke' 'left'],[1 0]\n", r":2: .*data.tag_names names numbered tags"),
    ],
)
def test_a_sentence_in_a_row_has_as_many_tags_as_words(tmp_path: Path, rows: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        load(write(tmp_path, f"sentence,text,tags\n{rows}", "a.csv"))


def test_words_such_as_na_and_null_are_words(tmp_path: Path) -> None:
    sentences, _ = load(write(tmp_path, 'Sentence #,Word,Tag\n1,NA,O\n,null,O\n,"""",O\n,"1,5",O\n', "a.csv"))
    assert [word for word, _ in sentences[0]] == ["NA", "null", '"', "1,5"]


@pytest.mark.parametrize(
    ("key", "form"),
    [
        (("doccano.jsonl", "doccano"), "jsonl"),
        (("rows.jsonl", "jsonl"), "conll"),
        (("prodigy-tokens.jsonl", "prodigy"), "jsonl"),
        (("label-studio.json", "label_studio"), "json"),
        (("kaggle.csv", "csv"), "conll"),
        (("spacy.json", "spacy"), "doccano"),
        (("words.tsv", "conll"), "conllu"),
    ],
)
def test_a_file_of_another_format_is_refused_with_its_name(tmp_path: Path, key: tuple[str, str], form: str) -> None:
    name, right = key
    column = "misc:NE" if form == "conllu" else "-1"
    with pytest.raises(DataError, match=f"the file looks like data.format={right}, is data.format={form} right?"):
        load(write(tmp_path, FILES[key], name, format=form, tag_column=column))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            '[{"tokens": ["a"], "tags": ["O"]},\n {"tokens": ["b"] "tags": []}]',
            r"a\.json:2: expected JSON: Expecting ','",
        ),
        ('[{"tokens": ["a"], "tags": ["O"]}\n', r"a\.json:1: expected ',' or ']' .* is the file cut off"),
        ('[{"tokens": ["a"], "tags": ["O"]},\n\n{"tokens": ["b"], "tags": []}]', r"a\.json:3: expected as many tags"),
        ('[{"tokens": ["\\ud800"],\n "tags": ["O"]}]', r"a\.json:1: expected text, found an escape"),
        ('[{"tokens": ["a"],\n "tags": ["O"]}] x', r"a\.json:2: expected nothing after the JSON array, found 'x'"),
    ],
)
def test_a_bad_array_is_refused_with_its_line(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        load(write(tmp_path, content, "a.json", format="json"))


def test_each_split_may_have_its_own_format(tmp_path: Path) -> None:
    config = write(tmp_path, KAGGLE, "train.csv")
    (tmp_path / "dev.conll").write_text("Oke\tB-PER\n", encoding="utf-8")
    config.dev = "dev.conll"
    assert len(load_split(config, "train", print)) == 2
    assert [sentence.tags for sentence in load_split(config, "dev", print)] == [("B-PER",)]


def test_a_part_held_out_has_whole_texts(tmp_path: Path) -> None:
    texts = [f"Oke {n} rows.\nBrinmoor {n} sleeps.\nAll {n} is well." for n in range(20)]
    config = write(tmp_path, lines(*({"text": text, "label": [[0, 3, "PER"]]} for text in texts)), "a.jsonl")
    folder = brat(tmp_path, {f"{n:02}": (text, "T1\tPER 0 3\tOke\n") for n, text in enumerate(texts)})
    for each in (config, folder):
        each.dev = "20%"
        dev = load_split(each, "dev", print)
        train = load_split(each, "train", print)
        numbers = [{sentence.tokens[1] for sentence in part} for part in (train, dev)]
        assert (len(train), len(dev), [len(part) for part in numbers]) == (48, 12, [16, 4])


def test_the_settings_name_every_format() -> None:
    from seqnlp.config.tagging import FILE_FORMATS

    assert FILE_FORMATS == FORMATS


@pytest.mark.parametrize(
    ("shift", "cause"),
    [
        ((0, 0), "spans count UTF-16 units, as browsers do: set data.offsets=utf16"),
        ((-1, -2), "most of them fit if ends are inclusive"),
        ((0, -1), "take 1 from every start"),
    ],
)
def test_offsets_counted_in_another_way_are_named_whatever_stands_beside_the_entity(
    tmp_path: Path, shift: tuple[int, int], cause: str
) -> None:
    """A span that is one too far holds a space at its end; it is judged as it is written."""
    texts = [
        ("🚲 Oke Tarnow rows on", [3, 13]),
        ("🚲 to Brinmoor he went", [6, 14]),
        ("🚲 then Low Ford rose", [8, 16]),
    ]
    rows = [{"text": text, "spans": [[start + shift[0], end + shift[1], "X"]]} for text, (start, end) in texts]
    with pytest.raises(DataError, match=r"of 6 span edges lie inside words") as caught:
        load(write(tmp_path, lines(*rows), "a.jsonl"))
    assert cause in str(caught.value)


def test_numbers_of_words_are_no_words(tmp_path: Path) -> None:
    content = "\n".join(
        "\n".join(f"{n}\t{word}\tO" for n, word in enumerate(("Oke", "left", "."), 1)) + "\n" for _ in "ab"
    )
    config = write(tmp_path, content, "a.conll")
    with pytest.raises(
        DataError, match=r"expected words, found the numbers of words from 1 in every sentence; set data\.tok"
    ):
        load(config)
    assert load(replace(config, token_column="1"))[0][0] == [("Oke", "O"), ("left", "O"), (".", "O")]


def test_a_file_without_a_blank_line_is_pointed_out(tmp_path: Path) -> None:
    _, said = load(write(tmp_path, "Oke O\n" * 300, "a.conll"))
    assert any("all 300 words are one sentence; in a file of words a blank line ends one" in one for one in said)


@pytest.mark.parametrize(
    ("ending", "field"), [("doccano", "label"), ("jsonl", "spans"), ("spacy", "ents"), ("prodigy", "spans")]
)
def test_a_span_must_hold_what_the_file_says_and_its_label_has_no_spaces(
    tmp_path: Path, ending: str, field: str
) -> None:
    def rows(**span: Any) -> DataConfig:
        row = json.dumps({"text": "Oke left Tarn", field: [{"start": 0, "end": 3, "label": " PER ", **span}]})
        return replace(write(tmp_path, f"{row}\n" * 3, "a.jsonl"), format=ending)

    for config in (rows(), rows(text="Oke"), rows(text="Oke ")):
        assert load(config)[0][0] == [("Oke", "B-PER"), ("left", "O"), ("Tarn", "O")]
    with pytest.raises(DataError, match=r"a\.jsonl:1: the span PER at 0-3 should be 'Tarn', found 'Oke'"):
        load(rows(text="Tarn"))
    with pytest.raises(DataError, match=r"a\.jsonl:1: expected a span "):
        load(rows(label=" "))


def test_joined_tables_and_spaces_before_quotes_are_read(tmp_path: Path) -> None:
    table = 'sentence, word, tag\n1, "Oke", B-PER\n1, ",", O\n'
    config = write(tmp_path, f"\ufeff{table}\ufeff{table.replace('1', '2')}", "a.csv")
    sentences, said = load(config)
    assert sentences == 2 * [[("Oke", "B-PER"), (",", "O")]]
    assert said[1:] == [f"{tmp_path}/a.csv: left out: the names of the columns again, as in joined files (1)"]
