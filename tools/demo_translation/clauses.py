"""A clause without an order of words; ``german.py`` and ``english.py`` say it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from demo_translation.phrases import Phrase
from demo_translation.words import Time, Verb, make_verb


@dataclass(frozen=True)
class Modal:
    """German forms for ich, du, er, wir; in English ``helper`` (can, would, be; "" for none or do), then ``rest``."""

    infinitive: str
    present: tuple[str, str, str, str]
    helper: str
    rest: str = ""


MODALS = {
    modal.infinitive: modal
    for modal in (
        Modal("können", ("kann", "kannst", "kann", "können"), "can"),
        Modal("sollen", ("soll", "sollst", "soll", "sollen"), "be", "supposed to"),
        Modal("müssen", ("muss", "musst", "muss", "müssen"), "", "have to"),
        Modal("wollen", ("will", "willst", "will", "wollen"), "", "want to"),
        Modal("möchten", ("möchte", "möchtest", "möchte", "möchten"), "would", "like to"),
        Modal("dürfen", ("darf", "darfst", "darf", "dürfen"), "be", "allowed to"),
    )
}


@dataclass(frozen=True)
class Clause:
    """What is said.

    ``tense``: present, habit (English simple present), perfect (English past), past (of to be), future, or a modal's
    infinitive. ``objects`` are (case, phrase), the dative first. ``place`` and ``goal`` are (German, English);
    ``goal`` is whatever stands last before the verbs: a direction, a predicate, the rest of an idiom. ``marker`` is
    "", nicht, schon or noch nicht.
    """

    subject: Phrase
    verb: Verb
    tense: str = "present"
    objects: tuple[tuple[str, Phrase], ...] = ()
    time: Time | None = None
    place: tuple[str, str] | None = None
    goal: tuple[str, str] | None = None
    marker: str = ""

    @property
    def negative(self) -> bool:
        """Whether English says not."""
        return "nicht" in self.marker or any(phrase.negative for _, phrase in self.objects)


BE, LIE, STAND = (
    make_verb([f"{german} - -", "be is was been being", "", "have"])
    for german in ("sein ist bist", "liegen liegt liegst", "stehen steht stehst")
)
BE = replace(BE, present=("bin", "bist", "ist", "sind"))
