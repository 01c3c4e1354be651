"""English orders of words: statements, questions with an auxiliary in front, the infinitive."""

from __future__ import annotations

from demo_translation.clauses import MODALS, Clause

AM = ("am", "are", "is", "are")
WAS = ("was", "were", "was", "were")
DO = ("do", "do", "does", "do")
HAVE = ("have", "have", "has", "have")


def statement(clause: Clause) -> str:
    """Anna is not calling the guest today."""
    helper, verb = _verbs(clause, clause.negative)
    negation = "not" if clause.negative else ""
    before = _join(helper, negation).replace("can not", "cannot")
    return _join(_subject(clause), before, _already(clause), _frequency(clause), _rest(clause, verb))


def question(clause: Clause) -> str:
    """is Anna not calling the guest today."""
    helper, verb = _verbs(clause, support=True)
    negation = "not" if clause.negative else ""
    return _join(helper, _subject(clause), negation, _already(clause), _frequency(clause), _rest(clause, verb))


def infinitive(clause: Clause) -> str:
    """call the guest today: what follows to and please."""
    return _rest(clause, clause.verb.english)


def _join(*words: str) -> str:
    return " ".join(filter(None, words))


def _subject(clause: Clause) -> str:
    return clause.subject.english[0]


def _already(clause: Clause) -> str:
    return "already" if clause.marker == "schon" else ""


def _frequency(clause: Clause) -> str:
    return clause.time.english if clause.time and clause.time.frequent else ""


def _verbs(clause: Clause, support: bool) -> tuple[str, str]:
    """The auxiliary ("" for none) and the verb; ``support``: do, does or did where there is no other auxiliary."""
    verb, person = clause.verb, clause.subject.person
    if clause.tense in ("present", "habit", "past") and verb.english == "be":
        return (WAS if clause.tense == "past" else AM)[person], ""
    if clause.tense == "present" and not verb.imperfective:
        return AM[person], verb.english_ing
    if clause.tense in ("present", "habit"):
        inflected = verb.english_s if person == 2 else verb.english
        return (DO[person], verb.english) if support else ("", inflected)
    if clause.tense == "perfect":
        if "schon" in clause.marker or "noch" in clause.marker:
            return HAVE[person], verb.english_participle
        return ("did", verb.english) if support else ("", verb.english_past)
    return _with_modal(clause, support)


def _with_modal(clause: Clause, support: bool) -> tuple[str, str]:
    verb, person = clause.verb.english, clause.subject.person
    if clause.tense == "future":
        return "will", verb
    modal = MODALS[clause.tense]
    infinitive_verb = _join(modal.rest, verb)
    if modal.helper == "be":
        return AM[person], infinitive_verb
    if modal.helper or support:
        return modal.helper or DO[person], infinitive_verb
    first, to = modal.rest.split()
    return "", f"{'has' if first == 'have' and person == 2 else first + 's' * (person == 2)} {to} {verb}"


def _rest(clause: Clause, verb: str) -> str:
    """The verb, its particle, the objects, goal, place and time."""
    particle = clause.verb.particle
    objects = [phrase.english[1] for _, phrase in clause.objects]
    moved = clause.verb.moves and any(phrase.pronoun for _, phrase in clause.objects)
    said = [*objects, particle] if moved else [particle, *objects]
    goal, place = (pair[1] if pair else "" for pair in (clause.goal, clause.place))
    time = clause.time.english if clause.time and not clause.time.frequent else ""
    return _join(verb, *said, goal, place, time, "yet" if clause.marker == "noch nicht" else "")
