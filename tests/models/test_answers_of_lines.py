"""The most probable answers for a text of several lines are those of all combinations of answers for its lines."""

from __future__ import annotations

import random
from itertools import product
from math import prod

import pytest

from seqnlp.tasks.tagging.answers import TaggedText, TagSequence
from seqnlp.tasks.tagging.lines import joined
from seqnlp.text.tokenize import Token


@pytest.mark.parametrize("seed", range(30))
def test_the_best_of_all_combinations_are_found(seed: int) -> None:
    draw = random.Random(seed)
    count, answers = draw.randint(1, 7), []
    for line in range(draw.randint(2, 4)):
        best = sorted(((draw.random(), f"{line}-{n}") for n in range(draw.randint(1, count))), reverse=True)
        nbest = [TagSequence(probability, [tag]) for probability, tag in best]
        answers.append(TaggedText("ab", [Token("ab", 0, 2)], nbest[0].tags, [], [], nbest))
    every = [
        (prod(one.probability for one in some), [one.tags[0] for one in some]) for some in product(*_nbest(answers))
    ]
    expected = sorted(every, key=lambda one: -one[0])[:count]
    actual = joined("ab\n" * len(answers), [*answers, TaggedText("", [], [], [], [], [])], count)
    assert [one.tags for one in actual.nbest] == [tags for _, tags in expected]
    assert [one.probability for one in actual.nbest] == pytest.approx([probability for probability, _ in expected])
    assert [token.start for token in actual.tokens] == [3 * line for line in range(len(answers))]


def _nbest(answers: list[TaggedText]) -> list[list[TagSequence]]:
    return [answer.nbest for answer in answers]
