"""More kinds of sentences: relative clauses, where things are, whom they please, infinitives, numbers, weather."""

from __future__ import annotations

from dataclasses import replace

from demo_translation import english, german
from demo_translation.choices import PEOPLE, Chooser, Said
from demo_translation.clauses import BE, LIE, STAND, Clause
from demo_translation.german import HABEN
from demo_translation.phrases import (
    NUMBERS,
    PRONOUNS,
    TENS,
    Phrase,
    noun_phrase,
    number_word,
    preposition,
    relative_pronoun,
)
from demo_translation.sentences import DEGREES, RAIN, STATES, WEATHER, be, both, capital
from demo_translation.words import CITIES, DOERS, GIVERS, TIMES, VERBS, make_verb

BELONG = make_verb(["gehören gehört gehörst - gehört", "belong+to belongs belonged belonged belonging", "", "stative"])
LIKE = make_verb(["mögen mag magst - gemocht", "like likes liked liked liking", "", "stative"])
HELP = make_verb(["helfen hilft hilfst hilf geholfen", "help helps helped helped helping", "", ""])
THANK = make_verb(["danken dankt dankst dank gedankt", "thank thanks thanked thanked thanking", "", ""])
PUT = {
    "flat": make_verb(["legen legt legst leg gelegt", "put puts put put putting", "", ""]),
    "upright": make_verb(["stellen stellt stellst stell gestellt", "put puts put put putting", "", ""]),
}
LIES = {"flat": LIE, "upright": STAND}
BEFORE_ZU = (
    (HABEN, "keine Zeit", ("have", "have", "has", "have"), "no time"),
    (HABEN, "vergessen", ("forgot",) * 4, ""),
    (HABEN, "versprochen", ("promised",) * 4, ""),
    (("versuche", "versuchst", "versucht", "versuchen"), "", ("am", "are", "is", "are"), "trying"),
    (("hoffe", "hoffst", "hofft", "hoffen"), "", ("hope", "hope", "hopes", "hope"), ""),
)
ERRANDS = ("kaufen", "verkaufen", "suchen", "besuchen", "treffen", "bezahlen", "abholen")
THERE = Phrase(("", "", ""), ("there", "there"))


def relative(choose: Chooser) -> Said:
    """Die Frau, die gestern den Gast angerufen hat, ist sehr müde."""
    noun = choose.noun({"person"})
    person = noun_phrase(noun, "der", plural=choose.chance(0.3))
    pronoun = relative_pronoun(person, "nominative")
    if choose.chance(0.5):
        inner = choose.transitive(pronoun, ("present", "perfect"))
    else:
        doer = choose.rng.choice([doer for doer in DOERS if doer.kinds])
        inner = Clause(pronoun, doer, choose.rng.choice(("present", "perfect")), place=choose.place())
    outer = be(person, choose.rng.choice(STATES), choose.rng.choice(DEGREES[:2]))
    return _inserted(outer, german.verb_last(inner), english.statement(inner))


def relative_object(choose: Chooser) -> Said:
    """Der Koffer, den Anna gestern gekauft hat, ist zu klein."""
    clause = choose.transitive(choose.subject(), ("perfect",), new=False)
    noun = choose.noun(clause.verb.kinds - PEOPLE)
    adjective = choose.adjective(noun.kinds)
    if adjective is None:
        return both(clause)
    thing = noun_phrase(noun, "der", plural=choose.chance(0.3))
    inner = replace(clause, objects=(), marker="")
    pronoun = relative_pronoun(thing, "accusative")
    outer = be(thing, adjective, choose.rng.choice(DEGREES))
    return _inserted(
        outer, f"{pronoun.in_german('accusative')} {german.verb_last(inner)}", f"that {english.statement(inner)}"
    )


def _inserted(outer: Clause, german_clause: str, english_clause: str) -> Said:
    """The outer clause with a relative clause behind its subject."""
    subject = outer.subject.in_german("nominative")
    rest = german.verb_second(outer).removeprefix(subject)
    translated = english.statement(outer).removeprefix(outer.subject.english[0])
    return (
        f"{capital(subject)}, {german_clause},{rest}.",
        f"{capital(outer.subject.english[0])} {english_clause}{translated}.",
    )


