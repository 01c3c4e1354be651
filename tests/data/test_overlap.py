from __future__ import annotations

from pathlib import Path

import pytest
from command import output

from seqnlp.data.file_texts import file_texts
from seqnlp.data.overlap import Text, find_overlap, normalized_text
from seqnlp.errors import DataError


def texts_of(path: Path) -> list[Text]:
    """Those of a file, whichever they are."""
    return file_texts(path, lambda which: None)


def texts(*lines: str) -> list[Text]:
    return [Text(line, number) for number, line in enumerate(lines, 1)]


def test_texts_are_compared_as_they_are_and_normalised() -> None:
    train = texts("It's a Film.", "Déjà vu", "", "other", "?!")
    actual = find_overlap(texts("it 's a film", "deja vu !", "Déjà vu", "", "new", "?!"), train)
    assert (actual.total, actual.exact, actual.normalized) == (5, 2, 4)
    assert actual.examples[0] == (1, 1, "it 's a film")
    assert len(actual.examples) == 3


def test_brackets_of_the_penn_treebank_are_punctuation() -> None:
    assert normalized_text("-LRB- a film -RRB-") == normalized_text("(A film)") == "afilm"


@pytest.mark.parametrize(
    ("one", "other"), [("किताब", "कताब"), ("かき", "がき"), ("ไม่", "ไม้"), ("কলম", "কালম"), ("ದಿನ", "ದನ")]
)
def test_signs_that_tell_words_apart_are_no_accents(one: str, other: str) -> None:
    assert normalized_text(one) == normalized_text(f" {one}!") != normalized_text(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Café", "CAFE"), ("שָׁלוֹם", "שלום"), ("مُحَمَّد", "محمد"), ("x️", "X"), ("Việt", "viet"), ("각", "\u1100\u1161\u11a8")],
)
def test_accents_and_points_do_not_count(one: str, other: str) -> None:
    assert normalized_text(one) == normalized_text(other)


def test_the_treebank_and_sentence_polarity_share_sentences(shared_data: Path) -> None:
    sentiment = shared_data / "sentiment"
    polarity = [
        text for split in ("train", "test") for text in texts_of(sentiment / f"sentence_polarity/{split}.tsv.gz")
    ]
    shared = {}
    for split in ("dev", "test"):
        actual = find_overlap(texts_of(sentiment / f"sst/sst5.{split}.tsv.gz"), polarity)
        shared[split] = actual.normalized
        assert actual.exact < actual.normalized
    assert shared["dev"] >= 845
    assert shared["test"] >= 1702


