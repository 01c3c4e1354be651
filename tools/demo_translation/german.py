"""German orders of words: verb second, verb first, verb last, the infinitive with zu."""

from __future__ import annotations

from demo_translation.clauses import MODALS, Clause
from demo_translation.phrases import Phrase

HABEN = ("habe", "hast", "hat", "haben")
SEIN = ("bin", "bist", "ist", "sind")
WERDEN = ("werde", "wirst", "wird", "werden")
WAR = ("war", "warst", "war", "waren")


def verb_second(clause: Clause) -> str:
    """Anna ruft heute den Gast an."""
    finite, end = _verbs(clause)
    return _join(_subject(clause), finite, *_middle(clause), *end)


def verb_first(clause: Clause) -> str:
    """ruft Anna heute den Gast an: a question, or what follows wann, heute, a subordinate clause."""
    finite, end = _verbs(clause)
    return _join(finite, _subject(clause), *_middle(clause), *end)


def verb_last(clause: Clause) -> str:
    """Anna heute den Gast anruft: what follows weil and dass."""
    finite, end = _verbs(clause)
    if clause.verb.prefix and end == [clause.verb.prefix]:
        finite, end = clause.verb.prefix + finite, []
    return _join(_subject(clause), *_middle(clause), *end, finite)


def zu_infinitive(clause: Clause) -> str:
    """heute den Gast anzurufen."""
    verb = clause.verb
    last = f"{verb.prefix}zu{verb.infinitive}" if verb.prefix else f"zu {verb.infinitive}"
    return _join(*_middle(clause), last)


def imperative(clause: Clause) -> str:
    """ruf heute den Gast an."""
    return _join(clause.verb.imperative, *_middle(clause), clause.verb.prefix)


def _join(*words: str) -> str:
    return " ".join(filter(None, words))


def _subject(clause: Clause) -> str:
    return clause.subject.in_german("nominative")


def _verbs(clause: Clause) -> tuple[str, list[str]]:
    """The finite verb, and what of the verb closes the clause."""
    verb, person = clause.verb, clause.subject.person
    if clause.tense in ("present", "habit"):
        return verb.present[person], [verb.prefix] if verb.prefix else []
    if clause.tense == "past":
        return WAR[person], []
    if clause.tense == "perfect":
        return (SEIN if verb.with_sein else HABEN)[person], [verb.participle]
    finite = WERDEN if clause.tense == "future" else MODALS[clause.tense].present
    return finite[person], [verb.prefix + verb.infinitive]


def _middle(clause: Clause) -> list[str]:
    """What stands between the verbs: pronouns, time, definite objects, place, indefinite objects, goal.

    nicht, schon and noch nicht follow the definite objects; with nicht the time does so too, just before it.
    """

    def said(phrases: list[tuple[str, Phrase]]) -> list[str]:
        return [phrase.in_german(case) for case, phrase in phrases]

    pronouns = [item for item in clause.objects if item[1].pronoun]
    known = [item for item in clause.objects if not item[1].pronoun and (item[1].definite or item[0] == "dative")]
    new = [item for item in clause.objects if item not in pronouns + known]
    time = [clause.time.german] if clause.time else []
    place, goal = ([pair[0]] if pair else [] for pair in (clause.place, clause.goal))
    objects = said(known) + time if clause.marker == "nicht" else time + said(known)
    return [*said(pronouns), *objects, clause.marker, *place, *said(new), *goal]
