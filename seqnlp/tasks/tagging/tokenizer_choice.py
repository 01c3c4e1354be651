"""Which tokenizer cuts raw text as the training corpus is cut, measured on the corpus' own text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice

from seqnlp.config.tagging import DataConfig
from seqnlp.data.sources import split_format
from seqnlp.data.split_sources import existing_file
from seqnlp.tasks.tagging.tokenizer_for_spans import tokenizer_for_spans
from seqnlp.tasks.tagging.tokenizer_for_words import tokenizer_for_words
from seqnlp.text.conllu_text import PlacedWords, read_conllu_texts
from seqnlp.text.formats.readers import TEXT_FORMATS
from seqnlp.text.tokenize import AUTO, DEFAULT, tokenize

CANDIDATES = (DEFAULT, "english", "split", "whitespace")
"""Tried where none is set, the first of equals first; language rules of spaCy must be asked for."""

NUM_SENTENCES = 3000
"""Of the training split, which are measured."""

GOOD = 0.96
"""Part of the words from which nothing needs to be said about other tokenizers."""


def choose_tokenizer(data: DataConfig, say: Callable[[str], None]) -> str:
    """The tokenizer that is set, else the best for the corpus, else ``words``; says how it fits where that is known.

    Raises:
        DataError: the training split cannot be read.
        SeqnlpError: the tokenizer that is set cannot be had.
    """
    if data.tokenizer != AUTO:
        tokenize("", data.tokenizer)  # it may lack a package
    form = split_format(data, "train") if data.tokenizer == AUTO else ""
    if form in TEXT_FORMATS and (best := tokenizer_for_spans(data, say)) != DEFAULT:
        return best
    sentences = _texts(data)
    if not sentences:
        return tokenizer_for_words(data, say) if data.tokenizer == AUTO else data.tokenizer
    asked = CANDIDATES if data.tokenizer == AUTO else (data.tokenizer,)
    shares = {kind: agreement(sentences, kind) for kind in asked}
    best = max(shares, key=lambda kind: shares[kind])
    others = ", ".join(f"{kind} {share:.1%}" for kind, share in shares.items() if kind != best)
    others = f" ({others})" if others else ""
    hint = "; language rules may be closer: data.tokenizer=spacy:CODE, such as spacy:fr" * (shares[best] < GOOD)
    say(f"data.tokenizer={best} cuts {shares[best]:.1%} of the corpus' words alike{others}{hint}")
    return best


def agreement(sentences: Sequence[PlacedWords], kind: str) -> float:
    """Part of the corpus' words that a tokenizer cuts out of the text with the same start and end."""
    alike = total = 0
    for sentence in sentences:
        tokens = {(token.start, token.end) for token in tokenize(sentence.text, kind)}
        alike += len(tokens.intersection(sentence.words))
        total += len(sentence.words)
    return alike / max(total, 1)


def _texts(data: DataConfig) -> list[PlacedWords]:
    """Sentences of the training split with their text; none where the corpus does not have it."""
    if split_format(data, "train") != "conllu":
        return []
    sentences = list(islice(read_conllu_texts(existing_file(data, "train", data.train)), NUM_SENTENCES))
    return sentences if any(sentence.spaced for sentence in sentences) else []
