"""Random noun phrases and clauses that make sense: which verb goes with which noun, tense and adverb."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from demo_translation.clauses import MODALS, Clause
from demo_translation.phrases import NUMBERS, PRONOUNS, Phrase, name_phrase, noun_phrase, preposition
from demo_translation.words import (
    ADJECTIVES,
    CITIES,
    DOERS,
    GIVERS,
    IDIOMS,
    MEN,
    MOVERS,
    NOUNS,
    TIMES,
    VERBS,
    WOMEN,
    Adjective,
    Noun,
    Time,
    Verb,
)

Said = tuple[str, str]
"""The German and the English."""

ALL_TENSES = ("present", "habit", "perfect", "future", "modal")
PEOPLE = frozenset({"person", "kin"})
SPEAKERS = ("ich", "du", "er", "sie", "wir")
WAYS = (("mit dem Zug", "by train"), ("mit dem Bus", "by bus"), ("mit dem Auto", "by car"))


class Chooser:
    """Draws from the tables with one random generator."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def chance(self, probability: float) -> bool:
        """True as often as ``probability`` says."""
        return self.rng.random() < probability

    def noun(self, kinds: frozenset[str] | set[str]) -> Noun:
        """One with any of the kinds."""
        return self.rng.choice([noun for noun in NOUNS if noun.kinds & kinds])

    def adjective(self, kinds: frozenset[str], *, comparable: bool = False) -> Adjective | None:
        """One that goes with a noun of these kinds, if there is any."""
        usable = [a for a in ADJECTIVES if a.kinds & kinds and (a.german_comparative or not comparable)]
        return self.rng.choice(usable) if usable else None

    def name(self) -> Phrase:
        """A first name."""
        gender = self.rng.choice("mf")
        return name_phrase(self.rng.choice(MEN if gender == "m" else WOMEN), gender)

    def person(self) -> Phrase:
        """der junge Lehrer, meine Schwester, die Gäste."""
        noun = self.noun(PEOPLE)
        determiner = self.rng.choice(("mein", "dein", "unser") if "kin" in noun.kinds else ("der", "der", "dieser"))
        adjective = self.adjective(noun.kinds) if self.chance(0.2) else None
        return noun_phrase(noun, determiner, adjective, plural=self.chance(0.25))

    def subject(self) -> Phrase:
        """Somebody who does something."""
        draw = self.rng.random()
        if draw < 0.4:
            return self.name()
        return PRONOUNS[self.rng.choice(SPEAKERS)] if draw < 0.65 else self.person()

    def other_person(self, subject: Phrase, *, named: bool = True) -> Phrase:
        """Somebody to whom it is done."""
        draw = self.rng.random()
        if draw < 0.25:
            usable = [PRONOUNS[word] for word in SPEAKERS if PRONOUNS[word].person in {0, 1, 2, 3} - _same(subject)]
            return self.rng.choice(usable)
        others = (self.name() if named and draw < 0.5 else self.person() for _ in range(100))
        return next(other for other in others if other.english != subject.english)

    def thing(
        self, kinds: frozenset[str] | set[str], subject: Phrase, *, new: bool = True, bare: bool = False
    ) -> Phrase:
        """Something; ``new``: it may have an indefinite article, a number or kein; ``bare``: no adjective."""
        noun = self.noun(kinds)
        adjective = self.adjective(noun.kinds) if not bare and self.chance(0.3) else None
        draw, plural = self.rng.random(), self.chance(0.15)
        if draw < 0.35 or noun.kinds & {"place", "room", "person"}:
            return noun_phrase(noun, "der", adjective, plural)
        if draw < 0.45 or (not new and draw < 0.6):
            return noun_phrase(noun, "dieser", adjective, plural)
        if draw < 0.6 or not new:
            return noun_phrase(
                noun, self.rng.choice((_own(subject), _own(subject), "mein", "unser")), adjective, plural
            )
        if draw < 0.85:
            return noun_phrase(noun, "ein", adjective)
        if draw < 0.93:
            return noun_phrase(noun, self.rng.choice(list(NUMBERS)), adjective)
        return noun_phrase(noun, "kein", adjective, plural=self.chance(0.4))

    def object_of(self, verb: Verb, subject: Phrase) -> Phrase:
        """What, or whom, the verb is done to."""
        people = verb.kinds & PEOPLE
        if people and (len(people) == len(verb.kinds) or self.chance(0.4)):
            return self.other_person(subject)
        return self.thing(verb.kinds - PEOPLE, subject)

    def place(self) -> Said:
        """im Garten, am Bahnhof, in Berlin."""
        if self.chance(0.2):
            german, english = self.rng.choice(CITIES)
            return f"in {german}", f"in {english}"
        noun = self.noun({"in", "at"})
        inside = "in" in noun.kinds
        return preposition("in" if inside else "an", noun, "dative"), f"{'in' if inside else 'at'} the {noun.english}"

    def goal(self, kinds: frozenset[str]) -> Said:
        """in den Park, zum Bahnhof, mit dem Zug nach Köln, nach Hause."""
        kind = self.rng.choice(sorted(kinds))
        if kind == "home":
            return "nach Hause", "home"
        if kind == "city":
            german, english = self.rng.choice(CITIES)
            by_german, by_english = (
                self.rng.choice(WAYS) if {"city", "home"} == kinds and self.chance(0.5) else ("", "")
            )
            return f"{by_german} nach {german}".strip(), f"to {english} {by_english}".strip()
        noun = self.noun({kind})
        german = preposition("in", noun, "accusative") if kind == "in" else preposition("zu", noun, "dative")
        return german, f"to the {noun.english}"

    def time(self, tense: str) -> Time | None:
        """An adverb that suits the tense; habits always have one."""
        kind = "modal" if tense in MODALS else tense
        if kind != "habit" and self.chance(0.5):
            return None
        usable = [time for time in TIMES if kind in time.tenses]
        return self.rng.choice(usable) if usable else None

    def tense(self, verb: Verb, allowed: Sequence[str] = ALL_TENSES) -> str:
        """One of those allowed that suits the verb; for ``modal`` the infinitive of one."""
        kind = self.rng.choice([kind for kind in allowed if kind in verb.tenses])
        return self.rng.choice(list(MODALS)) if kind == "modal" else kind

    def verb(self, verbs: Sequence[Verb], tenses: Sequence[str]) -> Verb:
        """One that has one of the tenses."""
        return self.rng.choice([verb for verb in verbs if verb.tenses & set(tenses)])

    def clause(self, subject: Phrase | None = None, *, tenses: Sequence[str] = ALL_TENSES) -> Clause:
        """Any clause whose subject acts."""
        subject, draw = subject or self.subject(), self.rng.random()
        if draw < 0.55:
            return self.transitive(subject, tenses)
        if draw < 0.68:
            return self.giving(subject, tenses)
        if draw < 0.82:
            doer = self.verb(DOERS, tenses)
            place = self.place() if doer.kinds and self.chance(0.6) else None
            return replace(self.timed(subject, doer, tenses), place=place)
        if draw < 0.93:
            return self.going(subject, tenses)
        verb, german, english = self.rng.choice([idiom for idiom in IDIOMS if idiom[0].tenses & set(tenses)])
        return replace(self.timed(subject, verb, tenses), goal=(german, english))

    def transitive(
        self, subject: Phrase, tenses: Sequence[str] = ALL_TENSES, *, new: bool = True, bare: bool = False
    ) -> Clause:
        """Somebody does something to something; not ``new``: to a thing that can be known, see :meth:`thing`."""
        verb = self.verb(VERBS if new else [verb for verb in VERBS if verb.kinds - PEOPLE], tenses)
        clause = self.timed(subject, verb, tenses)
        if new:
            item = self.object_of(verb, subject)
            while item.negative and clause.tense == "habit":
                item = self.object_of(verb, subject)
        else:
            item = self.thing(verb.kinds - PEOPLE, subject, new=False, bare=bare)
        return self.marked(replace(clause, objects=(("accusative", item),)))

    def giving(self, subject: Phrase, tenses: Sequence[str] = ALL_TENSES) -> Clause:
        """Somebody gives somebody something."""
        verb = self.verb(GIVERS, tenses)
        clause = self.timed(subject, verb, tenses)
        receiver = self.other_person(subject, named=False)
        item = self.thing(verb.kinds, subject, new=clause.tense != "habit" and self.chance(0.5))
        return replace(clause, objects=(("dative", receiver), ("accusative", item)))

    def going(self, subject: Phrase, tenses: Sequence[str] = ALL_TENSES) -> Clause:
        """Somebody goes somewhere."""
        mover = self.verb(MOVERS, tenses)
        return replace(self.timed(subject, mover, tenses), goal=self.goal(mover.kinds))

    def marked(self, clause: Clause) -> Clause:
        """Perhaps with nicht, schon or noch nicht, where they have one right place."""
        definite = clause.objects and all(phrase.definite for _, phrase in clause.objects)
        if not definite or clause.tense == "habit" or not self.chance(0.25):
            return clause
        if clause.tense == "perfect" and self.chance(0.6):
            return replace(clause, marker=self.rng.choice(("schon", "noch nicht")), time=None)
        if clause.time and clause.time.german in ("gerade", "jetzt"):
            return clause
        return replace(clause, marker="nicht")

    def timed(self, subject: Phrase, verb: Verb, tenses: Sequence[str] = ALL_TENSES) -> Clause:
        """Subject and verb in one of the tenses, with a time that suits it."""
        tense = self.tense(verb, tenses)
        return Clause(subject, verb, tense, time=self.time(tense))


def _same(subject: Phrase) -> set[int]:
    """The persons that would be the subject itself: mich with ich and with wir."""
    return {0, 3} if subject.person in (0, 3) else {1} if subject.person == 1 else set()


def _own(subject: Phrase) -> str:
    """The possessive of the subject."""
    if subject.person == 2:
        return {"m": "sein", "f": "ihr"}.get(subject.gender, "mein")
    if subject.person == 3 and not subject.pronoun:
        return "mein"
    return ("mein", "dein", "", "unser")[subject.person]