def _spot(choose: Chooser, case: str) -> Said:
    """auf dem Tisch or auf den Tisch, on the table."""
    noun = choose.noun({"top", "inside"})
    word, translated = ("auf", "on") if "top" in noun.kinds else ("in", "in")
    return preposition(word, noun, case), f"{translated} the {noun.english}"


def lying(choose: Chooser) -> Said:
    """Das Buch liegt auf dem Tisch; Auf dem Tisch liegt ein Buch: there is one."""
    kind = choose.rng.choice(sorted(LIES))
    noun, spot = choose.noun({kind}), _spot(choose, "dative")
    adjective = choose.adjective(noun.kinds) if choose.chance(0.4) else None
    if choose.chance(0.4):
        determiner = choose.rng.choice(("der", "mein", "unser", "dieser"))
        thing = noun_phrase(noun, determiner, adjective, plural=choose.chance(0.3))
        return both(Clause(thing, LIES[kind], goal=spot))
    determiner = choose.rng.choice(("ein", "ein", *list(NUMBERS)[:4]))
    thing = noun_phrase(noun, determiner, adjective)
    there = english.statement(Clause(replace(THERE, person=thing.person), BE))
    text = f"{spot[0]} {german.verb_first(Clause(thing, LIES[kind]))}."
    return capital(text), f"{capital(there)} {thing.english[0]} {spot[1]}."


def putting(choose: Chooser) -> Said:
    """Anna hat das Buch auf den Tisch gelegt."""
    kind, subject = choose.rng.choice(sorted(PUT)), choose.subject()
    thing = choose.thing({kind}, subject, new=False)
    clause = choose.timed(subject, PUT[kind])
    clause = replace(clause, objects=(("accusative", thing),), goal=_spot(choose, "accusative"))
    return both(choose.marked(clause))


def pleasing(choose: Chooser) -> Said:
    """Der Garten gefällt dem Kind: the child likes the garden. Den Koffer mag Anna nicht."""
    person = choose.other_person(PRONOUNS["es"], named=False)
    thing = choose.thing({"goods", "place", "room", "gift"}, PRONOUNS["ich"], new=False)
    pleases = "gefallen" if thing.plural else "gefällt"
    not_german, marker = choose.rng.choice((("", ""), ("", ""), (" nicht", "nicht")))
    translated = english.statement(Clause(person, LIKE, objects=(("accusative", thing),), marker=marker))
    dative = person.in_german("dative")
    if choose.chance(0.3):
        text = f"{dative} {pleases} {thing.in_german('nominative')}{not_german}."
    else:
        text = f"{thing.in_german('nominative')} {pleases} {dative}{not_german}."
    return capital(text), capital(translated) + "."


def belonging(choose: Chooser) -> Said:
    """Der rote Koffer gehört meiner Schwester."""
    thing = choose.thing({"goods", "animal"}, PRONOUNS["ich"], new=False)
    marker = choose.rng.choice(("", "", "nicht"))
    owner = choose.other_person(PRONOUNS["es"])
    clause = Clause(thing, BELONG, objects=(("dative", owner),), marker=marker)
    if choose.chance(0.3):
        return capital(german.verb_first(clause)) + "?", capital(english.question(clause)) + "?"
    return both(clause)


def helping(choose: Chooser) -> Said:
    """Paul hat gestern der Nachbarin geholfen."""
    subject, verb = choose.subject(), choose.rng.choice((HELP, THANK))
    receiver = choose.other_person(subject, named=False)
    return both(choose.marked(replace(choose.timed(subject, verb), objects=(("dative", receiver),))))


def with_zu(choose: Chooser) -> Said:
    """Anna hat keine Zeit, den Gast abzuholen."""
    subject = choose.subject()
    clause = choose.transitive(subject, ("future",), new=False)
    while clause.verb.aspect:
        clause = choose.transitive(subject, ("future",), new=False)
    clause = replace(clause, time=None, marker="")
    finite, rest, verb, predicate = choose.rng.choice(BEFORE_ZU)
    before = " ".join(filter(None, (subject.in_german("nominative"), finite[subject.person], rest)))
    translated = " ".join(filter(None, (subject.english[0], verb[subject.person], predicate)))
    return (
        f"{capital(before)}, {german.zu_infinitive(clause)}.",
        f"{capital(translated)} to {english.infinitive(clause)}.",
    )


