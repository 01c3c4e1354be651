from __future__ import annotations

from pathlib import Path

from seqnlp.data.overlap import Text, find_overlap, normalized_text
from seqnlp.data.split_texts import file_texts


def texts(*lines: str) -> list[Text]:
    return [Text(line, number) for number, line in enumerate(lines, 1)]


def test_texts_are_compared_as_they_are_and_normalised() -> None:
    train = texts("It's a Film.", "Déjà vu", "", "other", "?!")
    found = find_overlap(texts("it 's a film", "deja vu !", "Déjà vu", "", "new", "?!"), train)
    assert (found.total, found.exact, found.normalized) == (5, 2, 4)
    assert found.examples[0] == (1, 1, "it 's a film")
    assert len(found.examples) == 3


def test_brackets_of_the_penn_treebank_are_punctuation() -> None:
    assert normalized_text("-LRB- a film -RRB-") == normalized_text("(A film)") == "afilm"


def test_the_treebank_and_sentence_polarity_share_sentences(shared_data: Path) -> None:
    sentiment = shared_data / "sentiment"
    polarity = [
        text for split in ("train", "test") for text in file_texts(sentiment / f"sentence_polarity/{split}.tsv.gz")
    ]
    shared = {}
    for split in ("dev", "test"):
        found = find_overlap(file_texts(sentiment / f"sst/sst5.{split}.tsv.gz"), polarity)
        shared[split] = found.normalized
        assert found.exact < found.normalized
    assert shared["dev"] >= 845
    assert shared["test"] >= 1702
