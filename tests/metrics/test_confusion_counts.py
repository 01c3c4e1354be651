"""Labels taken for labels; of very many the rarest are counted together."""

from __future__ import annotations

from seqnlp.metrics.confusion import confused


def test_rows_are_gold_and_columns_predicted() -> None:
    matrix = confused(["a", "a", "b", "c"], ["a", "b", "b", "a"], "words")
    assert matrix.names == ["a", "b", "c"]
    assert matrix.counts.tolist() == [[1, 1, 0], [0, 1, 0], [1, 0, 0]]
    assert (matrix.unit, matrix.merged) == ("words", 0)


def test_the_rarest_labels_are_merged_and_nothing_is_lost() -> None:
    gold, predicted = [*"aaaabbbcd"], [*"aaabbbcdc"]
    matrix = confused(gold, predicted, "words", most=3)
    assert matrix.names == ["a", "b", "2 others"]
    assert matrix.counts.tolist() == [[3, 1, 0], [0, 2, 1], [0, 0, 2]]
    assert matrix.merged == 2
