"""spaCy's DocBin: read with its entities, and written so that offsets stay."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from seqnlp.config.tagging import DataConfig
from seqnlp.data.sources import load_examples, load_split
from seqnlp.errors import DataError
from seqnlp.text.formats.annotated import AnnotatedText
from seqnlp.text.formats.docbin import docbin_bytes
from seqnlp.text.formats.recognise import recognise
from seqnlp.text.tags import Span

spacy = pytest.importorskip("spacy")
Doc, DocBin = spacy.tokens.Doc, spacy.tokens.DocBin

TEXTS = [
    ("Oke Tarnow rows  to\nBrinmoor's quay.", [Span(0, 10, "PER"), Span(20, 28, "LOC")]),
    ("nobody came", []),
    (" 昨天\u200b北川来 \n\n", [Span(4, 6, "PER")]),
    ("", []),
]


def examples(path: Path, **settings: Any) -> tuple[list[tuple[str, list[Span]]], list[str]]:
    said: list[str] = []
    actual = load_examples(DataConfig(train=str(path), **settings), "train", said.append)
    return [(one.text, one.spans) for one in actual if isinstance(one, AnnotatedText)], said


def test_texts_and_offsets_stay_when_written_and_read(tmp_path: Path) -> None:
    left_out: Counter[str] = Counter()
    texts = [AnnotatedText(text, spans, line) for line, (text, spans) in enumerate(TEXTS, 1)]
    (tmp_path / "a.spacy").write_bytes(docbin_bytes(texts, tmp_path, left_out))
    assert examples(tmp_path / "a.spacy") == (TEXTS, [f"{tmp_path / 'a.spacy'}: read as data.format=spacy"])
    (tmp_path / "a.bin").write_bytes((tmp_path / "a.spacy").read_bytes())
    assert recognise(tmp_path / "a.bin") == "spacy"
    assert not left_out


def test_what_spacy_wrote_is_read_and_what_is_not_marked_is_left_out(tmp_path: Path) -> None:
    vocabulary = spacy.blank("en").vocab
    marked = Doc(vocabulary, words=["Oke", "Tarnow", "rows", "."], spaces=[True, True, False, False])
    marked.set_ents([marked.char_span(0, 10, label="PER")])
    marked.spans["sc"] = [marked[0:1], marked[0:2]]
    bare = Doc(vocabulary, words=["not", "marked"])
    DocBin(docs=[marked, bare]).to_disk(tmp_path / "a.spacy")
    actual, said = examples(tmp_path / "a.spacy")
    assert actual == [("Oke Tarnow rows.", [Span(0, 10, "PER")])]
    assert said[1].endswith("left out: spans in groups (2), documents in which no entities are marked (1)")
    sentences = load_split(DataConfig(train=str(tmp_path / "a.spacy")), "train", said.append)
    assert sentences[0].tags == ("B-PER", "I-PER", "O", "O")


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    whole = docbin_bytes([AnnotatedText(*TEXTS[0], 1)], tmp_path, Counter())
    (tmp_path / "a.spacy").write_bytes(whole[:-20])
    with pytest.raises(DataError, match=r"a\.spacy: expected spaCy's DocBin \("):
        examples(tmp_path / "a.spacy")
    (tmp_path / "b.spacy").write_text(json.dumps(["text", {"entities": []}]), encoding="utf-8")
    with pytest.raises(DataError, match=r"b\.spacy: expected spaCy's DocBin \("):
        examples(tmp_path / "b.spacy")


def test_spacy_must_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.spacy").write_bytes(docbin_bytes([], tmp_path, Counter()))
    monkeypatch.setitem(__import__("sys").modules, "spacy", None)
    monkeypatch.setitem(__import__("sys").modules, "spacy.tokens", None)
    with pytest.raises(DataError, match=r"a\.spacy: spaCy's DocBin needs spaCy: pip install 'seqnlp\[spacy\]'"):
        examples(tmp_path / "a.spacy")
