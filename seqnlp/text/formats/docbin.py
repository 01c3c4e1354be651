"""spaCy's binary corpora (``DocBin``, files ``.spacy``): documents with their words and entities."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from seqnlp.errors import DataError
from seqnlp.text.character_spans import trimmed
from seqnlp.text.files import open_bytes
from seqnlp.text.formats.annotated import AnnotatedText, outermost
from seqnlp.text.tags import Span
from seqnlp.text.tokenize import DEFAULT, tokenize

ENDING = ".spacy"
_ZLIB = b"\x78"
_WORD = re.compile(r"\S+")


def is_docbin(path: str | os.PathLike[str]) -> bool:
    """Whether a file is called or begins like one; a text beginning with ``x`` is none.

    Raises:
        DataError: it cannot be read.
    """
    if Path(path).suffix == ENDING:
        return True
    with open_bytes(path) as file:
        head = file.read(2)
    return head.startswith(_ZLIB) and head[1:] in (b"\x01", b"\x5e", b"\x9c", b"\xda")


def read_docbin(path: str | os.PathLike[str], left_out: Counter[str]) -> Iterator[AnnotatedText]:
    """The documents with their entities; ``line`` is the document's number. Its words are not read.

    Args:
        left_out: counts documents in which nobody marked entities, and spans in groups, which may overlap.

    Raises:
        DataError: spaCy is not there, or the file is damaged.
    """
    spacy = _spacy(path)
    try:
        with open_bytes(path) as file:
            corpus = spacy.tokens.DocBin().from_bytes(file.read())
        documents = list(corpus.get_docs(spacy.blank("xx").vocab))
    except DataError:
        raise
    except Exception as problem:  # whatever spaCy and what it is built on may raise
        reason = " ".join(str(problem).split())[:200]
        raise DataError(f"expected spaCy's DocBin ({type(problem).__name__}: {reason})", path) from None
    for number, document in enumerate(documents, 1):
        left_out["spans in groups"] += sum(len(group) for group in document.spans.values())
        if len(document) and not document.has_annotation("ENT_IOB"):
            left_out["documents in which no entities are marked"] += 1
            continue
        spans = [Span(entity.start_char, entity.end_char, entity.label_) for entity in document.ents]
        yield AnnotatedText(document.text, spans, number)


def docbin_bytes(texts: Sequence[AnnotatedText], path: Path, left_out: Counter[str]) -> bytes:
    """The texts as a ``DocBin``. Words are those of the default tokenizer, cut at the edges of entities.

    Args:
        left_out: counts entities inside or across others, which it cannot hold.

    Raises:
        DataError: spaCy is not there.
    """
    spacy = _spacy(path)
    vocabulary = spacy.blank("xx").vocab
    corpus = spacy.tokens.DocBin(store_user_data=False)
    for example in texts:
        corpus.add(_document(spacy, vocabulary, example, left_out))
    return bytes(corpus.to_bytes())


def _document(spacy: Any, vocabulary: Any, example: AnnotatedText, left_out: Counter[str]) -> Any:
    text = example.text
    spans = outermost([trimmed(text, span) for span in example.spans], left_out)
    places = [(token.start, token.end) for token in tokenize(text, DEFAULT)] + [(one.start, one.end) for one in spans]
    edges = {edge for place in places for edge in place}
    pieces = (text[start:end] for start, end in pairwise(sorted(edges | {0, len(text)})))
    words, spaces = spacy.util.get_words_and_spaces([w for piece in pieces for w in _WORD.findall(piece)], text)
    document = spacy.tokens.Doc(vocabulary, words=words, spaces=spaces)
    document.set_ents([document.char_span(*span[:2], label=span.label, alignment_mode="expand") for span in spans])
    return document


def _spacy(path: str | os.PathLike[str]) -> Any:
    try:
        import spacy.tokens
        import spacy.util
    except ImportError:
        raise DataError("spaCy's DocBin needs spaCy: pip install 'seqnlp[spacy]'", path) from None
    return spacy
