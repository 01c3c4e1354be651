"""Tag schemes against an independent enumeration of every short sentence, and against seqeval."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, product

import pytest

from seqnlp.errors import DataError, SeqnlpError
from seqnlp.text.tags import (
    Span,
    convert_tags,
    find_illegal,
    legal_end,
    legal_start,
    legal_transitions,
    repair_tags,
    spans_from_tags,
    tag_set,
    tags_from_spans,
)

SCHEMES = ["iob1", "iob2", "bioes", "bilou"]
LABELS = ["X", "Y-y"]
LONGEST = 4


def every_segmentation(length: int) -> Iterator[tuple[Span, ...]]:
    """All sets of entities of a sentence: its first word is outside, or begins an entity of some length and type."""

    def rest(start: int) -> Iterator[tuple[Span, ...]]:
        if start == length:
            yield ()
            return
        yield from rest(start + 1)
        for end, label in product(range(start + 1, length + 1), LABELS):
            yield from ((Span(start, end, label), *others) for others in rest(end))

    return rest(0)


def written(spans: tuple[Span, ...], length: int, scheme: str) -> tuple[str, ...]:
    """The tags word by word from the definitions of the schemes."""
    owner = {position: span for span in spans for position in range(span.start, span.end)}
    single, last = {"bioes": ("S", "E"), "bilou": ("U", "L")}.get(scheme, ("B", "I"))
    tags = []
    for position in range(length):
        span = owner.get(position)
        if span is None:
            tags.append("O")
            continue
        first_word, last_word = position == span.start, position == span.end - 1
        if scheme == "iob1":
            before = owner.get(position - 1)
            prefix = "B" if first_word and before is not None and before.label == span.label else "I"
        elif first_word:
            prefix = single if last_word else "B"
        else:
            prefix = last if last_word else "I"
        tags.append(f"{prefix}-{span.label}")
    return tuple(tags)


def legal_sentences(scheme: str) -> dict[tuple[str, ...], tuple[Span, ...]]:
    return {written(spans, n, scheme): spans for n in range(LONGEST + 1) for spans in every_segmentation(n)}


def every_sequence(scheme: str) -> Iterator[tuple[str, ...]]:
    for length in range(LONGEST + 1):
        yield from product(tag_set(LABELS, scheme), repeat=length)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_exactly_the_enumerated_sentences_are_legal_and_give_their_spans_back(scheme: str) -> None:
    legal = legal_sentences(scheme)
    for tags in every_sequence(scheme):
        assert (not find_illegal(tags, scheme)) == (tags in legal), tags
        if tags in legal:
            assert tuple(spans_from_tags(tags, scheme)) == legal[tags]
            assert tuple(tags_from_spans(legal[tags], len(tags), scheme)) == tags
        else:
            with pytest.raises(DataError, match=r"is illegal in .*; expected"):
                spans_from_tags(tags, scheme)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_sentence_is_legal_exactly_if_its_start_its_transitions_and_its_end_are(scheme: str) -> None:
    names = tag_set(LABELS, scheme)
    start, end, transitions = legal_start(names, scheme), legal_end(names, scheme), legal_transitions(names, scheme)
    for tags in every_sequence(scheme):
        path = [names.index(tag) for tag in tags]
        allowed = all(transitions[old][new] for old, new in pairwise(path))
        allowed = allowed and (not path or (start[path[0]] and end[path[-1]]))
        assert allowed == (not find_illegal(tags, scheme)), tags


@pytest.mark.parametrize("scheme", SCHEMES)
def test_mended_tags_are_legal_and_legal_tags_are_left_alone(scheme: str) -> None:
    legal = legal_sentences(scheme)
    for tags in every_sequence(scheme):
        mended, changes = repair_tags(tags, scheme)
        assert tuple(mended) in legal
        assert bool(changes) == (tags not in legal)
        assert [tag == "O" for tag in mended] == [tag == "O" for tag in tags]
        assert changes == [(at, tags[at], mended[at]) for at in range(len(tags)) if tags[at] != mended[at]]


@pytest.mark.parametrize(("source", "target"), list(product(SCHEMES, SCHEMES)))
def test_conversion_keeps_the_entities(source: str, target: str) -> None:
    for tags, spans in legal_sentences(source).items():
        assert tuple(convert_tags(tags, source, target)) == written(spans, len(tags), target)


@pytest.mark.parametrize(("scheme", "name"), [("iob2", "IOB2"), ("bioes", "IOBES"), ("bilou", "BILOU")])
def test_spans_are_those_of_seqeval_in_strict_mode(scheme: str, name: str) -> None:
    seqeval_scheme = pytest.importorskip("seqeval.scheme")
    for tags in legal_sentences(scheme):
        entities = seqeval_scheme.Tokens(list(tags), getattr(seqeval_scheme, name)).entities
        assert [(e.start, e.end, e.tag) for e in entities] == [tuple(span) for span in spans_from_tags(tags, scheme)]


@pytest.mark.parametrize(
    ("scheme", "tags", "mended"),
    [
        ("iob2", "O I-X I-X", "O B-X I-X"),
        ("iob2", "B-X I-Y I-Y", "B-X B-Y I-Y"),
        ("iob2", "B-X nonsense I-X", "B-X O B-X"),
        ("iob1", "B-X I-X O B-Y", "I-X I-X O I-Y"),
        ("bioes", "B-X I-X O", "B-X E-X O"),
        ("bioes", "I-X E-X E-X", "B-X E-X S-X"),
        ("bioes", "B-X B-X", "S-X S-X"),
        ("bioes", "S-X I-X", "S-X S-X"),
        ("bilou", "O L-X U-X I-X I-X", "O U-X U-X B-X L-X"),
    ],
)
def test_mending_keeps_the_entities_that_conlleval_sees(scheme: str, tags: str, mended: str) -> None:
    assert repair_tags(tags.split(), scheme)[0] == mended.split()


@pytest.mark.parametrize(
    ("scheme", "tags", "position", "message"),
    [
        ("iob2", "O I-X", 1, "tag 'I-X' after 'O' is illegal in iob2; expected B-X"),
        ("iob2", "I-X", 0, "tag 'I-X' at the start of a sentence is illegal in iob2; expected B-X"),
        ("iob1", "O B-X", 1, "tag 'B-X' after 'O' is illegal in iob1; expected I-X"),
        ("bioes", "B-X O", 1, "tag 'O' after 'B-X' is illegal in bioes; expected I-X or E-X"),
        ("bioes", "O B-X", 1, "tag 'B-X' at the end of a sentence is illegal in bioes; expected S-X"),
        ("bilou", "B-X I-X", 1, "tag 'I-X' at the end of a sentence is illegal in bilou; expected L-X"),
        ("bioes", "O E-X", 1, "tag 'E-X' after 'O' is illegal in bioes; expected O, B-X or S-X"),
        ("iob2", "O S-X", 1, "'S-X' is not a tag of scheme iob2; expected O, B-TYPE, I-TYPE"),
        ("iob2", "B-", 0, "'B-' is not a tag of scheme iob2; expected O, B-TYPE, I-TYPE"),
        ("bioes", "B", 0, "'B' is not a tag of scheme bioes; expected O, B-TYPE, I-TYPE, E-TYPE, S-TYPE"),
    ],
)
def test_an_illegal_tag_is_named_with_what_was_expected(scheme: str, tags: str, position: int, message: str) -> None:
    assert find_illegal(tags.split(), scheme) == [(position, message)]


def test_a_malformed_tag_is_one_problem_and_the_next_word_starts_afresh() -> None:
    assert [position for position, _ in find_illegal(["B-X", "?", "B-X", "I-X"], "iob2")] == [1]


def test_types_keep_their_hyphens() -> None:
    tags = ["B-Multi-tissue_structure", "I-Multi-tissue_structure", "B-creative-work"]
    spans = [Span(0, 2, "Multi-tissue_structure"), Span(2, 3, "creative-work")]
    assert spans_from_tags(tags, "iob2") == spans
    assert tags_from_spans(spans, 3, "iob2") == tags


def test_the_set_of_tags_has_o_first_and_types_in_order() -> None:
    assert tag_set(["Y", "X", "Y"], "bioes") == ["O", "B-X", "I-X", "E-X", "S-X", "B-Y", "I-Y", "E-Y", "S-Y"]
    assert tag_set([], "iob2") == ["O"]
    with pytest.raises(DataError, match="scheme 'none' has no set of tags"):
        tag_set(["X"], "none")


def test_plain_tags_are_always_legal_and_have_no_spans() -> None:
    tags = ["NOUN", "I-X", "O", "VERB"]
    assert spans_from_tags(tags, "none") == []
    assert find_illegal(tags, "none") == []
    assert repair_tags(tags, "none") == (tags, [])
    assert convert_tags(tags, "none", "none") == tags
    assert legal_start(tags, "none") == legal_end(tags, "none") == [True] * 4
    assert legal_transitions(tags, "none") == [[True] * 4] * 4


def test_plain_tags_are_not_converted_to_entities_or_back() -> None:
    for source, target in (("iob2", "none"), ("none", "bioes")):
        with pytest.raises(DataError, match=f"'{source}' cannot become '{target}': plain tags have no entities"):
            convert_tags(["O"], source, target)
    with pytest.raises(DataError, match="plain tags have no entities; expected scheme iob1, iob2, bioes or bilou"):
        tags_from_spans([], 2, "none")


@pytest.mark.parametrize("spans", [[Span(0, 2, "X"), Span(1, 3, "Y")], [Span(1, 1, "X")], [Span(2, 4, "X")]])
def test_spans_that_overlap_are_empty_or_reach_out_are_refused(spans: list[Span]) -> None:
    with pytest.raises(DataError, match=r"is empty, overlaps .* or leaves the sentence of 3 words"):
        tags_from_spans(spans, 3, "iob2")


def test_spans_may_come_in_any_order() -> None:
    assert tags_from_spans([Span(2, 3, "X"), Span(0, 1, "Y")], 3, "iob2") == ["B-Y", "O", "B-X"]


def test_an_unknown_scheme_is_refused_with_the_closest_name() -> None:
    with pytest.raises(SeqnlpError, match=r"found 'bioe' \(did you mean 'bioes'\?\)"):
        tag_set(["X"], "bioe")


def test_labels_of_another_scheme_have_no_transitions() -> None:
    with pytest.raises(DataError, match="'S-X' is not a tag of scheme iob2"):
        legal_transitions(["O", "S-X"], "iob2")
