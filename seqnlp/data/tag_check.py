"""Gold tags checked against their scheme: refused with file and line, or mended and reported."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from seqnlp.data.tag_remedies import fitting_schemes, remedy_for
from seqnlp.errors import DataError
from seqnlp.text.sentence import TaggedSentence
from seqnlp.text.tags import OUTSIDE, convert_tags, find_illegal, is_tag, repair_tags

_CHANGES_SHOWN = 3


def refuse_comments(sentences: Sequence[TaggedSentence], scheme: str, source: str) -> None:
    """Pass if no word that begins with ``#`` has a tag that is none, as a comment of as many columns would.

    Raises:
        DataError: where the first one is, and how to say what it is.
    """
    for sentence in sentences:
        for position, (token, tag) in enumerate(zip(sentence.tokens, sentence.tags, strict=True)):
            if token.startswith("#") and (not is_tag(tag, scheme) or "://" in tag or " " in tag):
                problem = f"'{token}' with the tag '{tag}' looks like a comment, not like a word"
                remedy = f"set data.comment='{'# ' if token == '#' else '#'}' if lines that begin so are comments"
                raise DataError(f"{problem}; {remedy}, data.comment=none if not", source, sentence.line_of(position))


def refuse_tags_as_types(sentences: Sequence[TaggedSentence], scheme: str, source: str) -> None:
    """Pass if the types of entities are none that are tags themselves, as spans with the label ``B-PER`` would make.

    Raises:
        DataError: some begin and some go on with an entity, one is ``O``, or one holds a further tag.
    """
    if scheme == "none":
        return
    types = {tag[2:] for sentence in sentences for tag in sentence.tags if tag[1:2] == "-"}
    if OUTSIDE in types:
        raise DataError("found entities of the type O; leave out what is none", source)
    inner = sorted(one for one in types if one.startswith("I-") and f"B-{one[2:]}" in types)
    if inner:
        found = f"found the types B-{inner[0][2:]} and {inner[0]}, which are tags of words"
        remedy = f"make each entity one span with the label {inner[0][2:]}, from its first word to its last"
        raise DataError(f"expected types of entities such as PER, {found}; {remedy}", source)
    if joined := sorted(filter(_FURTHER_TAG.search, types)):
        found = f"found words with several, '|' between them: ...-{joined[0]}"
        remedy = "write the one to learn, or set data.partial=true where one of them is right and nobody knows which"
        raise DataError(f"expected a tag for each word, {found}; {remedy}", source)


_FURTHER_TAG = re.compile(r"\|([BIESLU]-.|O$|O\|)")
_MAX_DELETED, _MAX_DELETED_PART = 10, 0.05
"""Tags that mending may delete: so many, or that part of all tags of entities."""


def refuse_illegal_tags(sentences: Sequence[TaggedSentence], scheme: str, source: str) -> None:
    """Pass if every tag is legal.

    Raises:
        DataError: where the first illegal tag is, how many there are, and what to do.
    """
    illegal = [
        (sentence.line_of(position), message)
        for sentence in sentences
        for position, message in find_illegal(sentence.tags, scheme)
    ]
    if illegal:
        line, message = illegal[0]
        total = f" ({len(illegal):,} illegal tags in all)" if len(illegal) > 1 else ""
        raise DataError(f"{message}{total}; {remedy_for(sentences, scheme, len(illegal))}", source, line)


def in_scheme(
    sentences: Sequence[TaggedSentence], scheme: str, source: str, report: Callable[[str], None]
) -> list[TaggedSentence]:
    """The same entities in tags of the scheme, where all tags are legal in another one only; ``report`` is told.

    For splits that are only scored: their files may come from elsewhere than those that were learnt from.
    """
    if scheme == "none" or not any(find_illegal(sentence.tags, scheme) for sentence in sentences):
        return list(sentences)
    found = fitting_schemes(sentences, scheme)
    if not found:
        return list(sentences)
    report(f"{source}: its tags are of scheme {found[0]}; read as {scheme}, as those of train are")
    return [replace(one, tags=tuple(convert_tags(one.tags, found[0], scheme))) for one in sentences]


def mend_tags(
    sentences: Sequence[TaggedSentence], scheme: str, source: str, report: Callable[[str], None]
) -> list[TaggedSentence]:
    """The same sentences with legal tags; ``report`` is told how many were changed, and the first of them.

    Raises:
        DataError: mending would delete many tags, or some although all of them are legal in another scheme.
    """
    mended: list[TaggedSentence] = []
    changes: list[str] = []
    touched = deleted = 0
    for sentence in sentences:
        tags, changed = repair_tags(sentence.tags, scheme)
        mended.append(replace(sentence, tags=tuple(tags)))
        changes += [f"line {sentence.line_of(position)} {old} -> {new}" for position, old, new in changed]
        touched += bool(changed)
        deleted += sum(new == OUTSIDE for _, _, new in changed)
    tagged = sum(tag != OUTSIDE for sentence in sentences for tag in sentence.tags)
    if deleted > max(_MAX_DELETED, _MAX_DELETED_PART * tagged) or (deleted and fitting_schemes(sentences, scheme)):
        refuse_illegal_tags(sentences, scheme, source)
    if changes:
        first = ", ".join(changes[:_CHANGES_SHOWN]) + (", ..." if len(changes) > _CHANGES_SHOWN else "")
        report(f"{source}: mended {len(changes):,} tags in {touched:,} of {len(sentences):,} sentences: {first}")
    return mended
