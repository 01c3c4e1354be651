"""The regular expressions of the tokenizers, put together from named parts (written for ``re.VERBOSE``).

Repetitions are bounded or possessive wherever a text could make them try again and again, so that time stays linear.
"""

from __future__ import annotations

import unicodedata
from functools import cache

LINK = r"""(?: https?:// | www\. ) [^\s<>"]* [^\s<>"'\u2019\u201D.,;:!?)\]}\u2026]"""
ADDRESS = r"[\w.+-]{1,64}+ @ [\w-]{1,63}+ (?: \.[\w-]{1,63}+ ){1,9}"
EMOTICON = r"""
    (?<!\w) [:;=][o*'^-]?[()\[\]|/\\] | (?<!\w) [:;=8]['^-]?[DPpOo3](?!\w)
    | </?3 (?!\d) | \^_*\^ | -_+-
"""
EMOJI = r"""
    [\U0001F1E6-\U0001F1FF]{2}
    | [0-9#*]\uFE0F?\u20E3
    | [\u2190-\u21FF\u2300-\u23FF\u2600-\u27BF\u2B00-\u2BFF\U0001F000-\U0001FAFF]
      (?: [\uFE0E\uFE0F\u20E3\U0001F3FB-\U0001F3FF\U000E0020-\U000E007F]
        | \u200D[\u2640\u2642\u2600-\u27BF\u2B00-\u2BFF\U0001F000-\U0001FAFF] )*
"""
MARKS_IN_A_ROW = r"[.?!]{2,} | -{2,} | _{2,} | \*{2,} | ={2,} | <{2,} | >{2,} | /{2,} | '' | `` | \u2019{2}"
ENTITY = r"& (?: amp | lt | gt | quot | apos | \#[0-9]+ );"
CLITIC = r"(?i: s | m | d | ll | re | ve )\b"
INITIAL = r"[A-Z]\.(?=\ +[A-Z])"
DOTTED = r"[^\W\d_] (?: \.[^\W\d_] ){1,9} (?: \.(?!\s*\Z) | (?!\w) )"  # U.S., p.m.; a text's last period stands alone
NUMBER_JOINT = r"(?<=\d)[.,:/](?=\d)"

ABBREVIATION = r"""
    (?: [DdMmSJ]r | Mrs | Ms | St | Rev | Gen | Gov | Sen | Reps? | Lt | Col | Capt | Prof | Attn | Inc | Corp | Co
      | Jan | Feb | Aug | Sept? | Oct | Nov | Dec | Mon | Tues? | Wed | Thurs? | Fri | Ave | Ft | Mt | No(?=\.\ ?\d)
      | Ltd | vs | etc | approx ) \.(?!\s*\Z)
"""
FIRST_HALF = r"""
    (?i: (?: do | does | did | wo | ca | is | was | were | would | could | should | have | has | had | are | ai )
         (?= nt\b )
      | can (?= not\b ) | gon (?= na\b ) | got (?= ta\b ) | wan (?= na\b ) )
"""
SECOND_HALF = r"(?i: n['\u2019]?t | na | ta | not )\b"
PREFIX = r"(?i: e | co | ex | pre | post | non | anti | semi | pro | multi | mid | re | over | un | sub )-"


def whitespace() -> str:
    """Anything between spaces."""
    return r"\S+"


def split() -> str:
    """Runs of letters and digits; other characters one by one."""
    return rf"{_run()} | {_other()}"


def characters() -> str:
    """Every character alone; an emoji of several characters is one."""
    return rf"{EMOJI} | {_other()}"


def words() -> str:
    """Words with what is inside them, and the units of informal text.

    The first alternative only saves time: a plain word before a space needs none of the others.
    """
    joint = rf"(?: ['_\u2019\u2010\u2011-] | {NUMBER_JOINT} | \.(?=[a-z]) | (?<=[A-Z])&(?=[A-Z]) )"
    return rf"""
        [^\W\d_]++ (?=\s)
        | {LINK} | {ADDRESS} | {DOTTED} | {INITIAL} | [A-Z]{{1,2}}\$
        | {_run()} (?: {joint} {_run()} )*
        | [@\#] \w++ (?: {_marks()}++ \w*+ )*+ | {ENTITY} | ['\u2019]{CLITIC}
        | {EMOTICON} | {EMOJI} | {MARKS_IN_A_ROW} | {_other()}
    """


def english() -> str:
    """Penn Treebank conventions, as UD English EWT applies them to informal text.

    The first alternative only saves time: a plain word before a space that is not cut needs none of the others. A text
    that is cut already keeps its ``n't``.
    """
    joint = rf"(?: [&_] | \.(?=[a-z]) | ['\u2019](?! {CLITIC} | [tT]\b ) )"
    return rf"""
        [^\W\d_]++ (?=\s) (?<! [nN][tT] | [nNtT][aA] | [oO][tT] )
        | {LINK} | {ADDRESS} | (?<!\w) (?: {ABBREVIATION} | {INITIAL} | {DOTTED} | {FIRST_HALF} )
        | (?<=\w) {SECOND_HALF} | (?<!\S) (?i: n['\u2019]t )\b | ['\u2019`]{CLITIC}
        | \d+ (?: -\d+ ){{1,4}} (?<=\d{{4}}) | \d+ (?: {NUMBER_JOINT} \d+ )* (?: (?i: st | nd | rd | th | s )\b )?
        | (?<!\w) {PREFIX} {_run()}
        | {_run()} (?! (?<=[nN])['\u2019][tT]\b ) (?: {joint} {_run()} )* | [^\W_]+ (?=[nN]['\u2019][tT]\b)
        | {ENTITY} | {EMOTICON} | {EMOJI} | {MARKS_IN_A_ROW} | {_other()}
    """


def _run() -> str:
    """One or more letters and digits, with the marks on them."""
    return rf"[^\W_]++ (?: {_marks()}++ [^\W_]*+ )*+"


def _other() -> str:
    """Any character but a space, with the marks on it."""
    return rf"\S {_marks()}*+"


@cache
def _marks() -> str:
    """A class of the marks that combine with letters, which ``\\w`` leaves out, and invisible joiners."""
    blocks = (range(0x300, 0x3100), range(0xA66F, 0xAC00), range(0xFE00, 0xFE30), range(0x11000, 0x11800))
    marks = "".join(chr(code) for block in blocks for code in block if unicodedata.category(chr(code))[0] == "M")
    return rf"[{marks}\u200c\u200d]"
