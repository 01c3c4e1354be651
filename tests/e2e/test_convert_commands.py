"""Labelled text from any format to any other, and pre-annotations for tools."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
from pathlib import Path

import pytest
from command import output, refusal, seqnlp

from seqnlp.api import Tagger
from seqnlp.api.mapping import batch
from seqnlp.config.tagging import DataConfig
from seqnlp.data.sources import load_examples, load_split
from seqnlp.text.formats.annotated import AnnotatedText
from seqnlp.text.formats.readers import FORMATS

TEXTS = [
    ("🚣 Oke Tarnow rows to Brinmoor.\nIn Low\nFord it rains.", [[2, 12, "PER"], [21, 29, "LOC"], [34, 42, "LOC"]]),
    ("Nobody came.", []),
    ("  the “Ten  Mills” song\u200b", [[6, 18, "creative-work"]]),
]
NAMES = {"label_studio": "tasks.json", "json": "rows.json", "spacy": "pairs.json", "brat": "corpus", "csv": "words.csv"}
OF_TEXTS = ("jsonl", "json", "doccano", "prodigy", "label_studio", "spacy", "brat")
OF_WORDS = ("conll", "conllu", "csv")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("SEQNLP_DATA", raising=False)
    monkeypatch.chdir(tmp_path)
    rows = [{"text": text, "spans": spans} for text, spans in TEXTS]
    Path("in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return tmp_path


def name_of(form: str) -> str:
    return NAMES.get(form, f"out.{form}")


def texts_of(path: str, **settings: str) -> list[tuple[str, list[list[object]]]]:
    actual = load_examples(DataConfig(train=path, **settings), "train", lambda text: None)
    return [(one.text, sorted(map(list, one.spans))) for one in actual if isinstance(one, AnnotatedText)]


@pytest.mark.parametrize("second", OF_TEXTS)
@pytest.mark.parametrize("first", OF_TEXTS)
def test_offsets_are_kept_between_formats_of_texts(here: Path, first: str, second: str) -> None:
    finished = seqnlp("data", "convert", "in.jsonl", name_of(first), "--to", first)
    assert finished.status == 0, finished.err
    assert finished.err.endswith(f"{name_of(first)}: 3 texts, 4 entities as {first}\n")
    assert finished.out == ""
    output("data", "convert", name_of(first), f"again/{name_of(second)}", "--to", second)
    assert sorted(texts_of(f"again/{name_of(second)}")) == sorted(TEXTS)


@pytest.mark.parametrize("form", OF_TEXTS)
def test_spans_can_be_written_and_read_in_utf16_units(here: Path, form: str) -> None:
    output("data", "convert", "in.jsonl", name_of(form), "--to", form, "--offsets", "utf16")
    assert sorted(texts_of(name_of(form), offsets="utf16")) == sorted(TEXTS)
    output("data", "convert", name_of(form), "back.jsonl", "data.offsets=utf16")
    assert sorted(texts_of("back.jsonl")) == sorted(TEXTS)


@pytest.mark.parametrize("second", FORMATS)
@pytest.mark.parametrize("first", OF_WORDS)
def test_words_and_tags_are_kept_between_all_formats(here: Path, first: str, second: str) -> None:
    """The second may be one of texts: then words stand between spaces, and are cut there again."""
    misc = {"conllu": ["data.tag_column=misc:NE"]}
    output("data", "convert", "in.jsonl", name_of(first), "--to", first)
    output("data", "convert", name_of(first), f"2/{name_of(second)}", "--to", second, *misc.get(first, []))
    output("data", "convert", f"2/{name_of(second)}", "3.conll", "data.tokenizer=whitespace", *misc.get(second, []))
    wanted = load_split(DataConfig(train="in.jsonl"), "train", lambda text: None)
    actual = load_split(DataConfig(train="3.conll"), "train", lambda text: None)
    assert sorted((one.tokens, one.tags) for one in actual) == sorted((one.tokens, one.tags) for one in wanted)
    assert len(actual) == 4


def test_the_scheme_of_the_tags_may_change(here: Path) -> None:
    Path("a.conll").write_text("Oke\tB-P\nTarn\tI-P\nrows\tO\n\n", encoding="utf-8")
    output("data", "convert", "a.conll", "b.conll", "--scheme", "bioes")
    assert Path("b.conll").read_text(encoding="utf-8") == "Oke\tB-P\nTarn\tE-P\nrows\tO\n\n"
    output("data", "convert", "b.conll", "c.jsonl", "data.scheme=bioes", "--scheme", "iob1")
    assert json.loads(Path("c.jsonl").read_text(encoding="utf-8"))["tags"] == ["I-P", "I-P", "O"]


def test_plain_tags_stay_plain(here: Path) -> None:
    Path("a.conll").write_text("mills\tNOUN\nturn\tVERB\n\n", encoding="utf-8")
    for form in ("conllu", "csv", "jsonl", "json"):
        output("data", "convert", "a.conll", f"b.{form}", "data.scheme=none")
        output(
            "data",
            "convert",
            f"b.{form}",
            "c.conll",
            "data.scheme=none",
            *["data.tag_column=upos"] * (form == "conllu"),
        )
        assert Path("c.conll").read_text(encoding="utf-8") == Path("a.conll").read_text(encoding="utf-8")
    message = refusal("data", "convert", "a.conll", "d.jsonl", "--to", "doccano", "data.scheme=none")
    assert message == "plain tags are no entities; expected a format of words (conll, conllu, jsonl, json, csv)"
    assert not Path("d.jsonl").exists()


def test_what_cannot_be_converted_is_refused_and_nothing_is_written(here: Path) -> None:
    assert refusal("data", "convert", "in.jsonl").endswith("found 1 names")
    missing = refusal("data", "convert", "in.json", "b.conll")
    assert missing == f"{here}/in.json: no such file (did you mean 'in.jsonl'?)"
    assert "the name does not tell the format; add --to conll | conllu" in refusal(
        "data", "convert", "in.jsonl", "b.xyz"
    )
    assert "found 'docano' (did you mean 'doccano'?)" in refusal("data", "convert", "in.jsonl", "b", "--to", "docano")
    assert "data.schem: unknown key" in refusal("data", "convert", "in.jsonl", "b.conll", "data.schem=iob2")
    output("data", "convert", "in.jsonl", "corpus")
    assert refusal("data", "convert", "in.jsonl", "corpus").endswith(
        "expected a folder that is not there yet, or empty"
    )
    Path("c.jsonl").write_text(json.dumps({"text": "ab", "spans": [[1, 3, "X"]]}), encoding="utf-8")
    assert "c.jsonl:1: the span X at 1-3 is empty or reaches out" in refusal("data", "convert", "c.jsonl", "c.json")
    Path("d.json").write_text(json.dumps([{"tokens": ["a\tb"], "tags": ["O"]}]), encoding="utf-8")
    assert "a file with columns cannot hold" in refusal("data", "convert", "d.json", "d.conll")
    assert sorted(path.name for path in here.iterdir()) == ["c.jsonl", "corpus", "d.json", "in.jsonl"]


def test_random_texts_keep_their_entities(here: Path) -> None:
    chance, alphabet = random.Random(3), 'ab é🚣\u200d,.\n\r"\\;'
    rows = []
    for _ in range(40):
        text = "x" + "".join(chance.choice(alphabet) for _ in range(30)) + "x"
        edges = sorted(chance.sample(range(len(text) + 1), 6))
        spans = [
            [a, b, "L"] for a, b in zip(edges[::2], edges[1::2], strict=True) if text[a:b].strip() == text[a:b] != ""
        ]
        rows.append({"text": text, "label": spans})
    Path("r.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    wanted = texts_of("r.jsonl", format="doccano")
    for form in OF_TEXTS:
        output("data", "convert", "r.jsonl", f"r/{name_of(form)}", "--to", form, "data.format=doccano")
        assert texts_of(f"r/{name_of(form)}", format=form) == wanted, form


ROWS = [
    {"id": "07", "body": "Velisk Korrasel moved to Yensa.\nNobody wrote to Port Ombril.", "tags": "gold", "label": "x"},
    {"id": "8", "body": "", "tags": "", "label": ""},
    {"id": "9", "body": " In Yensa; again", "tags": "NA", "label": "y"},
]


def as_rows(form: str) -> str:
    """The rows as standard input."""
    if form == "jsonl":
        return "".join(json.dumps(row) + "\n" for row in ROWS)
    table = io.StringIO()
    writer = csv.DictWriter(table, list(ROWS[0]))
    writer.writeheader()
    writer.writerows(ROWS)
    return table.getvalue()


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_rows_are_tagged_and_keep_their_other_fields(trained: Path, form: str) -> None:
    stdin, options = as_rows(form), ("--input", form, "--text-column", "body")
    answers = [
        json.loads(line) for line in output("tag", trained, *options, "--output", "jsonl", stdin=stdin).splitlines()
    ]
    assert [(one["id"], one["text"], one["tags"], one["label"]) for one in answers] == [
        tuple(row.values()) for row in ROWS
    ]
    assert all(one["text"][t["start"] : t["end"]] == t["text"] for one in answers for t in one["tokens"] + one["spans"])
    assert [len(one["predicted_tags"]) for one in answers] == [len(one["tokens"]) for one in answers]
    texts = ROWS[0]["body"].split("\n")
    alone = [json.loads(line) for line in output("tag", trained, stdin="\n".join(texts)).splitlines()]
    assert [token["text"] for one in alone for token in one["tokens"]] == [t["text"] for t in answers[0]["tokens"]]
    assert [tag for one in alone for tag in one["tags"]] == answers[0]["predicted_tags"]
    assert [span["text"] for one in alone for span in one["spans"]] == [s["text"] for s in answers[0]["spans"]]

    rows = [
        json.loads(line) for line in output("tag", trained, *options, "--output", "doccano", stdin=stdin).splitlines()
    ]
    assert [(row["id"], row["given_label"]) for row in rows] == [(row["id"], row["label"]) for row in ROWS]
    tasks = json.loads(output("tag", trained, *options, "--output", "label-studio", stdin=stdin))
    assert [task["data"] for task in tasks] == [{**_without_body(row), "text": row["body"]} for row in ROWS]
    blocks = output("tag", trained, *options, "--output", "conll", stdin=stdin)
    assert blocks.count("\n\n") == 3 - 1, "an empty text is an empty block"
    best = output("tag", trained, *options, "--output", "jsonl", "--nbest", "4", stdin=stdin).splitlines()
    each = [
        json.loads(line)["nbest"] for line in output("tag", trained, "--nbest", 4, stdin=ROWS[0]["body"]).splitlines()
    ]
    all_ = [
        (one["probability"] * other["probability"], one["tags"] + other["tags"]) for one in each[0] for other in each[1]
    ]
    expected = sorted(all_, key=lambda one: -one[0])[:4]
    actual = [(one["probability"], one["tags"]) for one in json.loads(best[0])["nbest"]]
    assert [tags for _, tags in actual] == [tags for _, tags in expected]
    assert [one for one, _ in actual] == pytest.approx([one for one, _ in expected], abs=2e-6)


def test_the_lines_of_a_text_are_tagged_by_themselves_whoever_asks(trained: Path) -> None:
    tagger, text = Tagger(trained), f"\n{ROWS[0]['body']}\r\nYensa\n"
    lines = ROWS[0]["body"].split("\n")
    alone = tagger.tag_texts([*lines, "Yensa"])
    answer = tagger.tag(text)
    assert answer.tags == [tag for one in alone for tag in one.tags]
    assert [(s.label, s.probability, s.text) for s in answer.spans] == [
        (s.label, s.probability, s.text) for one in alone for s in one.spans
    ]
    assert all(text[span.start : span.end] == span.text for span in answer.spans)
    assert [answer.tokens[span.first].start for span in answer.spans] == [span.start for span in answer.spans]
    assert batch(tagger)({"text": [text]})["spans"] == [answer.to_dict()["spans"]]
    assert tagger.uncertainty([text]) == pytest.approx([tagger.uncertainty([*lines, "Yensa"]).sum()])
    best = tagger.tag(text, nbest=2).nbest
    assert tagger.uncertainty([text], "margin") == pytest.approx([1 - best[0].probability + best[1].probability])
    weights = [len(one.tokens) for one in alone]
    means = tagger.uncertainty([*lines, "Yensa"], "mean-probability")
    assert tagger.uncertainty([text], "mean-probability") == pytest.approx([(means * weights).sum() / sum(weights)])


def _without_body(row: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in row.items() if name != "body"}


def test_tagged_text_can_be_imported_as_training_data(trained: Path, here: Path) -> None:
    text = "Velisk Korrasel moved from Port Ombril to Yensa.\nnobody\n"
    spans = [json.loads(line)["spans"] for line in output("tag", trained, "--output", "jsonl", stdin=text).splitlines()]
    wanted = [[[span["start"], span["end"], span["label"]] for span in one] for one in spans]
    assert any(wanted)
    Path("a.jsonl").write_text(output("tag", trained, "--output", "doccano", stdin=text), encoding="utf-8")
    assert [actual for _, actual in texts_of("a.jsonl", format="doccano")] == wanted
    tasks = json.loads(output("tag", trained, "--output", "label-studio", stdin=text))
    assert [task["data"]["text"] for task in tasks] == text.splitlines()
    actual = [[region["value"] for region in task["predictions"][0]["result"]] for task in tasks]
    assert [[[one["start"], one["end"], *one["labels"]] for one in values] for values in actual] == wanted
    assert json.loads(output("tag", trained, "--output", "label-studio")) == []


def test_texts_are_cut_into_words_by_the_tokenizer_that_fits_their_entities(here: Path) -> None:
    rows = [{"text": f"{name}'s boat", "spans": [[0, 3, "PER"]]} for name in ("Oke", "Ada")]
    Path("own.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    output("data", "convert", "own.jsonl", "own.conll")
    assert Path("own.conll").read_text(encoding="utf-8").splitlines()[:3] == ["Oke\tB-PER", "'s\tO", "boat\tO"]


def test_a_file_called_spacy_is_a_corpus_of_spacys_own(here: Path) -> None:
    pytest.importorskip("spacy")
    output("data", "convert", "in.jsonl", "out.spacy")
    assert not Path("out.spacy").read_bytes().startswith(b"[")
    output("data", "convert", "out.spacy", "again.jsonl")
    assert sorted(texts_of("again.jsonl")) == sorted(TEXTS)


def test_a_packed_file_is_packed(here: Path) -> None:
    output("data", "convert", "in.jsonl", "out.jsonl.gz")
    assert gzip.decompress(Path("out.jsonl.gz").read_bytes()).count(b"\n") == 3
    output("data", "convert", "out.jsonl.gz", "again.jsonl")
    assert sorted(texts_of("again.jsonl")) == sorted(TEXTS)


def test_weights_are_kept_where_a_format_has_them_and_said_where_not(here: Path) -> None:
    rows: list[dict[str, object]] = [
        {"text": "Oke rows", "spans": [], "sure": 0.5},
        {"tokens": ["It", "rains"], "tags": ["O", "O"]},
    ]
    Path("w.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    output("data", "convert", "w.jsonl", "w.json", "data.weight_column=sure")
    assert [row["sure"] for row in json.loads(Path("w.json").read_text(encoding="utf-8"))] == [0.5, 1.0]
    said = seqnlp("data", "convert", "w.jsonl", "w.conll", "data.weight_column=sure").err
    assert "w.conll: conll has no weights (data.weight_column): they are left out" in said
    words = refusal("data", "convert", "w.conll", "x.jsonl", "data.weight_column=sure")
    assert words.endswith(
        "expected data.format=jsonl or json, whose rows have weights (data.weight_column), found conll"
    )


def test_options_that_would_change_nothing_are_refused(here: Path) -> None:
    no_tags = refusal("data", "convert", "in.jsonl", "b.json", "--scheme", "bioes")
    assert no_tags == "b.json: --scheme: json has entities of these texts, and no tags; leave it out"
    no_offsets = refusal("data", "convert", "in.jsonl", "b.conll", "--offsets", "utf16")
    assert no_offsets.endswith("what is written as conll holds no offsets to choose; leave it out")
    partial = refusal("data", "convert", "in.jsonl", "b.conll", "data.partial=true")
    assert "data.partial: only what is known for sure is converted" in partial
    itself = refusal("data", "convert", "in.jsonl", "in.jsonl", "--to", "doccano")
    assert itself == "OUT: in.jsonl would be written over, which is read here; choose another name"
    assert [path.name for path in here.iterdir()] == ["in.jsonl"]


def test_a_label_that_conllu_would_cut_is_refused(here: Path) -> None:
    Path("a.jsonl").write_text('{"text": "Oke rows", "spans": [[0, 3, "a|b"]]}\n', encoding="utf-8")
    assert "ends a tag at '|', found 'B-a|b'" in refusal("data", "convert", "a.jsonl", "a.conllu")
