"""The kinds of sentences; each gives one German sentence and its one English translation."""

from __future__ import annotations

from dataclasses import replace

from demo_translation import english, german
from demo_translation.choices import Chooser, Said
from demo_translation.clauses import BE, Clause
from demo_translation.phrases import PRONOUNS, WHO, Phrase, pronoun_for
from demo_translation.words import ADJECTIVES, Adjective, make_verb

THING_ADJECTIVES = [a for a in ADJECTIVES if not a.kinds & {"person", "kin", "animal"}]
STATES = [a for a in ADJECTIVES if a.kinds == {"person"}]
DEGREES = (("", ""), ("sehr", "very"), ("zu", "too"), ("ziemlich", "quite"))
JOINTS = (("weil", "because"), ("obwohl", "although"))
THOUGHTS = (
    ("Ich glaube, dass", "I think that"),
    ("Wir hoffen, dass", "We hope that"),
    ("Ich weiß, dass", "I know that"),
    ("Weißt du, ob", "Do you know if"),
    ("Ich weiß nicht, ob", "I do not know if"),
    ("Ich weiß nicht, warum", "I do not know why"),
    ("Es ist schade, dass", "It is a pity that"),
)
WEATHER = (("kalt", "cold"), ("warm", "warm"), ("windig", "windy"), ("neblig", "foggy"), ("sonnig", "sunny"))
RAIN = [
    make_verb(["regnen regnet - - geregnet", "rain rains rained rained raining", "", ""]),
    make_verb(["schneien schneit - - geschneit", "snow snows snowed snowed snowing", "", ""]),
]
ASKED = (("wann", "when"), ("wo", "where"), ("warum", "why"))
COMPARED = ("luggage", "furniture", "dish", "clothes", "device", "vehicle", "place", "room", "animal")
FACTS = ("present", "perfect")


def capital(text: str) -> str:
    """With a capital first letter."""
    return text[0].upper() + text[1:]


def without_time(clause: Clause) -> Clause:
    """For what must not have a time of its own."""
    return replace(clause, time=None)


def be(subject: Phrase, adjective: Adjective, degree: Said = ("", "")) -> Clause:
    """Der Koffer ist zu schwer; nothing is too red or very broken."""
    if not adjective.gradable:
        degree = ("", "")
    return Clause(
        subject, BE, goal=(f"{degree[0]} {adjective.german}".strip(), f"{degree[1]} {adjective.english}".strip())
    )


def plain(choose: Chooser) -> Said:
    """Anna ruft heute den Gast an."""
    clause = choose.clause()
    return capital(german.verb_second(clause)) + ".", capital(english.statement(clause)) + "."


def time_first(choose: Chooser) -> Said:
    """Gestern hat Anna den Gast angerufen."""
    clause = choose.clause()
    if not (clause.time and clause.time.fronts):
        return plain(choose)
    text = f"{clause.time.german} {german.verb_first(without_time(clause))}."
    return capital(text), capital(english.statement(clause)) + "."


def object_first(choose: Chooser) -> Said:
    """Den roten Koffer hat Anna gestern gekauft: only a masculine object shows its case."""
    clause = choose.transitive(choose.subject(), new=False)
    item = clause.objects[0][1]
    if item.gender != "m" or item.plural:
        return plain(choose)
    text = f"{item.in_german('accusative')} {german.verb_first(replace(clause, objects=()))}."
    return capital(text), capital(english.statement(clause)) + "."


def question(choose: Chooser) -> Said:
    """Hat Anna den Gast angerufen?"""
    clause = replace(choose.clause(), marker="")
    return capital(german.verb_first(clause)) + "?", capital(english.question(clause)) + "?"


def asked(choose: Chooser) -> Said:
    """Wann hat Anna den Gast angerufen?"""
    word, translated = choose.rng.choice(ASKED)
    tenses = ("perfect", "future") if word == "wann" else FACTS
    clause = replace(without_time(choose.clause(tenses=tenses)), marker="")
    if clause.negative or (word == "wo" and (clause.place or clause.goal)):
        return question(choose)
    return f"{capital(word)} {german.verb_first(clause)}?", f"{capital(translated)} {english.question(clause)}?"


def who(choose: Chooser) -> Said:
    """Wer hat den Gast angerufen?"""
    clause = choose.clause(WHO)
    return capital(german.verb_second(clause)) + "?", capital(english.statement(clause)) + "?"


def what(choose: Chooser) -> Said:
    """Was hat Anna gekauft? Not with tragen: without an object it can be to wear or to carry."""
    clause = choose.transitive(choose.subject(), new=False)
    while clause.verb.infinitive == "tragen":
        clause = choose.transitive(choose.subject(), new=False)
    clause = replace(clause, objects=(), marker="")
    return f"Was {german.verb_first(clause)}?", f"What {english.question(clause)}?"


