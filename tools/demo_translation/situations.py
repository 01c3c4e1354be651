"""More kinds of sentences: where things are, whom they please and belong to, numbers, requests, weather."""

from __future__ import annotations

from dataclasses import replace

from demo_translation import english, german
from demo_translation.choices import Chooser, Said
from demo_translation.clauses import BE, LIE, STAND, Clause
from demo_translation.phrases import (
    LIKE_A, NUMBERS, PRONOUNS, TENS, Phrase, noun_phrase, number_word, preposition, relative_pronoun,
)  # fmt: skip
from demo_translation.sentences import DEGREES, WEATHER, be, both, capital, without_time
from demo_translation.words import ADJECTIVES, CITIES, DOERS, GIVERS, TIMES, VERBS, Time, Verb, make_verb

LIKE = make_verb(["gefallen gefällt gefällst - gefallen", "like likes liked liked liking", "", "stative"])
BELONG = make_verb(["gehören gehört gehörst - gehört", "belong+to belongs belonged belonged belonging", "", "stative"])
HELP = make_verb(["helfen hilft hilfst hilf geholfen", "help helps helped helped helping", "", ""])
THANK = make_verb(["danken dankt dankst dank gedankt", "thank thanks thanked thanked thanking", "", ""])
PUT = {
    "flat": make_verb(["legen legt legst leg gelegt", "put puts put put putting", "", ""]),
    "upright": make_verb(["stellen stellt stellst stell gestellt", "put puts put put putting", "", ""]),
}
REST = {"flat": LIE, "upright": STAND}
PURPOSES = ("kaufen", "abholen", "besuchen", "treffen", "verkaufen", "anrufen", "suchen", "bezahlen")
REASONS_TO_ACT = (
    ("hat keine Zeit", "haben keine Zeit", "has no time", "have no time"),
    ("hat vergessen", "haben vergessen", "forgot", "forgot"),
    ("hat versprochen", "haben versprochen", "promised", "promised"),
    ("versucht", "versuchen", "is trying", "are trying"),
)
REQUESTS = (("Bitte", "Please"), ("Anna, bitte", "Anna, please"), ("Paul, bitte", "Paul, please"))


def name_of(verb: Verb) -> str:
    """Its infinitive in one word."""
    return verb.prefix + verb.infinitive


def relative_subject(choose: Chooser) -> Said:
    """Die Frau, die im Garten arbeitet, ist sehr müde."""
    noun = choose.noun({"person"})
    person = noun_phrase(noun, "der", None, plural=choose.chance(0.3))
    draw = choose.rng.choice([doer for doer in DOERS if doer.kinds])
    inner = Clause(relative_pronoun(person, "nominative"), draw, "present", place=choose.place())
    if choose.chance(0.5):
        inner = choose.transitive(inner.subject, ("present", "perfect"))
    if choose.chance(0.5):
        adjective = choose.rng.choice([a for a in ADJECTIVES if a.kinds & noun.kinds])
        return _around(be(person, adjective, choose.rng.choice(DEGREES[:2])), inner)
    return _around(without_time(choose.clause(person, tenses=("present", "perfect"))), inner)


def relative_object(choose: Chooser) -> Said:
    """Der Koffer, den Anna gestern gekauft hat, ist zu klein."""
    whole = choose.transitive(choose.subject(), ("perfect",), new=False)
    noun = next(noun for noun in choose.rng.sample(_all(whole.verb), k=len(_all(whole.verb))))
    thing = noun_phrase(noun, "der", None, plural=choose.chance(0.3))
    relative = relative_pronoun(thing, "accusative")
    inner = replace(whole, objects=(("accusative", replace(relative, definite=True)),), marker="")
    adjective = choose.adjective(noun.kinds)
    outer = be(thing, adjective or ADJECTIVES[0], choose.rng.choice(DEGREES))
    said = f"{relative.in_german('accusative')} {german.verb_last(replace(inner, objects=()))}"
    translated = f"that {english.statement(replace(inner, objects=()))}"
    return _insert(outer, said, translated)


def _all(verb: Verb) -> list:  # type: ignore[type-arg]
    from demo_translation.words import NOUNS

    return [noun for noun in NOUNS if noun.kinds & (verb.kinds - {"person", "kin"})]