def errand(choose: Chooser) -> Said:
    """Anna ist in die Stadt gegangen, um einen Mantel zu kaufen."""
    mover = choose.going(choose.subject(), ("present", "perfect", "future"))
    verb = choose.rng.choice([verb for verb in VERBS if verb.prefix + verb.infinitive in ERRANDS])
    item = choose.object_of(verb, mover.subject)
    while item.negative:
        item = choose.object_of(verb, mover.subject)
    clause = Clause(mover.subject, verb, objects=(("accusative", item),))
    return (
        f"{capital(german.verb_second(mover))}, um {german.zu_infinitive(clause)}.",
        f"{capital(english.statement(mover))} to {english.infinitive(clause)}.",
    )


def request(choose: Chooser) -> Said:
    """Bitte mach das Fenster zu!"""
    if choose.chance(0.25):
        verb = choose.rng.choice(GIVERS)
        receiver = PRONOUNS[choose.rng.choice(("ich", "er", "sie", "wir"))]
        objects: tuple[tuple[str, Phrase], ...] = (("dative", receiver),)
    else:
        verb = choose.rng.choice([v for v in VERBS if v.imperative != "-" and v.aspect == ""])
        objects = ()
    thing = choose.object_of(verb, PRONOUNS["du"])
    while thing.negative or not thing.definite:
        thing = choose.object_of(verb, PRONOUNS["du"])
    time = choose.rng.choice([t for t in TIMES if t.german in ("heute", "jetzt", "morgen", "am Abend")])
    clause = Clause(PRONOUNS["du"], verb, "present", (*objects, ("accusative", thing)))
    clause = replace(clause, time=time if choose.chance(0.4) else None)
    return f"Bitte {german.imperative(clause)}!", f"Please {english.infinitive(clause)}!"


def number(choose: Chooser) -> Said:
    """Paul ist fünfundvierzig Jahre alt. Der rote Koffer kostet achtzig Euro."""
    unit, ten = choose.rng.choice(list(NUMBERS)[:8]), choose.rng.choice(list(TENS))
    word, translated = number_word(unit, ten) if choose.chance(0.6) else (ten, TENS[ten])
    if choose.chance(0.5):
        return both(Clause(choose.subject(), BE, goal=(f"{word} Jahre alt", f"{translated} years old")))
    thing = choose.thing({"goods"}, PRONOUNS["ich"], new=False)
    costs = ("kosten", "cost") if thing.plural else ("kostet", "costs")
    return (
        f"{capital(thing.in_german('nominative'))} {costs[0]} {word} Euro.",
        f"{capital(thing.english[0])} {costs[1]} {translated} euros.",
    )


def weather(choose: Chooser) -> Said:
    """In Köln war es gestern sehr kalt. Morgen wird es regnen."""
    city, translated = choose.rng.choice(CITIES)
    tense, kinds = choose.rng.choice((("present", "present"), ("past", "perfect"), ("future", "future")))
    time = choose.rng.choice([t for t in TIMES if kinds in t.tenses and t.german not in ("jetzt", "gerade")])
    degree, adjective = choose.rng.choice(DEGREES), choose.rng.choice(WEATHER)
    goal = (f"{degree[0]} {adjective[0]}".strip(), f"{degree[1]} {adjective[1]}".strip())
    clause = Clause(PRONOUNS["es"], BE, tense, time=time, goal=goal)
    if choose.chance(0.4):
        verb = choose.rng.choice(RAIN)
        clause = replace(clause, verb=verb, tense="perfect" if tense == "past" else tense, goal=None)
    said = english.statement(replace(clause, place=("", f"in {translated}")))
    if choose.chance(0.5):
        return f"In {city} {german.verb_first(clause)}.", capital(said) + "."
    front = replace(clause, time=None, place=(f"in {city}", ""))
    return f"{capital(time.german)} {german.verb_first(front)}.", capital(said) + "."
