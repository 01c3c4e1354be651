from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from seqnlp.errors import SeqnlpError
from seqnlp.metrics.calibration import measure_calibration
from seqnlp.tasks.tagging.baselines import DictionaryBaseline
from seqnlp.tasks.tagging.reporting import entity_report, tag_report
from seqnlp.text.conll import read_conll
from seqnlp.text.sentence import Pieces, TaggedSentence
from seqnlp.text.tags import spans_from_tags, tags_from_spans


def sentence(text: str, tags: str) -> TaggedSentence:
    return TaggedSentence(tuple(text.split()), tuple(tags.split()), 1)


TRAINING = [sentence("Ana met Bo in Oslo", "B-PER O B-PER O B-LOC"), sentence("the river", "O O")]
TEST = [
    sentence("Ana likes New Delhi", "B-PER O B-LOC I-LOC"),
    sentence("Oslo calls", "B-ORG O"),
    sentence("Bo left", "B-PER O"),
]
PREDICTED = [["B-PER", "O", "O", "B-LOC"], ["B-LOC", "O"], ["O", "B-PER"]]
CALIBRATION = measure_calibration([0.9, 0.8, 0.7, 0.6], [0.8, 0.7, 0.6, 0.5], [True, False, False, False], 1.5)


def entities(**changes):
    arguments = {"title": "demo", "split": "test", "calibration": CALIBRATION, "seconds": 0.5, **changes}
    training = arguments.pop("training", TRAINING)
    return entity_report(TEST, PREDICTED, training, "iob2", **arguments)


def tags():
    training = [sentence("we can fish", "PRON AUX VERB"), sentence("a can", "DET NOUN")]
    test = [sentence("we can swim", "PRON AUX PRON")]
    return tag_report(test, [["PRON", "VERB", "PRON"]], training, title="pos", split="dev")


def test_a_report_of_entities_holds_every_part():
    report = entities()
    assert (report.sentences, report.tokens, report.tokens_per_second) == (3, 8, 16)
    assert report.score == report.overall.f1 == pytest.approx(2 * 1 / (4 + 4))
    assert report.interval[0] <= report.score <= report.interval[1]
    assert list(report.per_label) == ["LOC", "ORG", "PER"]
    errors = report.errors
    assert (errors.correct, errors.type, errors.boundary, errors.both) == (1, 1, 1, 0)
    assert (errors.missed, errors.spurious) == (1, 1)
    supports = [scores.support for scores in report.breakdown.values()]
    assert supports == [2, 2, 3, 1]  # Ana, Bo | New Delhi, Oslo/ORG; and by words alone Oslo was seen too
    assert report.baseline.score == pytest.approx(2 * 2 / (3 + 4))
    assert {c.gold_text for c in report.confusions} == {"New Delhi", "Oslo", "Bo", ""}
    assert report.signature.startswith("seqeval 1.")
    assert report.signature.endswith("strict, iob2")


def test_a_report_of_tags_holds_every_part():
    report = tags()
    assert report.measure == "token accuracy"
    assert report.score == pytest.approx(2 / 3)
    assert report.baseline.score == pytest.approx(1.0)  # an unknown word gets PRON
    assert [scores.support for scores in report.breakdown.values()] == [2, 1]
    assert report.errors is None
    assert report.tokens_per_second is None


def test_without_the_training_split_its_parts_are_left_out():
    report = entities(training=[], calibration=None, seconds=0.0)
    assert (report.breakdown, report.baseline, report.calibration) == ({}, None, None)
    text = report.to_text()
    for part in ("baseline", "Known from training", "Calibration", "speed"):
        assert part not in text


@pytest.mark.parametrize("make", [entities, tags])
def test_a_report_can_be_written_as_json_and_read_back(make):
    written = make().to_dict()
    read = json.loads(json.dumps(written, allow_nan=False))
    assert read == written
    assert read["score"] == read["overall"]["f1"]
    assert read["per_label"]


def test_a_corpus_without_entities_has_a_report_too():
    report = entity_report([sentence("no one", "O O")], [["O", "O"]], [], "iob2", title="none", split="test")
    assert (report.score, report.interval) == (0.0, (0.0, 0.0))
    text = report.to_text()
    assert "entity F1    -  (no gold entities to find)" in text
    assert "0.00" not in text
    json.dumps(report.to_dict(), allow_nan=False)


def test_a_type_without_gold_entities_has_no_recall_and_no_f1():
    report = entity_report([sentence("Ana swims", "O O")], [["B-PER", "O"]], [], "iob2", title="none", split="test")
    assert any(line.split() == ["PER", "0.00", "-", "-", "0"] for line in report.to_text().splitlines())


