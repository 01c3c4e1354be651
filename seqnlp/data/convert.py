"""Labelled text from any format to any other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from seqnlp.config.tagging import DataConfig
from seqnlp.data.sources import cutter, load_examples
from seqnlp.data.split_sources import say_left_out
from seqnlp.errors import DataError, did_you_mean
from seqnlp.storage import write_atomically, write_pieces_atomically
from seqnlp.text.formats.annotated import AnnotatedText, Example, sentences_of
from seqnlp.text.formats.docbin import ENDING, docbin_bytes
from seqnlp.text.formats.readers import FORMATS
from seqnlp.text.formats.writers import (
    WORD_WRITERS,
    brat_files,
    brat_label,
    text_of_words,
    text_row,
    word_row,
    write_rows,
)
from seqnlp.text.sentence import TaggedSentence
from seqnlp.text.tags import convert_tags

_ENDINGS = {
    **dict.fromkeys(("conll", "bio", "iob"), "conll"),
    **{ending: ending for ending in ("conllu", "jsonl", "json", "spacy")},
}


_OWN = ("jsonl", "json")
"""Formats that hold words with tags as well as texts with spans, and weights."""


class _Written:
    """What a file in the format holds of the examples.

    Attributes:
        docbin: it is spaCy's own corpus.
        tags, offsets, weights: whether there are such.
    """

    def __init__(self, form: str, out: Path, examples: Sequence[Example]) -> None:
        own, words = form in _OWN, form in WORD_WRITERS
        self.docbin = form == "spacy" and out.suffix == ENDING
        self.tags = words or (own and any(isinstance(one, TaggedSentence) for one in examples))
        of_texts = not own or any(isinstance(one, AnnotatedText) for one in examples)
        self.offsets = not words and not self.docbin and of_texts
        self.weights = own


def output_format(asked: str, out: Path) -> str:
    """The format that is asked for, else what the name of the file (or folder: brat) says.

    Raises:
        DataError: there is no such format, or the name does not tell.
    """
    if asked:
        if asked not in FORMATS:
            raise DataError(
                f"--to: expected one of {', '.join(FORMATS)}, found '{asked}'{did_you_mean(asked, FORMATS)}"
            )
        return asked
    ending = Path(out.name.lower().removesuffix(".gz")).suffix.removeprefix(".")
    if ending == "csv":
        return "csv"
    if ending in _ENDINGS:
        return _ENDINGS[ending]
    if not out.suffix:
        return "brat"
    raise DataError(f"the name does not tell the format; add --to {' | '.join(FORMATS)}", out)


def convert(
    config: DataConfig, out: Path, form: str, scheme: str, offsets: str, say: Callable[[str], None]
) -> tuple[int, int]:
    """Write the training split in another format; returns how many texts or sentences there are, and entities.

    Texts with entities keep their offsets; only for a format of words they are cut into these, by the tokenizer.

    Args:
        scheme: of the tags that are written.
        offsets: what the spans that are written count.

    Raises:
        DataError: the split cannot be read, or not be written so.
        TrainingError: the file cannot be written.
    """
    examples = load_examples(config, "train", say)
    has = _Written(form, out, examples)
    if scheme != config.scheme and not has.tags:
        raise DataError(f"--scheme: {form} has entities of these texts, and no tags; leave it out", out)
    if offsets != "codepoints" and not has.offsets:
        raise DataError(f"--offsets {offsets}: what is written as {form} holds no offsets to choose; leave it out", out)
    if config.weight_column and not has.weights:
        say(f"{out}: {form} has no weights (data.weight_column): they are left out; jsonl and json have them")
    if form in WORD_WRITERS:
        sentences = _sentences(examples, config, scheme, say)
        write_pieces_atomically(out, (piece.encode() for piece in WORD_WRITERS[form](sentences, scheme)))
        return len(sentences), 0 if scheme == "none" else sum(len(one.entities(scheme)) for one in sentences)
    if form == "brat":
        texts = [_text(example, config.scheme) for example in examples]
        _write_brat(out, texts, offsets, say)
    elif has.docbin:
        left_out: Counter[str] = Counter()
        texts = [_text(example, config.scheme) for example in examples]
        write_atomically(out, docbin_bytes(texts, out, left_out))
        say_left_out(str(out), left_out, say)
        return len(examples), sum(_entities(example, config.scheme) for example in examples) - left_out.total()
    else:
        rows = [_row(example, config, form, scheme, offsets) for example in examples]
        write_pieces_atomically(out, (piece.encode() for piece in write_rows(form, rows)))
    return len(examples), sum(_entities(example, config.scheme) for example in examples)


def _entities(example: Example, scheme: str) -> int:
    if isinstance(example, AnnotatedText):
        return len(example.spans)
    return 0 if scheme == "none" else len(example.entities(scheme))


def _sentences(
    examples: Sequence[Example], config: DataConfig, scheme: str, say: Callable[[str], None]
) -> list[TaggedSentence]:
    """The examples as words with tags of another scheme."""
    left_out: Counter[str] = Counter()
    cut = cutter(config)
    sentences = list(sentences_of(examples, config.train, cut, left_out))
    if cut.edges:
        cut.edges.check(config.train, config.accept_cut_words, say)
    say_left_out(config.train, left_out, say)
    return [replace(one, tags=tuple(convert_tags(one.tags, config.scheme, scheme)), pieces=None) for one in sentences]


def _row(example: Example, config: DataConfig, form: str, scheme: str, offsets: str) -> object:
    """The text or, where the format may have them, the words, with the weight under its own name."""
    if form not in _OWN:
        return text_row(form, _text(example, config.scheme), offsets)
    weight = {config.weight_column: example.weight} if config.weight_column else {}
    if isinstance(example, TaggedSentence):
        tags = convert_tags(example.tags, config.scheme, scheme)
        return {**word_row(replace(example, tags=tuple(tags))), **weight}
    return {**text_row(form, example, offsets), **weight}


def _text(example: Example, scheme: str) -> AnnotatedText:
    return example if isinstance(example, AnnotatedText) else text_of_words(example, scheme)


def _write_brat(folder: Path, texts: Sequence[AnnotatedText], offsets: str, say: Callable[[str], None]) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DataError("expected a folder that is not there yet, or empty", folder)
    labels = sorted({span.label for text in texts for span in text.spans})
    changed = [f"'{label}' -> {brat_label(label)}" for label in labels if brat_label(label) != label]
    if changed:
        say(f"{folder}: labels of brat have no spaces: {', '.join(changed)}")
    for name, content in _brat_contents(texts, offsets):
        write_atomically(folder / name, content.encode())


def _brat_contents(texts: Sequence[AnnotatedText], offsets: str) -> Iterator[tuple[str, str]]:
    width = len(str(len(texts)))
    for number, example in enumerate(texts, 1):
        text, entities = brat_files(example, offsets)
        yield f"{number:0{width}}.txt", text
        yield f"{number:0{width}}.ann", entities
