"""The tagger as a component of spaCy's pipelines, found by its entry point, saved and loaded with them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import spacy
from tiny import make_sentences

import seqnlp
import seqnlp.spacy

TEXTS = ["Tamsin Oake met Brand near Port Denholm !", "", "nobody came", "Wren Hollis lives in Quarley ."] * 3
SETTINGS: dict[str, object] = {
    "model": {"word_dim": 10, "character_model": "none", "hidden_dim": 12},
    "trainer": {"epochs": 8, "batch_sentences": 6, "threads": 1},
    "optimizer.learning_rate": 0.03,
}


@pytest.fixture(scope="module")
def tagger(tmp_path_factory: pytest.TempPathFactory) -> seqnlp.Tagger:
    sentences = [(list(one.tokens), list(one.tags)) for one in make_sentences(60)]
    folder = tmp_path_factory.mktemp("runs") / "run"
    return seqnlp.train(task="tagging", train=sentences, dev=0.2, settings=SETTINGS, run=folder)


def pipeline(model: object, **config: Any) -> Any:
    nlp = spacy.blank("en")
    nlp.add_pipe("seqnlp", config={"model": str(model), **config})
    return nlp


def entities(doc: Any) -> list[tuple[str, str]]:
    return [(span.text, span.label_) for span in doc.ents]


def test_documents_get_the_entities_of_the_tagger_with_their_probabilities(tagger: seqnlp.Tagger) -> None:
    nlp = pipeline(tagger.run)
    answers = tagger.tag_texts(TEXTS)
    docs = list(nlp.pipe(TEXTS, batch_size=5))
    assert [entities(doc) for doc in docs] == [[(span.text, span.label) for span in one.spans] for one in answers]
    assert any(doc.ents for doc in docs)
    for doc, answer in zip(docs, answers, strict=True):
        assert [span._.probability for span in doc.ents] == [span.probability for span in answer.spans]
    assert entities(nlp(TEXTS[0])) == entities(docs[0])


def test_an_entity_is_widened_to_the_tokens_of_the_pipeline(tagger: seqnlp.Tagger) -> None:
    nlp = pipeline(tagger.run)
    nlp.tokenizer = spacy.tokenizer.Tokenizer(nlp.vocab, token_match=lambda word: True)  # cuts at spaces only
    [person] = [span for span in nlp("Tamsin Oake lives in Quarley.").ents if span.label_ == "LOC"]
    assert person.text == "Quarley."


def test_entities_go_where_they_are_wanted(tagger: seqnlp.Tagger) -> None:
    doc = pipeline(tagger.run, spans_key="found")(TEXTS[0])
    assert not doc.ents
    assert len(doc.spans["found"]) == len(doc.spans["found"].attrs["scores"]) > 0
    assert not pipeline(tagger.run, min_probability=1.0)(TEXTS[0]).ents
    kept = pipeline(tagger.run, overwrite=False)
    before = kept.make_doc(TEXTS[0])
    before.set_ents([spacy.tokens.Span(before, 0, 1, "KEPT")])
    assert entities(kept(before))[0] == ("Tamsin", "KEPT")


def test_plain_tags_are_the_tags_of_tokens_line_by_line() -> None:
    examples = [
        (["the", "mill", "turns"], ["DET", "NOUN", "VERB"]),
        (["the", "mill"], ["DET", "NOUN"]),
        (["mill", "the", "mill"], ["VERB", "DET", "NOUN"]),
        (["the"], ["DET"]),
        (["mill"], ["VERB"]),
    ]
    model = seqnlp.train(task="tagging", train=examples * 20, settings=SETTINGS)
    doc = pipeline(model.path)("the  mill turns")
    assert [token.tag_ for token in doc if not token.is_space] == ["DET", "NOUN", "VERB"]
    assert doc[0].pos_ == "DET"
    lines = "the\r\nmill \n \n the mill\n"
    words = [token for token in pipeline(model.path)(lines) if not token.is_space]
    assert [token.tag_ for token in words] == model.tag(lines).tags == ["DET", "VERB", "DET", "NOUN"]


def test_a_pipeline_is_saved_and_sent_with_its_model(tagger: seqnlp.Tagger, tmp_path: Path) -> None:
    shutil.copytree(tagger.path, tmp_path / "model")
    nlp = pipeline(tmp_path / "model")
    expected = [entities(doc) for doc in nlp.pipe(TEXTS)]
    content = nlp.to_bytes()
    nlp.to_disk(tmp_path / "pipeline")
    shutil.rmtree(tmp_path / "model")
    assert [entities(doc) for doc in spacy.load(tmp_path / "pipeline").pipe(TEXTS)] == expected
    other = spacy.blank("en")
    other.add_pipe("seqnlp")
    assert [entities(doc) for doc in other.from_bytes(content).pipe(TEXTS)] == expected
    shutil.rmtree(tmp_path / "pipeline" / "seqnlp")
    with pytest.raises(seqnlp.RunError, match="was copied without the model of its component 'seqnlp'"):
        spacy.load(tmp_path / "pipeline")


def test_a_component_without_a_model_says_so_when_it_is_used(tmp_path: Path) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("seqnlp")
    with pytest.raises(seqnlp.RunError, match="component's setting `model`"):
        nlp("text")
    with pytest.raises(seqnlp.RunError, match="no such folder"):
        pipeline(tmp_path / "nowhere")("text")


def test_several_processes_give_the_same(tagger: seqnlp.Tagger) -> None:
    nlp = pipeline(tagger.run)
    assert [entities(d) for d in nlp.pipe(TEXTS, n_process=2)] == [entities(d) for d in nlp.pipe(TEXTS)]


def test_spacy_finds_the_component_by_its_entry_point(tagger: seqnlp.Tagger, tmp_path: Path) -> None:
    repository = Path(seqnlp.__file__).resolve().parent.parent
    points = tomllib.loads((repository / "pyproject.toml").read_text())["project"]["entry-points"]["spacy_factories"]
    info = tmp_path / "plugs-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: plugs\nVersion: 1.0\n")
    lines = [f"{name} = {value}" for name, value in points.items()]
    (info / "entry_points.txt").write_text("\n".join(["[spacy_factories]", *lines, ""]))
    code = f"import spacy; nlp = spacy.blank('en'); nlp.add_pipe('seqnlp', config={{'model': {str(tagger.run)!r}}})"
    check = f"{code}; print(len(nlp({TEXTS[0]!r}).ents))"
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{repository}"}
    actual = subprocess.run([sys.executable, "-c", check], env=environment, capture_output=True, text=True)
    assert int(actual.stdout or 0) > 0, actual.stderr
