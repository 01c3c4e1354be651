"""The tables of ``words.txt`` as nouns, verbs, adjectives and adverbs with all their forms."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

TABLES = Path(__file__).with_name("words.txt")

PERSONS = range(4)
"""Whom a verb agrees with: 0 ich, 1 du, 2 er/sie/es, 3 wir and every plural."""

TENSES = {
    "": frozenset({"present", "habit", "perfect", "future", "modal"}),
    "event": frozenset({"habit", "perfect", "future", "modal"}),
    "past": frozenset({"habit", "perfect"}),
    "seen": frozenset({"present", "perfect", "future"}),
    "stative": frozenset({"present", "future"}),
    "have": frozenset({"present"}),
}
"""Those that sound right, by a verb's aspect; sentences say ``modal`` as the infinitive of one."""


@dataclass(frozen=True)
class Noun:
    """``gender`` is m, f or n; ``weak`` is the singular outside the nominative."""

    gender: str
    german: str
    weak: str
    german_plural: str
    english: str
    english_plural: str
    kinds: frozenset[str]

    def in_german(self, case: str, plural: bool) -> str:
        """The form of a case; a dative plural ends in n or s."""
        if not plural:
            return self.german if case == "nominative" else self.weak
        ending = "n" if case == "dative" and self.german_plural[-1] not in "ns" else ""
        return self.german_plural + ending


@dataclass(frozen=True)
class Adjective:
    """``stem`` takes the endings: müde, ein müder Mann."""

    german: str
    stem: str
    german_comparative: str
    english: str
    english_comparative: str
    kinds: frozenset[str]

    @property
    def gradable(self) -> bool:
        """Whether one can be it more or less."""
        return bool(self.german_comparative) or self.kinds == {"person"}


@dataclass(frozen=True)
class Verb:
    """``prefix`` separates in main clauses; ``particle`` follows the English verb; where it ``moves``, a pronoun."""

    prefix: str
    infinitive: str
    present: tuple[str, ...]
    imperative: str
    participle: str
    with_sein: bool
    english: str
    english_s: str
    english_past: str
    english_participle: str
    english_ing: str
    particle: str
    moves: bool
    kinds: frozenset[str]
    aspect: str

    @property
    def imperfective(self) -> bool:
        """Whether English says it in the simple present where others are progressive."""
        return self.aspect in ("stative", "seen", "have")

    @property
    def tenses(self) -> frozenset[str]:
        """Those that sound right."""
        return TENSES[self.aspect]


@dataclass(frozen=True)
class Time:
    """An adverb; in English a ``frequent`` one stands before the verb. ``fronts``: it may begin a German sentence."""

    german: str
    english: str
    frequent: bool
    fronts: bool
    tenses: frozenset[str]


def read_tables() -> dict[str, list[list[str]]]:
    """The lines of each section, cut at ``|``."""
    tables: dict[str, list[list[str]]] = {}
    for line in TABLES.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            rows = tables.setdefault(line[1 : line.index("]")], [])
        elif line and not line.startswith("#"):
            rows.append([cell.strip() for cell in line.split("|")])
    return tables


def make_noun(row: list[str]) -> Noun:
    """From a line of [nouns]."""
    article, singular, plural = row[0].split()
    german, _, weak = singular.partition("/")
    english, english_plural = row[1].split()
    gender = {"der": "m", "die": "f", "das": "n"}[article]
    return Noun(gender, german, weak or german, plural, english, english_plural, frozenset(row[2].split()))


def make_adjective(row: list[str]) -> Adjective:
    """From a line of [adjectives]."""
    german, stem = row[0].split()
    english, comparative = row[2].split(",")
    return Adjective(german, stem, row[1].strip("-"), english, comparative.strip(), frozenset(row[3].split()))


def make_verb(row: list[str]) -> Verb:
    """From a line of [verbs] and its like; ich and wir follow from the infinitive."""
    full, er, du, imperative, participle = row[0].split()
    prefix, _, infinitive = full.rpartition(".")
    base, s, past, perfect, ing = row[1].split()
    english, _, particle = base.replace("+", ".").partition(".")
    return Verb(
        prefix=prefix,
        infinitive=infinitive,
        present=(infinitive[:-1], du, er, infinitive),
        imperative=imperative,
        participle=participle.lstrip("*"),
        with_sein=participle.startswith("*"),
        english=english,
        english_s=s,
        english_past=past,
        english_participle=perfect,
        english_ing=ing,
        particle=particle,
        moves="." in base,
        kinds=frozenset(row[2].split()),
        aspect=row[3],
    )


def make_time(row: list[str]) -> Time:
    """From a line of [times]."""
    german, english, tenses = row
    return Time(
        german.lower() if german.isupper() else german,
        english.lstrip("<"),
        english.startswith("<"),
        not german.isupper(),
        frozenset(tenses.split()),
    )


_tables = read_tables()
NOUNS = [make_noun(row) for row in _tables["nouns"]]
ADJECTIVES = [make_adjective(row) for row in _tables["adjectives"]]
VERBS, GIVERS, DOERS, MOVERS = (
    [make_verb(row) for row in _tables[name]] for name in ("verbs", "givers", "doers", "movers")
)
TIMES = [make_time(row) for row in _tables["times"]]
MEN, WOMEN = _tables["names"][0], _tables["women"][0]
CITIES = [(german, english) for german, english in _tables["cities"]]
IDIOMS = [(make_verb(row[:4]), row[4], row[5]) for row in _tables["idioms"]]
