from __future__ import annotations

import importlib
import itertools
import random
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from seqnlp.resources import RECIPES

FOLDER = RECIPES / "translation" / "demo"
SPLITS = ("train", "dev", "test")
SIZES = {"train": 6000, "dev": 300, "test": 300}


@dataclass(frozen=True)
class Grammar:
    """The generator's modules, and its words by name."""

    clauses: ModuleType
    german: ModuleType
    english: ModuleType
    phrases: ModuleType
    words: ModuleType
    program: ModuleType

    def thing(self, noun: str, determiner: str, adjective: str = "", plural: bool = False) -> Any:
        (actual,) = [entry for entry in self.words.NOUNS if entry.german == noun]
        described = [entry for entry in self.words.ADJECTIVES if entry.german == adjective]
        return self.phrases.noun_phrase(actual, determiner, described[0] if described else None, plural)

    def clause(self, subject: Any, verb: str, tense: str, item: Any = None, time: str = "", **rest: Any) -> Any:
        verbs = [*self.words.VERBS, *self.words.GIVERS, *self.words.DOERS, *self.words.MOVERS]
        actual = next(entry for entry in verbs if entry.prefix + entry.infinitive == verb)
        times = [entry for entry in self.words.TIMES if entry.german == time]
        objects = (("accusative", item),) if item else ()
        return self.clauses.Clause(subject, actual, tense, objects, times[0] if times else None, **rest)


@pytest.fixture(scope="module")
def grammar(repository: Path) -> Grammar:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(repository / "tools"))
        names = ("clauses", "german", "english", "phrases", "words")
        modules = {name: importlib.import_module(f"demo_translation.{name}") for name in names}
        return Grammar(**modules, program=importlib.import_module("make_demo_translation"))


@pytest.fixture(scope="module")
def splits() -> dict[str, list[tuple[str, str]]]:
    sides = {split: [lines(f"{split}.{language}") for language in ("de", "en")] for split in SPLITS}
    return {split: list(zip(*both, strict=True)) for split, both in sides.items()}


def lines(name: str) -> list[str]:
    text = (FOLDER / name).read_text(encoding="utf-8")
    assert text.endswith("\n")
    return text.removesuffix("\n").split("\n")


def test_the_generator_makes_the_files_that_ship(repository: Path, tmp_path: Path) -> None:
    program = repository / "tools" / "make_demo_translation.py"
    subprocess.run([sys.executable, str(program), "--folder", str(tmp_path)], check=True, cwd=repository)
    made, shipped = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in (tmp_path, FOLDER))
    assert made == shipped


def test_sizes_are_as_promised(splits: dict[str, list[tuple[str, str]]]) -> None:
    assert {split: len(pairs) for split, pairs in splits.items()} == SIZES
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 800_000
    texts = [text for pairs in splits.values() for pair in pairs for text in pair]
    assert {len(text.split()) for text in texts} == set(range(3, 17))
    assert all(text[0].isupper() and text[-1] in ".?!" and text == " ".join(text.split()) for text in texts)


def test_no_sentence_is_in_two_splits(splits: dict[str, list[tuple[str, str]]]) -> None:
    sources = [source for pairs in splits.values() for source, _ in pairs] + lines("sentences.de")
    assert len(sources) == len(set(sources)) == 6608


def test_every_word_of_dev_and_test_is_in_train(splits: dict[str, list[tuple[str, str]]]) -> None:
    for side in (0, 1):
        words = {split: {word for pair in pairs for word in pair[side].split()} for split, pairs in splits.items()}
        new = (words["dev"] | words["test"]) - words["train"]
        assert len(new) < len(words["train"]) / 50


def test_a_german_sentence_never_has_two_translations(
    grammar: Grammar, splits: dict[str, list[tuple[str, str]]]
) -> None:
    known = dict(pair for pairs in splits.values() for pair in pairs)
    for seed in range(4):  # a second translation would raise
        wanted = itertools.islice(grammar.program.make_pairs(random.Random(seed), known), 3000)
        assert sum(1 for _ in wanted) == 3000


def test_a_second_translation_of_a_sentence_is_refused(grammar: Grammar) -> None:
    known: dict[str, str] = {}
    source, target = next(grammar.program.make_pairs(random.Random(0), known))
    with pytest.raises(ValueError, match=f"two translations of '{source}': 'Another.' and '{target}'"):
        next(grammar.program.make_pairs(random.Random(0), {source: "Another."}))


