"""A split of the configured data as checked sentences, whatever the files look like."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice

from seqnlp.config.splits import source_split, train_is_cut
from seqnlp.config.tagging import DataConfig
from seqnlp.data.hub import read_hub
from seqnlp.data.part_of_train import Grouping, part_of_train, sentence_groups
from seqnlp.data.partial import checked_partial
from seqnlp.data.paths import resolve_path
from seqnlp.data.split_sources import counts_of, existing_file, hub_name, other_format, say_left_out, source_name
from seqnlp.data.tag_check import (
    in_scheme,
    mend_tags,
    refuse_comments,
    refuse_illegal_tags,
    refuse_tags_as_types,
)
from seqnlp.data.word_check import check_words
from seqnlp.errors import DataError
from seqnlp.text.character_spans import checked_spans
from seqnlp.text.conll import document_starts
from seqnlp.text.files import file_digest, rows_digest
from seqnlp.text.formats.annotated import AnnotatedText, Cut, Example, sentences_of
from seqnlp.text.formats.brat import brat_digest
from seqnlp.text.formats.class_names import written_names
from seqnlp.text.formats.readers import ReaderOptions, read_examples
from seqnlp.text.formats.recognise import named_format, recognise
from seqnlp.text.sentence import TaggedSentence
from seqnlp.text.span_edges import SpanEdges
from seqnlp.text.tokenize import AUTO, DEFAULT

_DEFAULT_TOKEN_COLUMN, _DEFAULT_TAG_COLUMN = "0", "-1"  # of the configuration; no names of fields


def load_split(config: DataConfig, split: str, report: Callable[[str], None]) -> list[TaggedSentence]:
    """The sentences of a split, their tags legal in ``config.scheme``.

    Args:
        split: ``train``, ``dev`` or ``test``; one that the configuration leaves empty has no sentences.
        report: told what ``config.repair`` changed, and how many spans begin or end inside words.

    Raises:
        DataError: the source cannot be read, holds no sentences, a word that may be a comment, an illegal tag (without
            ``config.repair``), or many spans that begin or end inside words (without ``config.accept_cut_words``).
    """
    if not getattr(config, split):
        return []
    if source_split(config, split) != "train":
        return _load(config, split, report)
    tell = report if split == "train" else lambda text: None
    sentences = _load(config, "train", tell)
    starts = document_lines(config, "train", sentences) if train_is_cut(config) else []
    grouping = Grouping[TaggedSentence]("sentence", lambda some: sentence_groups(some, starts))
    partial = [sentence for sentence in sentences if sentence.partial]  # they cannot be scored
    if not partial:
        return part_of_train(sentences, config, config.dev_seed, split, grouping, tell)
    known = [sentence for sentence in sentences if not sentence.partial]
    cut = part_of_train(known, config, config.dev_seed, split, grouping, tell) if train_is_cut(config) else known
    return [*cut, *partial] if split == "train" else cut


def document_lines(config: DataConfig, split: str, sentences: Sequence[TaggedSentence]) -> list[int]:
    """The lines at which documents of a split begin: as the file says, or of texts with several sentences."""
    split = source_split(config, split)
    if split_format(config, split) in ("conll", "conllu"):
        return document_starts(existing_file(config, split, getattr(config, split)))
    lines = sorted({sentence.line for sentence in sentences})
    return lines if len(lines) < len(sentences) else []


def _load(config: DataConfig, split: str, report: Callable[[str], None]) -> list[TaggedSentence]:
    """The sentences of a split's own source."""
    with _read_as(config, split, report) as read:
        return _checked_sentences(read, split, report)


def load_examples(config: DataConfig, split: str, report: Callable[[str], None]) -> list[Example]:
    """The split as it is written: texts with entities, or sentences with legal tags.

    Raises:
        DataError: as :func:`load_split`, but for what only the words of a text show.
    """
    with _read_as(config, split, report) as read:
        source = source_name(read, split)
        left_out: Counter[str] = Counter()
        examples = list(islice(_examples(read, split, left_out), config.limit or None))
        _refuse_nothing(examples, read, source, left_out)
        say_left_out(source, left_out, report)
        if read.weight_column and split == "train":
            _check_weights(examples, read, source, report)
        sentences = [example for example in examples if isinstance(example, TaggedSentence)]
        tagged = iter(_legal(sentences, read, split, report))
        return [next(tagged) if isinstance(one, TaggedSentence) else _inside(one, source) for one in examples]


def raw_examples(config: DataConfig, split: str) -> Iterator[Example]:
    """The split as it is written, with nothing checked or said.

    Raises:
        DataError: the source cannot be read.
    """
    return _examples(replace(config, format=split_format(config, split)), split, Counter())


@contextmanager
def _read_as(config: DataConfig, split: str, report: Callable[[str], None]) -> Iterator[DataConfig]:
    """The configuration with the format that the split has; an error says if the file looks like another one."""
    form = split_format(config, split)
    if config.format == "auto" and form not in ("conll", "hub"):
        report(f"{source_name(config, split)}: read as data.format={form}")
    try:
        yield replace(config, format=form)
    except DataError as problem:
        hint = "" if config.format == "auto" else other_format(config, split, recognise)
        raise DataError(f"{problem}{hint}") from None if hint else problem


