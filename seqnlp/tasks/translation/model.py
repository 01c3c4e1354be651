"""From settings to a translator, and from a model folder to one that is ready to use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from seqnlp.bundle import TENSORS, Bundle, load_bundle
from seqnlp.config import DecodingConfig, TranslationConfig, TranslatorConfig
from seqnlp.errors import RunError
from seqnlp.models.translator import RecurrentTranslator
from seqnlp.saved_weights import with_weights
from seqnlp.text.rewritten import Rewritten
from seqnlp.text.subwords import Subwords, train_subwords
from seqnlp.text.units import subwords_from_folder

JOINT, SOURCE, TARGET = "subwords.spm", "source.spm", "target.spm"


@dataclass(frozen=True)
class Vocabularies:
    """The subwords of both sides; one and the same if they are joint."""

    source: Subwords
    target: Subwords

    @property
    def joint(self) -> bool:
        """Whether both sides share one vocabulary."""
        return self.source is self.target

    def to_files(self) -> dict[str, bytes]:
        """The model folder's files."""
        if self.joint:
            return {JOINT: self.source.to_bytes()}
        return {SOURCE: self.source.to_bytes(), TARGET: self.target.to_bytes()}

    @classmethod
    def from_files(cls, files: dict[str, bytes]) -> Vocabularies:
        """The inverse of :meth:`to_files`.

        Raises:
            RunError: a file is missing.
        """
        if JOINT in files:
            joint = subwords_from_folder(files, JOINT)
            return cls(joint, joint)
        if missing := [name for name in (SOURCE, TARGET) if name not in files]:
            raise RunError(f"the model folder lacks {' and '.join(missing)}; it was not copied or saved whole")
        return cls(subwords_from_folder(files, SOURCE), subwords_from_folder(files, TARGET))


def learn_vocabularies(
    sources: Sequence[str], targets: Sequence[str], config: TranslationConfig, say: Callable[[str], None]
) -> Vocabularies:
    """Subwords of the training split; ``say`` is told of fewer than asked for.

    Raises:
        DataError: the texts have more different characters than there may be subwords.
    """
    if config.tokenizer.joint:
        joint = train_subwords([*sources, *targets], config.tokenizer, say)
        return Vocabularies(joint, joint)

    def learn(side: str, texts: Sequence[str]) -> Subwords:
        return train_subwords(texts, config.tokenizer, lambda text: say(f"{side} {text}"))

    return Vocabularies(learn("source", sources), learn("target", targets))


def say_rewritten(
    vocabularies: Vocabularies, sources: Sequence[str], targets: Sequence[str], say: Callable[[str], None]
) -> None:
    """Say once what the subwords' normalisation makes of the training text."""
    for side, subwords, texts in (("source", vocabularies.source, sources), ("target", vocabularies.target, targets)):
        found = Rewritten(subwords)
        found.add(texts)
        if found.lines:
            say(
                f"train: {found.lines:,} of {len(texts):,} {side} lines have characters that are read as others: "
                f"{found.examples()} (tokenizer.normalization; identity reads what is written)"
            )


def build_translator(model: TranslatorConfig, vocabularies: Vocabularies) -> RecurrentTranslator:
    """A translator with fresh weights."""
    return RecurrentTranslator(model, len(vocabularies.source), len(vocabularies.target))


def start_from(config: TranslationConfig) -> tuple[Vocabularies, RecurrentTranslator, str]:
    """The subwords of the model that a run begins with, a translator of this run's settings with its weights, its name.

    Raises:
        RunError: there is no such model, it is for other languages, or its sizes are not those of this run.
    """
    bundle = load_bundle(config.start_from)
    loaded = translator_from_bundle(bundle)
    languages = loaded.source_language, loaded.target_language
    wanted = config.data.source, config.data.target
    if languages != wanted:
        raise RunError(
            f"start_from: expected a model from {wanted[0]} to {wanted[1]} (data.source, data.target), "
            f"found {languages[0]} to {languages[1]} in {config.start_from}"
        )
    model = build_translator(config.model, loaded.vocabularies)
    try:
        model.load_state_dict(loaded.model.state_dict())
    except RuntimeError:
        theirs, ours = asdict(loaded.model.config), asdict(config.model)
        differences = [f"model.{key} {theirs[key]}, here {ours[key]}" for key in ours if theirs[key] != ours[key]]
        raise RunError(
            f"start_from: the weights of {config.start_from} do not fit this run; it was trained with "
            + "; ".join(differences)
        ) from None
    return loaded.vocabularies, model, bundle.metrics.get("recipe") or "a model without a name"


@dataclass(frozen=True)
class LoadedTranslator:
    """A translator from a model folder, ready to use."""

    model: RecurrentTranslator
    vocabularies: Vocabularies
    decoding: DecodingConfig
    source_language: str
    target_language: str
    max_tokens: int


def describe(config: TranslationConfig) -> dict[str, Any]:
    """What ``config.yaml`` of the model folder says: names and numbers, no paths."""
    return {
        "task": "translation",
        "source": config.data.source,
        "target": config.data.target,
        "max_tokens": config.data.max_tokens,
        "model": asdict(config.model),
        "decoding": asdict(config.decoding),
        "about": asdict(config.about),
    }


def translator_from_bundle(bundle: Bundle) -> LoadedTranslator:
    """Rebuild the translator of a model folder, in inference mode.

    Raises:
        RunError: another task's model, an unknown key, or weights that do not fit the settings.
    """
    bundle.refuse_other_task("translation", "for translation")
    saved = bundle.settings
    saved.text("task")
    settings, decoding = saved.section("model", TranslatorConfig), saved.section("decoding", DecodingConfig)
    languages, max_tokens = (saved.text("source"), saved.text("target")), saved.count("max_tokens", 1)
    saved.end("about")
    vocabularies = Vocabularies.from_files(bundle.subwords)
    model = with_weights(lambda: build_translator(settings, vocabularies), bundle.weights, bundle.folder / TENSORS)
    return LoadedTranslator(model, vocabularies, decoding, *languages, max_tokens)