def test_articles_and_adjectives_agree_in_gender_number_and_case(grammar: Grammar) -> None:
    def forms(*description: Any, **more: Any) -> str:
        return ", ".join(grammar.thing(*description, **more).german)

    assert forms("Apfel", "der", "rot") == "der rote Apfel, den roten Apfel, dem roten Apfel"
    assert forms("Apfel", "ein", "frisch") == "ein frischer Apfel, einen frischen Apfel, einem frischen Apfel"
    assert forms("Tasche", "kein", "teuer") == "keine teure Tasche, keine teure Tasche, keiner teuren Tasche"
    assert forms("Buch", "unser", "neu") == "unser neues Buch, unser neues Buch, unserem neuen Buch"
    assert forms("Kind", "der", "müde", True) == "die müden Kinder, die müden Kinder, den müden Kindern"
    assert forms("Apfel", "drei", "frisch") == "drei frische Äpfel, drei frische Äpfel, drei frischen Äpfeln"
    assert forms("Auto", "dieser", plural=True) == "diese Autos, diese Autos, diesen Autos"
    assert forms("Nachbar", "der") == "der Nachbar, den Nachbarn, dem Nachbarn"
    assert grammar.thing("Apfel", "ein").english[0] == "an apple"
    assert grammar.thing("Apfel", "ein", "frisch").english[0] == "a fresh apple"
    assert grammar.thing("Schlüssel", "kein", plural=True).english[0] == "any keys"


def test_verbs_stand_second_first_and_last(grammar: Grammar) -> None:
    anna, guest = grammar.phrases.name_phrase("Anna", "f"), grammar.thing("Gast", "der")
    now = grammar.clause(anna, "anrufen", "present", guest, "heute")
    past = grammar.clause(anna, "anrufen", "perfect", guest, "gestern")
    can = grammar.clause(anna, "anrufen", "können", guest, "morgen")
    german, english = grammar.german, grammar.english
    assert german.verb_second(now) == "Anna ruft heute den Gast an"
    assert german.verb_first(now) == "ruft Anna heute den Gast an"
    assert german.verb_last(now) == "Anna heute den Gast anruft"
    assert german.zu_infinitive(now) == "heute den Gast anzurufen"
    assert german.imperative(now) == "ruf heute den Gast an"
    assert english.statement(now) == "Anna is calling the guest today"
    assert german.verb_last(past) == "Anna gestern den Gast angerufen hat"
    assert (english.statement(past), english.question(past)) == (
        "Anna called the guest yesterday",
        "did Anna call the guest yesterday",
    )
    assert german.verb_last(can) == "Anna morgen den Gast anrufen kann"
    assert english.question(can) == "can Anna call the guest tomorrow"


def test_negation_time_and_place_find_their_positions(grammar: Grammar) -> None:
    he, we = grammar.phrases.PRONOUNS["er"], grammar.phrases.PRONOUNS["wir"]
    case, key = grammar.thing("Koffer", "der"), grammar.thing("Schlüssel", "kein")
    german, english = grammar.german.verb_second, grammar.english.statement
    sold = grammar.clause(he, "verkaufen", "perfect", case, "gestern", marker="nicht")
    assert (german(sold), english(sold)) == (
        "er hat den Koffer gestern nicht verkauft",
        "he did not sell the suitcase yesterday",
    )
    packed = grammar.clause(we, "einpacken", "perfect", grammar.thing("Hemd", "unser"), marker="noch nicht")
    assert (german(packed), english(packed)) == (
        "wir haben unser Hemd noch nicht eingepackt",
        "we have not packed our shirt yet",
    )
    needed = grammar.clause(he, "brauchen", "present", key)
    assert (german(needed), english(needed)) == ("er braucht keinen Schlüssel", "he does not need a key")
    slept = grammar.clause(we, "schlafen", "habit", time="oft", place=("im Garten", "in the garden"))
    assert (german(slept), english(slept)) == ("wir schlafen oft im Garten", "we often sleep in the garden")


def test_a_pronoun_takes_the_gender_of_what_it_stands_for(grammar: Grammar) -> None:
    def pronoun(noun: str, plural: bool = False) -> tuple[str, str]:
        actual = grammar.phrases.pronoun_for(grammar.thing(noun, "der", plural=plural))
        return actual.in_german("accusative"), actual.english[1]

    assert pronoun("Koffer") == ("ihn", "it")
    assert pronoun("Tasche") == ("sie", "it")
    assert pronoun("Ärztin") == ("sie", "her")
    assert pronoun("Buch") == ("es", "it")
    assert pronoun("Buch", plural=True) == ("sie", "them")
    anna, it = grammar.phrases.name_phrase("Anna", "f"), grammar.phrases.pronoun_for(grammar.thing("Koffer", "der"))
    fetched = grammar.clause(anna, "abholen", "können", it, "morgen", marker="nicht")
    assert grammar.german.verb_second(fetched) == "Anna kann ihn morgen nicht abholen"
    assert grammar.english.statement(fetched) == "Anna cannot pick it up tomorrow"


def test_the_shipped_sentences_reorder(splits: dict[str, list[tuple[str, str]]]) -> None:
    pairs = [pair for split in SPLITS for pair in splits[split]]
    assert sum(", weil " in source or ", dass " in source for source, _ in pairs) > 200
    assert sum(source.startswith("Auf dem ") and target.startswith("There ") for source, target in pairs) > 50
    assert sum(" gefällt " in source and " like" in target for source, target in pairs) > 100
    assert sum(source.endswith("?") for source, _ in pairs) > 600