def _checked_sentences(config: DataConfig, split: str, report: Callable[[str], None]) -> list[TaggedSentence]:
    source, cut = source_name(config, split), cutter(config)
    left_out: Counter[str] = Counter()
    checked = sentences_of(_examples(config, split, left_out), source, cut, left_out)
    sentences = list(islice(checked, config.limit or None))
    if cut.edges:
        cut.edges.check(source, config.accept_cut_words, report)
    _refuse_nothing(sentences, config, source, left_out)
    check_words(sentences, source, report)
    say_left_out(source, left_out, report)
    if config.weight_column and split == "train":
        _check_weights(sentences, config, source, report)
    if not config.partial:
        return _legal(sentences, config, split, report)
    return checked_partial(sentences, config.scheme, source, split, lambda whole: _legal(whole, config, split, report))


def _check_weights(
    sentences: Sequence[Example], config: DataConfig, source: str, report: Callable[[str], None]
) -> None:
    """Stop at weights in a format that has none; say if they change nothing."""
    if config.format not in ("jsonl", "json"):
        expected = "expected data.format=jsonl or json, whose rows have weights (data.weight_column)"
        raise DataError(f"{expected}, found {config.format}", source)
    if all(sentence.weight == 1 for sentence in sentences):
        report(f"warning: {source}: every row weighs 1; is data.weight_column={config.weight_column} right?")


def _legal(
    sentences: list[TaggedSentence], config: DataConfig, split: str, report: Callable[[str], None]
) -> list[TaggedSentence]:
    """The sentences with legal tags: of a file that is only scored in the scheme, and mended if that is wanted."""
    source = source_name(config, split)
    if config.format == "conll" and config.comment == "auto":
        refuse_comments(sentences, config.scheme, source)
    refuse_tags_as_types(sentences, config.scheme, source)
    if source_split(config, split) != "train":
        sentences = in_scheme(sentences, config.scheme, source, report)
    if config.repair:
        return mend_tags(sentences, config.scheme, source, report)
    refuse_illegal_tags(sentences, config.scheme, source)
    return sentences


def _inside(example: AnnotatedText, source: str) -> AnnotatedText:
    """The text, whose spans must lie in it."""
    try:
        for span in example.spans:
            checked_spans(example.text, [span])
    except DataError as problem:
        where = (example.source, None) if example.source else (source, example.line)
        raise DataError(str(problem), *where) from None
    return example


def _refuse_nothing(examples: Sequence[Example], config: DataConfig, source: str, left_out: Counter[str]) -> None:
    if not examples:
        nothing = f"; left out: {counts_of(left_out)}" if counts_of(left_out) else ""
        raise DataError(f"no sentences found; is data.format={config.format} right?{nothing}", source)


def cutter(config: DataConfig) -> Cut:
    """How texts become words; it counts the edges of spans that lie inside words."""
    edges = SpanEdges(_tokenizer(config), config.offsets)
    return Cut(config.scheme, _tokenizer(config), edges, strict=config.format == "jsonl")


def split_format(config: DataConfig, split: str) -> str:
    """How a split's file is written: as ``config.format`` says, else as its name and content look.

    Raises:
        DataError: the file cannot be read.
    """
    if config.format != "auto":
        return config.format
    if config.hub:
        return "hub"
    split = source_split(config, split)
    name = getattr(config, split)
    return named_format(resolve_path(config, name)) or recognise(existing_file(config, split, name))


def split_digest(config: DataConfig, split: str) -> str:
    """SHA-256 of the split's file (of dev held out of train: of train's), or of the words and tags of a hub split.

    Empty for a split that is not configured.

    Raises:
        DataError: the source cannot be read.
    """
    split = source_split(config, split)
    if not getattr(config, split):
        return ""
    if split_format(config, split) == "hub":
        return rows_digest([one.tokens, one.tags] for one in _hub_sentences(config, split, Counter()))
    path = existing_file(config, split, getattr(config, split))
    return brat_digest(path) if path.is_dir() else file_digest(path)


def _tokenizer(config: DataConfig) -> str:
    """What cuts the texts of a split that has no words of its own."""
    return DEFAULT if config.tokenizer == AUTO else config.tokenizer


def _examples(config: DataConfig, split: str, left_out: Counter[str]) -> Iterator[Example]:
    """The split's texts and sentences as they are written."""
    if config.format == "hub":
        return _hub_sentences(config, split, left_out)
    path = existing_file(config, split, getattr(config, split))
    names, offsets = _tag_names(config), config.offsets
    reading = ReaderOptions(
        *_fields(config), config.sentence_column, config.comment, names, offsets, config.scheme, config.weight_column
    )
    return read_examples(path, config.format, reading, left_out)


def _hub_sentences(config: DataConfig, split: str, left_out: Counter[str]) -> Iterator[TaggedSentence]:
    name = getattr(config, split)
    return read_hub(hub_name(config), config.hub_config, name, left_out, *_fields(config), _tag_names(config))


def _fields(config: DataConfig) -> tuple[str, str]:
    """Columns or fields of words and of tags; empty where they are the usual ones."""
    token, tag = config.token_column, config.tag_column
    return "" if token == _DEFAULT_TOKEN_COLUMN else token, "" if tag == _DEFAULT_TAG_COLUMN else tag


def _tag_names(config: DataConfig) -> tuple[str, ...]:
    return tuple(written_names(config.tag_names, resolve_path(config, config.tag_names))) if config.tag_names else ()