def test_types_with_odd_names_are_counted_each_in_every_table():
    labels = ["-a", "a-", "a", "micro avg", "macro avg", "O", "-"]
    test = [TaggedSentence(("x", "y"), (f"B-{label}", "O"), 1) for label in labels]
    predicted = [[f"B-{label}", "O"] for label in labels[:-1]] + [["O", "O"]]
    report = entity_report(test, predicted, test, "iob2", title="odd", split="test")
    assert {label: (s.f1, s.support) for label, s in report.per_label.items()} == {
        label: (float(label != "-"), 1) for label in labels
    }
    assert report.score == pytest.approx(12 / 13)
    assert (report.overall.support, report.errors.correct, report.errors.missed) == (7, 6, 1)


def test_an_entity_inside_a_word_is_missed_and_the_whole_word_is_a_wrong_answer():
    pieces = Pieces(("Ana", "'s", "boat"), ("B-PER", "O", "O"), (0, 2, 3))
    test = [TaggedSentence(("Ana's", "boat"), ("B-PER", "O"), 1, pieces=pieces)]
    report = entity_report(test, [["B-PER", "O"]], test, "iob2", title="cut", split="test")
    assert (report.score, report.overall.support, report.tokens) == (0.0, 1, 2)
    assert (report.errors.boundary, report.baseline.score) == (1, 0.0)
    assert [(c.gold_text, c.predicted_text) for c in report.confusions] == [("Ana", "Ana 's")]


def test_plain_tags_are_refused_as_entities():
    with pytest.raises(SeqnlpError, match="found 'none'"):
        entity_report(TEST, PREDICTED, [], "none", title="wrong", split="test")


def test_the_text_says_what_was_measured():
    lines = entities().to_text().splitlines()
    assert lines[0] == "demo on test: 3 sentences, 8 tokens"
    assert lines[1].startswith("  entity F1    25.00  (95 % interval ")
    assert "  baseline     57.14  (dictionary of the training entities)" in lines
    assert any(line.split() == ["PER", "50.00", "50.00", "50.00", "2"] for line in lines)
    assert "What became of 4 gold and 4 predicted entities" in lines
    assert any(line.split() == ["1", "type", "ORG", "Oslo", "LOC", "Oslo"] for line in lines)
    assert any(line.split() == ["95.00", "25.00", "0.8000"] for line in lines)
    assert all(line == line.rstrip() for line in lines)


def test_the_text_of_tags_shows_accuracy_and_confusions():
    lines = tags().to_text().splitlines()
    assert any("token accuracy  66.67" in line for line in lines)
    assert any(line.split() == ["words", "not", "seen", "in", "training", "100.00", "1"] for line in lines)
    assert any(line.split() == ["1", "AUX", "VERB", "can"] for line in lines)


def test_numbers_of_a_table_end_in_one_column():
    lines = entities().to_text().splitlines()
    start = lines.index("Each type")
    ends = {len(line) for line in lines[start + 1 : start + 5]}
    assert len(ends) == 1


def test_words_cannot_disturb_the_terminal():
    word = "\x1b[31m" + "x" * 200
    test = [TaggedSentence((word,), ("B-PER",), 1)]
    text = entity_report(test, [["O"]], [], "iob2", title="odd", split="test").to_text()
    assert "\x1b" not in text
    assert max(map(len, text.splitlines())) < 120


def test_a_dictionary_as_the_model_scores_as_the_baseline_on_real_text(shared_data):
    folder = shared_data / "ner" / "uner-pt-bosque"
    training, test = (list(read_conll(folder / f"{split}.conll.gz", 0, -1)) for split in ("train", "test"))
    words = [s.tokens for s in training]
    dictionary = DictionaryBaseline.fit(words, [spans_from_tags(s.tags, "iob2") for s in training])
    predicted = [tags_from_spans(dictionary.predict(s.tokens), len(s.tokens), "iob2") for s in test]
    report = entity_report(test, predicted, training, "iob2", title="uner_pt", split="test")
    assert report.score == pytest.approx(report.baseline.score)
    assert report.errors.gold == report.overall.support == sum(s.support for s in report.per_label.values())
    seen, unseen, *_ = report.breakdown.values()
    assert unseen.recall == 0
    assert seen.recall > 0.5


def test_importing_the_metrics_loads_no_heavy_library():
    names = "seqnlp.metrics.calibration, seqnlp.report.report, seqnlp.tasks.tagging.reporting"
    heavy = "{'torch', 'scipy', 'sklearn', 'seqeval', 'matplotlib', 'datasets'}"
    code = f"import sys, {names}; print(sorted({heavy} & set(sys.modules)))"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "[]"


def test_the_f1_without_a_penalty_stands_beside_the_score() -> None:
    sentences = [TaggedSentence(("in", "Rome"), ("O", "B-LOC"), 1)]
    report = entity_report(sentences, [("O", "B-LOC")], [], "iob2", title="run", split="dev")
    assert "no outside penalty" not in str(report.headline)
    assert "50.00  (no outside penalty)" in str(replace(report, unpenalized=0.5).headline)