def reason(choose: Chooser) -> Said:
    """Anna kauft den Koffer nicht, weil er zu teuer ist: er is it; weil sie müde ist: sie is she."""
    subject = choose.name() if choose.chance(0.6) else choose.person()
    clause = choose.transitive(subject, FACTS, new=False, bare=True)
    item, joint = clause.objects[0][1], choose.rng.choice(JOINTS)
    fitting = [a for a in THING_ADJECTIVES if a.kinds & item.kinds]
    if fitting and choose.chance(0.6):
        cause = be(pronoun_for(item), choose.rng.choice(fitting), choose.rng.choice(DEGREES))
    else:
        cause = be(_known(subject), choose.rng.choice(STATES), choose.rng.choice(DEGREES[:2]))
    return (
        f"{capital(german.verb_second(clause))}, {joint[0]} {german.verb_last(cause)}.",
        f"{capital(english.statement(clause))} {joint[1]} {english.statement(cause)}.",
    )


def _known(subject: Phrase) -> Phrase:
    """Its pronoun; a neuter Kind would be it."""
    return subject if subject.gender == "n" and not subject.plural else pronoun_for(subject)


def but(choose: Chooser) -> Said:
    """Ich suche den Schlüssel, aber ich finde ihn nicht."""
    clause = choose.transitive(choose.subject(), ("modal",), new=False)
    item = pronoun_for(clause.objects[0][1])
    first = replace(without_time(clause), marker="", tense="möchten")
    second = replace(
        first, tense="können", subject=_known(first.subject), objects=(("accusative", item),), marker="nicht"
    )
    return (
        f"{capital(german.verb_second(first))}, aber {german.verb_second(second)}.",
        f"{capital(english.statement(first))}, but {english.statement(second)}.",
    )


def thought(choose: Chooser) -> Said:
    """Ich glaube, dass Anna den Gast angerufen hat."""
    clause = choose.clause(choose.name() if choose.chance(0.5) else choose.person())
    before, translated = choose.rng.choice(THOUGHTS)
    end = "?" if before.startswith("Weißt") else "."
    return f"{before} {german.verb_last(clause)}{end}", f"{translated} {english.statement(clause)}{end}"


def whenever(choose: Chooser) -> Said:
    """Wenn es regnet, liest Anna ein Buch."""
    rain = Clause(PRONOUNS["es"], choose.rng.choice(RAIN), "habit")
    cold = replace(be(PRONOUNS["es"], ADJECTIVES[0]), goal=choose.rng.choice(WEATHER))
    first = rain if choose.chance(0.5) else cold
    clause = replace(without_time(choose.clause(tenses=("habit",))), marker="")
    return (
        f"Wenn {german.verb_last(first)}, {german.verb_first(clause)}.",
        f"When {english.statement(first)}, {english.statement(clause)}.",
    )


def after_rain(choose: Chooser) -> Said:
    """Weil es gestern geschneit hat, ist Anna nach Hause gegangen."""
    rain = Clause(PRONOUNS["es"], choose.rng.choice(RAIN), choose.rng.choice(FACTS))
    clause = without_time(choose.clause(tenses=(rain.tense,)))
    joint = choose.rng.choice(JOINTS)
    return (
        f"{capital(joint[0])} {german.verb_last(rain)}, {german.verb_first(clause)}.",
        f"{capital(joint[1])} {english.statement(rain)}, {english.statement(clause)}.",
    )


def described(choose: Chooser) -> Said:
    """Der Koffer ist schwerer als die Tasche; so schwer wie die Tasche."""
    first, other, adjective = _compared(choose)
    than, than_english = other.in_german("nominative"), other.english[1]
    goal = (f"so {adjective.german} wie {than}", f"as {adjective.english} as {than_english}")
    if choose.chance(0.7):
        goal = (f"{adjective.german_comparative} als {than}", f"{adjective.english_comparative} than {than_english}")
    return both(Clause(first, BE, goal=goal))


def _compared(choose: Chooser) -> tuple[Phrase, Phrase, Adjective]:
    """Two things of a kind, and what both can be."""
    while True:
        kind = {choose.rng.choice(COMPARED)}
        first, other = (choose.thing(kind, PRONOUNS["ich"], new=False, bare=True) for _ in range(2))
        fitting = [a for a in ADJECTIVES if a.german_comparative and a.kinds & first.kinds & other.kinds]
        if fitting and first.noun != other.noun:
            return first, other, choose.rng.choice(fitting)


def both(clause: Clause) -> Said:
    """A statement."""
    return capital(german.verb_second(clause)) + ".", capital(english.statement(clause)) + "."