FEATURES = "Number=Sing|Gender=Fem|Very=Long"
CONLLU = f"# text = Ann left\n1\tAnn\tAnn\tPROPN\t_\t{FEATURES}\t0\troot\t_\t_\n2\tleft" + "\t_" * 8


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.conll", "Ann B-PER\nleft O\n\nIt O\nrains O\n"),
        ("tagged", "Ann\tB-PER\nleft\tO\n\nIt\tO\nrains\tO\n"),
        ("a.conllu", CONLLU + "\n\n" + CONLLU.replace("Ann", "It").replace("left", "rains") + "\n"),
        ("a.jsonl", '{"id": "a long number", "text": "Ann left"}\n{"tokens": ["It", "rains"], "tags": ["O", "O"]}\n'),
        ("a.csv", 'label,text\nextraordinarily good,Ann left\nx,"It rains"\nx,"and this, at last, is long"\n'),
        ("a.tsv", "extraordinarily good\tAnn left\nx\tIt rains\nx\tand this, at last, is long\n"),
        ("a.txt", "Ann left\nIt rains\n"),
        ("b.csv", "label;text\nextraordinarily good;Ann left\nx;It rains\nx;and this, at last, is long\n"),
        (
            "rows.csv",
            "Sentence #,Sentence,POS,Tag\n1,Ann left,\"['NNP', 'VBD']\",\"['B-PER', 'O']\"\n"
            "2,It rains,\"['PRP', 'VBZ']\",\"['O', 'O']\"\n",
        ),
        ("words.csv", "Sentence #,Word,Tag\n1,Ann,B-PER\n,left,O\n2,It,O\n,rains,O\n"),
        ("a.json", '[{"id": "a long number", "text": "Ann left"}, {"text": "It rains"}]'),
        ("b.jsonl", '{"data": "Ann left", "label": [[0, 3, "PER"]]}\n{"text": "It rains", "answer": "reject"}\n'),
        ("c.jsonl", '{"translation": {"de": "x", "en": "Ann left"}, "id": "a very long number"}\n{"en": "It rains"}\n'),
        ("spacy.json", '[["Ann left", {"entities": [[0, 3, "B-PER"]]}], ["It rains", {"entities": []}]]'),
        (
            "tasks.json",
            '[{"data": {"text": "Ann left"}, "annotations": [{"result": []}]},'
            ' {"data": {"text": "It rains"}, "annotations": [{"result": []}]}]',
        ),
        ("ft.txt", "__label__good Ann left\n__label__Sing It rains\n"),
        ("t.txt", "(3 (2 Ann) (4 left))\n(1 (2 It) (2 rains))\n"),
        (
            "a.tmx",
            '<tmx><body><tu><tuv lang="de"><seg>Ann ging</seg></tuv><tuv lang="en"><seg>Ann left</seg></tuv></tu>'
            '<tu><tuv lang="en"><seg>It\n rains</seg></tuv></tu></body></tmx>'.replace("\n ", " "),
        ),
    ],
)
def test_texts_of_a_file_are_sentences_or_texts_never_its_lines(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    texts = [one.text for one in texts_of(tmp_path / name)]
    assert [text for text in texts if text in ("Ann left", "It rains")] == ["Ann left", "It rains"]
    assert not any("B-PER" in text or "Sing" in text or "good" in text for text in texts)


def test_texts_of_a_folder_are_those_of_its_files(tmp_path: Path) -> None:
    for name in ("classes/good/1.txt", "classes/Sing/2.txt", "brat/1.txt", "brat/2.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("Ann left" if "1" in name else "It rains", encoding="utf-8")
        if name.startswith("brat"):
            (tmp_path / name).with_suffix(".ann").write_text("", encoding="utf-8")
    for folder in ("classes", "brat"):
        assert sorted(one.text for one in texts_of(tmp_path / folder)) == ["Ann left", "It rains"]
    actual = output("data", "check", tmp_path / "classes", tmp_path / "brat")
    assert actual.splitlines()[2].endswith(" 2      2           2"), actual


@pytest.mark.parametrize(
    ("name", "content", "first"),
    [
        ("a.csv", "id,Text\n7,Ann left\n", "Ann left"),
        ("one.csv", "text\nAnn left\n", "Ann left"),
        ("a.tsv", "label\tReview Text\tid\nbad\tAnn left\t1\n", "Ann left"),
        ("pairs.csv", "de,en\nAnn ging,Ann left today\n", "Ann left today"),
        ("bare.tsv", "bad\tAnn left\ngood\tIt rains\n", "Ann left"),
        ("bare.csv", "1,Title\n2,It rains\n", "Title"),
        ("lines.txt", "Text\nAnn left\n", "Text"),
        ("links.csv", "id,text,url\n7,Ann left,https://example.org/of/some/length\n", "Ann left"),
    ],
)
def test_names_of_columns_are_no_text(tmp_path: Path, name: str, content: str, first: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    assert texts_of(tmp_path / name)[0].text == first


def test_it_is_told_which_column_of_a_table_is_read_and_one_of_numbers_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,body,label\n1,Ann left,x\n2,It rains,y\n", encoding="utf-8")
    (tmp_path / "b.tsv").write_text("x\tAnn left\ny\tIt rains\n", encoding="utf-8")
    told: list[str] = []
    assert [file_texts(tmp_path / name, told.append)[0].text for name in ("a.csv", "b.tsv")] == ["Ann left"] * 2
    assert told == ["the longest column, 'body'", "the longest column, number 2"]
    (tmp_path / "s.csv").write_text("date,value\n2020-01-01,1\n2020-01-02,2\n2020-01-03,3\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"s\.csv: expected a table with texts, found numbers or dates"):
        texts_of(tmp_path / "s.csv")
