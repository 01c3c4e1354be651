"""What to do about illegal tags, as far as the tags of a whole split show it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from seqnlp.text.partial_tags import is_partial
from seqnlp.text.sentence import TaggedSentence
from seqnlp.text.tags import PREFIXES, find_illegal, is_tag
from seqnlp.text.tokenize import visible

_OUTSIDE_ELSEWHERE = frozenset(("0", "o", "OUT", "OUTSIDE", "OTHER", "Other", "other", "NONE", "None", "_", "-", "NA"))
"""What words outside of entities are tagged with where not with O."""

_OF_TYPES = (
    "write them as B-TYPE at the first word of an entity and I-TYPE at the others, "
    "or set data.scheme=none to learn and score them word by word"
)
_IN_BRACKETS = re.compile(r"(\([^()*\s]+)?\*?\)?")
"""Tags of CoNLL-2012: ``(PER*``, ``*``, ``*)``, ``(PER)``."""

_OTHER_SIGN = re.compile(r"[BIESLU]([_:./=+|])(.+)")
_LETTER_LAST = re.compile(r"(.+)[-_]([BIESLU])")
_MIDDLE_OR_WHOLE = {"M": "I", "W": "S"}
"""Letters of BMES and BMEWO, and those of BIOES."""


def remedy_for(sentences: Sequence[TaggedSentence], scheme: str, count: int) -> str:
    """What to do about so many tags of a split that are illegal in a scheme with entities."""
    fitting = fitting_schemes(sentences, scheme)
    if fitting:
        return f"all tags are legal in another scheme, so set data.scheme={' or '.join(fitting)}"
    if any(is_partial(sentence.tags) for sentence in sentences):
        return "if '?' is an unknown tag, and '|' stands between tags of which one is right, set data.partial=true"
    used = {tag for sentence in sentences for tag in sentence.tags}
    illegal = {tag for tag in used if not is_tag(tag, scheme)}
    if illegal and all(is_tag(visible(tag), scheme) for tag in illegal):
        return "delete the characters in them that cannot be seen"
    if illegal and all(is_tag(tag[:1].upper() + tag[1:], scheme) for tag in illegal):
        return "write the first letter of each tag large"
    if otherwise := _written_otherwise(illegal):
        return otherwise
    if count == 1 and illegal == {sentences[0].tags[0]}:
        return "delete this line if it names the columns, else correct the tag"
    if illegal and all(_IN_BRACKETS.fullmatch(tag) for tag in illegal):
        return "spans in brackets: write B-TYPE for '(TYPE*' or '(TYPE)', I-TYPE for each '*' up to ')', O for others"
    types_alone = bool(illegal) and not any("-" in tag for tag in illegal)
    if 2 * count > sum(len(sentence.tags) for sentence in sentences):
        if types_alone and "O" in used:
            return f"most tags are: is data.tag_column right? If it is, {_OF_TYPES}"
        return "most tags are: is data.tag_column right? For plain tags such as parts of speech set data.scheme=none"
    if types_alone:
        return _OF_TYPES
    return "correct the file, or set data.repair=true to have such tags mended"


def fitting_schemes(sentences: Sequence[TaggedSentence], scheme: str) -> list[str]:
    """Other schemes with entities in which every tag is legal."""
    others = [name for name in PREFIXES if name not in (scheme, "none")]
    return [name for name in others if not any(find_illegal(sentence.tags, name) for sentence in sentences)]


def _written_otherwise(illegal: set[str]) -> str:
    """What to do about tags that say the same as those of a scheme in other letters; empty: they do not."""
    outside = illegal & _OUTSIDE_ELSEWHERE
    others = sorted(illegal - outside)
    also = f", and O where '{min(outside)}' stands for no entity" if outside else ""
    if not others:
        return f"write O where '{min(outside)}' stands for no entity" if outside else ""
    for pattern, sign in ((_OTHER_SIGN, r"{0}-\2"), (_LETTER_LAST, r"\2-\1")):
        if all(pattern.fullmatch(tag) for tag in others):
            return f"write '{pattern.sub(sign.format(others[0][0]), others[0])}' for '{others[0]}' and the like{also}"
    if all(tag[:2] in ("M-", "W-", "E-", "S-", "L-", "U-") for tag in others):
        letters = sorted({tag[0] for tag in others} & set(_MIDDLE_OR_WHOLE))
        if letters:
            pairs = " and ".join(f"{_MIDDLE_OR_WHOLE[letter]}-TYPE for {letter}-TYPE" for letter in letters)
            return f"write {pairs}{also}, and set data.scheme=bioes"
    return ""
