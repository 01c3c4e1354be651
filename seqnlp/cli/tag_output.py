"""How an answer of ``seqnlp tag`` looks: one function a format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from seqnlp.cli.table_input import NO_FIELDS
from seqnlp.cli.visible import visible
from seqnlp.json_text import json_line
from seqnlp.row_fields import Fields, beside
from seqnlp.text.formats.writers import region
from seqnlp.text.tags import Span as CharacterSpan

if TYPE_CHECKING:
    from seqnlp.api import Span, TaggedText, Tagger

_COLOURS = (33, 36, 35, 32, 34, 31)
"""Terminal colours that stay apart for colour-blind readers when the label is written beside the word, as it is."""


_SPACES = str.maketrans("\r\n", "  ")
"""For the ends of lines inside a text, whose answer is one line."""


def choose_output(asked: str | None, source: str, terminal: bool) -> str:
    """The output format: as asked, else pretty on a terminal, else conll for conll, else jsonl."""
    if asked:
        return asked
    if terminal:
        return "pretty"
    return "conll" if source.startswith("conll") else "jsonl"


def write_jsonl(answer: TaggedText, tagger: Tagger, others: Fields = NO_FIELDS) -> str:
    """One JSON object a line; offsets count characters."""
    return json_line(beside(others, answer.to_dict()))


def write_conll(answer: TaggedText, tagger: Tagger) -> str:
    """``word<TAB>tag`` lines and a blank line after each answer."""
    rows = [f"{token.text}\t{tag}\n" for token, tag in zip(answer.tokens, answer.tags, strict=True)]
    return "".join(rows) + "\n"


def write_inline(answer: TaggedText, tagger: Tagger) -> str:
    """``[Ada Sorrel PER] lives in [Brinmoor LOC].``; plain tags as ``word/TAG``."""
    return _one_line(answer, tagger, lambda span: f"[{span.text} {span.label}]", lambda text, tag: f"{text}/{tag}")


def write_pretty(answer: TaggedText, tagger: Tagger) -> str:
    """As inline, in colour, with the probability of each entity in percent."""
    colour = {label: _COLOURS[number % len(_COLOURS)] for number, label in enumerate(tagger.labels)}

    def entity(span: Span) -> str:
        marked = f"\x1b[1;{colour[span.label]}m{visible(span.text)}\x1b[0m"
        return f"{marked}\x1b[2m {visible(span.label)} {span.probability:.0%}\x1b[0m"

    def word(text: str, tag: str) -> str:
        return f"{visible(text)}\x1b[2;{colour[tag]}m/{visible(tag)}\x1b[0m"

    return _one_line(answer, tagger, entity, word, visible)


def _one_line(
    answer: TaggedText,
    tagger: Tagger,
    entity: Callable[[Span], str],
    word: Callable[[str, str], str],
    show: Callable[[str], str] = str,
) -> str:
    text, pieces, done = answer.text, [], 0
    if tagger.plain_tags:
        marks = [(t.start, t.end, word(t.text, tag)) for t, tag in zip(answer.tokens, answer.tags, strict=True)]
    else:
        marks = [(span.start, span.end, entity(span)) for span in answer.spans]
    for start, end, mark in marks:
        pieces += [show(text[done:start]), mark]
        done = end
    return "".join([*pieces, show(text[done:])]).translate(_SPACES) + "\n"


def write_doccano(answer: TaggedText, tagger: Tagger, others: Fields = NO_FIELDS) -> str:
    """doccano's row to import: entities (of plain tags the words) as labels, their probabilities in ``scores``."""
    spans = _labelled(answer)
    labels = [[span.start, span.end, span.label] for span, _ in spans]
    row = {"text": answer.text, "label": labels, "scores": [score for _, score in spans]}
    return json_line({**_given(others, row), **row})


def write_label_studio(answer: TaggedText, tagger: Tagger, others: Fields = NO_FIELDS) -> str:
    """Label Studio's task with a prediction, an item of an array: its score is that of its least certain entity."""
    spans = _labelled(answer)
    result = [{**region(answer.text, span, n), "score": score} for n, (span, score) in enumerate(spans, 1)]
    prediction: dict[str, Any] = {"model_version": f"seqnlp {tagger.metrics.get('recipe', '')}", "result": result}
    if spans:
        prediction["score"] = min(score for _, score in spans)
    data = {"text": answer.text}
    return json_line({"data": {**_given(others, data), **data}, "predictions": [prediction]})


def _given(others: Fields, row: Mapping[str, Any]) -> dict[str, Any]:
    """The other fields; one whose name the format needs becomes ``given_NAME``."""
    return {f"given_{name}" if name in row else name: value for name, value in others.items()}


def _labelled(answer: TaggedText) -> list[tuple[CharacterSpan, float]]:
    """The entities, or the words with their plain tags, each with its probability."""
    if answer.plain:
        words = zip(answer.tokens, answer.tags, answer.probabilities, strict=True)
        return [(CharacterSpan(token.start, token.end, tag), round(score, 4)) for token, tag, score in words]
    return [(CharacterSpan(s.start, s.end, s.label), round(s.probability, 4)) for s in answer.spans]


FRAMES = {"label-studio": ("[\n", ",", "]\n")}
"""What stands before, between and after the answers, where a format is more than their sequence."""

WRITERS: dict[str, Callable[[TaggedText, Tagger], str]] = {
    "jsonl": write_jsonl,
    "conll": write_conll,
    "inline": write_inline,
    "pretty": write_pretty,
    "doccano": write_doccano,
    "label-studio": write_label_studio,
}

KEEPING: dict[str, Callable[[TaggedText, Tagger, Fields], str]] = {
    "jsonl": write_jsonl,
    "doccano": write_doccano,
    "label-studio": write_label_studio,
}
"""Those that can hold the other fields of a row, too."""
