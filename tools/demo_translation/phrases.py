"""Noun phrases in both languages: articles, adjectives and their endings, pronouns, names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from demo_translation.words import Adjective, Noun

CASES = ("nominative", "accusative", "dative")
COLUMN = {"m": 0, "f": 1, "n": 2, "p": 3}
DEFINITE = {
    "nominative": ("der", "die", "das", "die"),
    "accusative": ("den", "die", "das", "die"),
    "dative": ("dem", "der", "dem", "den"),
}
THIS_ENDINGS = {
    "nominative": ("er", "e", "es", "e"),
    "accusative": ("en", "e", "es", "e"),
    "dative": ("em", "er", "em", "en"),
}
A_ENDINGS = {
    "nominative": ("", "e", "", "e"),
    "accusative": ("en", "e", "", "e"),
    "dative": ("em", "er", "em", "en"),
}
AFTER_THE = {
    "nominative": ("e", "e", "e", "en"),
    "accusative": ("en", "e", "e", "en"),
    "dative": ("en", "en", "en", "en"),
}
AFTER_A = {
    "nominative": ("er", "e", "es", "en"),
    "accusative": ("en", "e", "es", "en"),
    "dative": ("en", "en", "en", "en"),
}
AFTER_NUMBER = {"nominative": "e", "accusative": "e", "dative": "en"}
LIKE_A = {"ein": "a", "kein": "a", "mein": "my", "dein": "your", "sein": "his", "ihr": "her", "unser": "our"}
NUMBERS = {
    "zwei": "two", "drei": "three", "vier": "four", "fünf": "five", "sechs": "six", "sieben": "seven",
    "acht": "eight", "neun": "nine", "zehn": "ten", "elf": "eleven", "zwölf": "twelve",
}  # fmt: skip
TENS = {"zwanzig": "twenty", "dreißig": "thirty", "vierzig": "forty", "fünfzig": "fifty"}
VOWELS = "aeiou"


@dataclass(frozen=True)
class Phrase:
    """``german`` by case; ``english`` as subject and as object; ``person`` as in ``words.PERSONS``."""

    german: tuple[str, str, str]
    english: tuple[str, str]
    person: int = 2
    plural: bool = False
    gender: str = "n"
    kinds: frozenset[str] = frozenset()
    definite: bool = True
    pronoun: bool = False
    negative: bool = False
    noun: str = ""

    def in_german(self, case: str) -> str:
        """The form of a case."""
        return self.german[CASES.index(case)]

    @property
    def human(self) -> bool:
        """Whether English says he and she, and who."""
        return bool(self.kinds & {"person", "kin"})


def noun_phrase(noun: Noun, determiner: str, adjective: Adjective | None = None, plural: bool = False) -> Phrase:
    """``determiner``: der, dieser, a key of ``LIKE_A`` or a number; ein has no plural.

    >>> noun_phrase(NOUNS["Apfel"], "ein", ADJECTIVES["rot"]).german
    ('ein roter Apfel', 'einen roten Apfel', 'einem roten Apfel')
    """
    plural = plural or determiner in NUMBERS
    column = 3 if plural else COLUMN[noun.gender]
    german = []
    for case in CASES:
        article, ending = _article(determiner, case, column)
        described = f"{adjective.stem}{ending}" if adjective else ""
        german.append(" ".join(filter(None, (article, described, noun.in_german(case, plural)))))
    words = [adjective.english] if adjective else []
    words.append(noun.english_plural if plural else noun.english)
    english = f"{_english_determiner(determiner, words[0], plural)} {' '.join(words)}"
    return Phrase(
        german=(german[0], german[1], german[2]),
        english=(english, english),
        person=3 if plural else 2,
        plural=plural,
        gender=noun.gender,
        kinds=noun.kinds,
        definite=determiner not in ("ein", "kein", *NUMBERS),
        negative=determiner == "kein",
        noun=noun.german,
    )


def _article(determiner: str, case: str, column: int) -> tuple[str, str]:
    """The German determiner, and the ending of an adjective behind it."""
    if determiner == "der":
        return DEFINITE[case][column], AFTER_THE[case][column]
    if determiner == "dieser":
        return f"dies{THIS_ENDINGS[case][column]}", AFTER_THE[case][column]
    if determiner in NUMBERS:
        return determiner, AFTER_NUMBER[case]
    return f"{determiner}{A_ENDINGS[case][column]}", AFTER_A[case][column]


def _english_determiner(determiner: str, next_word: str, plural: bool) -> str:
    if determiner == "der":
        return "the"
    if determiner == "dieser":
        return "these" if plural else "this"
    if determiner in NUMBERS:
        return NUMBERS[determiner]
    if LIKE_A[determiner] != "a":
        return LIKE_A[determiner]
    if plural:
        return "any"  # the verb takes kein's not
    return "an" if next_word[0] in VOWELS else "a"


def name_phrase(name: str, gender: str) -> Phrase:
    """A first name, the same in both languages and all cases."""
    return Phrase((name, name, name), (name, name), gender=gender, kinds=frozenset({"person"}))


def _pronoun(german: Sequence[str], english: Sequence[str], person: int, plural: bool, gender: str) -> Phrase:
    nominative, accusative, dative = german
    return Phrase((nominative, accusative, dative), (english[0], english[1]), person, plural, gender, pronoun=True)


PRONOUNS = {
    "ich": _pronoun(("ich", "mich", "mir"), ("I", "me"), 0, False, "n"),
    "du": _pronoun(("du", "dich", "dir"), ("you", "you"), 1, False, "n"),
    "er": _pronoun(("er", "ihn", "ihm"), ("he", "him"), 2, False, "m"),
    "sie": _pronoun(("sie", "sie", "ihr"), ("she", "her"), 2, False, "f"),
    "wir": _pronoun(("wir", "uns", "uns"), ("we", "us"), 3, True, "n"),
    "es": _pronoun(("es", "es", "ihm"), ("it", "it"), 2, False, "n"),
    "they": _pronoun(("sie", "sie", "ihnen"), ("they", "them"), 3, True, "n"),
}
THINGS = {
    gender: _pronoun(PRONOUNS[word].german, ("it", "it"), 2, False, gender)
    for gender, word in (("m", "er"), ("f", "sie"), ("n", "es"))
}
WHO = Phrase(("wer", "wen", "wem"), ("who", "who"))


def pronoun_for(phrase: Phrase) -> Phrase:
    """What stands for it in the next clause: der Koffer, er, it; die Ärztin, sie, she."""
    if phrase.pronoun:
        return phrase
    if phrase.plural:
        return PRONOUNS["they"]
    if phrase.human:
        return PRONOUNS["er" if phrase.gender == "m" else "sie"]
    return THINGS[phrase.gender]


def relative_pronoun(phrase: Phrase, case: str) -> Phrase:
    """der, die, das, den; who for people, else that."""
    word = DEFINITE[case][3 if phrase.plural else COLUMN[phrase.gender]]
    english = "who" if phrase.human else "that"
    return Phrase((word, word, word), (english, english), phrase.person, phrase.plural, phrase.gender)


def preposition(word: str, noun: Noun, case: str) -> str:
    """With the article, contracted where German does: im Garten, ins Museum, zum Bahnhof, zur Brücke."""
    article = DEFINITE[case][COLUMN[noun.gender]]
    short = {"in dem": "im", "in das": "ins", "an dem": "am", "an das": "ans", "zu dem": "zum", "zu der": "zur"}
    joined = f"{word} {article}"
    return f"{short.get(joined, joined)} {noun.in_german(case, plural=False)}"


def number_word(unit: str, ten: str) -> tuple[str, str]:
    """fünfundvierzig, forty-five."""
    return f"{unit}und{ten}", f"{TENS[ten]}-{NUMBERS[unit]}"
