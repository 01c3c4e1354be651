"""From settings to a translator, and from a model folder to one that is ready to use."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from seqnlp.bundle import Bundle
from seqnlp.bundle_files import TENSORS
from seqnlp.config.translation import TranslationConfig, TranslatorConfig
from seqnlp.errors import RunError
from seqnlp.models.translator import RecurrentTranslator
from seqnlp.saved_weights import with_weights
from seqnlp.tasks.start import refuse_other
from seqnlp.tasks.translation.given_subwords import asked_and_given
from seqnlp.tasks.translation.saved import SavedTranslator, Vocabularies, read_translator
from seqnlp.text.flat_texts import FlatTexts, OneAfterTheOther
from seqnlp.text.rewritten import Rewritten
from seqnlp.text.sentence_ends import SentenceHabits
from seqnlp.text.subwords import Subwords, train_subwords


def learn_vocabularies(
    sources: Iterable[str], targets: Iterable[str], config: TranslationConfig, say: Callable[[str], None]
) -> Vocabularies:
    """Subwords of the training split; ``say`` is told of fewer than asked for.

    Raises:
        DataError: the texts have more different characters than there may be subwords.
    """
    if config.tokenizer.joint:
        joint = train_subwords(OneAfterTheOther(sources, targets), config.tokenizer, say)
        return Vocabularies(joint, joint)

    def learn(side: str, texts: Iterable[str]) -> Subwords:
        return train_subwords(texts, config.tokenizer, lambda text: say(f"{side} {text}"))

    return Vocabularies(learn("source", sources), learn("target", targets))


def say_rewritten(
    vocabularies: Vocabularies, sources: FlatTexts, targets: FlatTexts, say: Callable[[str], None]
) -> None:
    """Say once what the subwords' normalisation makes of the training text."""
    for side, subwords, texts in (("source", vocabularies.source, sources), ("target", vocabularies.target, targets)):
        rewritten = Rewritten(subwords)
        rewritten.add(texts)
        if rewritten.lines:
            say(
                f"train: {rewritten.lines:,} of {len(texts):,} {side} lines have characters that are read as others: "
                f"{rewritten.examples()} (tokenizer.normalization; identity reads what is written)"
            )


def build_translator(model: TranslatorConfig, vocabularies: Vocabularies) -> RecurrentTranslator:
    """A translator with fresh weights."""
    return RecurrentTranslator(model, len(vocabularies.source), len(vocabularies.target))


def translator_start(config: TranslationConfig, bundle: Bundle) -> tuple[Vocabularies, RecurrentTranslator]:
    """The subwords of the model that a run begins with, and a translator of this run's settings with its weights.

    Raises:
        RunError: the model is for other languages, or its subwords or its sizes are not those of this run.
    """
    loaded = translator_from_bundle(bundle)
    languages = loaded.saved.source_language, loaded.saved.target_language
    wanted = config.data.source, config.data.target
    if languages != wanted:
        raise RunError(
            f"start_from: expected a model from {wanted[0]} to {wanted[1]} (data.source, data.target), "
            f"found {languages[0]} to {languages[1]} in {config.start_from}"
        )
    for setting, asked, actual in asked_and_given(config.tokenizer, loaded.saved.vocabularies):
        refuse_other(config, setting, actual, asked)
    model = build_translator(config.model, loaded.saved.vocabularies)
    try:
        model.load_state_dict(loaded.model.state_dict())
    except RuntimeError:
        theirs, ours = asdict(loaded.model.config), asdict(config.model)
        differences = [f"model.{key} {theirs[key]}, here {ours[key]}" for key in ours if theirs[key] != ours[key]]
        raise RunError(
            f"start_from: the weights of {config.start_from} do not fit this run; it was trained with "
            + "; ".join(differences)
        ) from None
    return loaded.saved.vocabularies, model


@dataclass(frozen=True)
class LoadedTranslator:
    """A translator from a model folder as a module of torch, ready to use."""

    model: RecurrentTranslator
    saved: SavedTranslator


def describe(config: TranslationConfig, habits: SentenceHabits) -> dict[str, Any]:
    """What ``config.yaml`` of the model folder says: names and numbers, no paths."""
    return {
        "task": "translation",
        "source": config.data.source,
        "target": config.data.target,
        "max_tokens": config.data.max_tokens,
        "sentences": {**asdict(habits), "abbreviations": list(habits.abbreviations)},
        "model": asdict(config.model),
        "decoding": asdict(config.decoding),
        "about": asdict(config.about),
    }


def translator_from_bundle(bundle: Bundle) -> LoadedTranslator:
    """The translator of a model folder as a module of torch; see :func:`translator_from_saved`."""
    return translator_from_saved(read_translator(bundle))


def translator_from_saved(saved: SavedTranslator) -> LoadedTranslator:
    """A saved translator as a module of torch, in inference mode; torch's random state stays what it was.

    Raises:
        RunError: weights that do not fit the settings.
    """
    build = partial(build_translator, saved.settings, saved.vocabularies)
    return LoadedTranslator(with_weights(build, saved.weights, saved.folder / TENSORS), saved)
