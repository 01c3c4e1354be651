"""A translator's model folder as data: settings, subwords, weights; whatever computes with it starts here."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from seqnlp.bundle import Bundle
from seqnlp.bundle_fields import Fields
from seqnlp.bundle_files import LEXICON
from seqnlp.config.translation import DecodingConfig, RerankWeights, TranslatorConfig
from seqnlp.errors import RunError
from seqnlp.models.translation_lexicon import TranslationLexicon
from seqnlp.networks.graph import Array
from seqnlp.tasks.translation.text_lexicon import TextLexicon
from seqnlp.text.language_tokens import subwords_from_folder
from seqnlp.text.sentence_ends import ANY_SENTENCES, SentenceHabits
from seqnlp.text.subwords import Subwords

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


@dataclass(frozen=True)
class TunedReranking:
    """What was found best on dev for reranking.

    Attributes:
        weights: of the score's parts.
        candidates: how many translations were reranked.
        language_model: whether a language model took part.
    """

    weights: RerankWeights
    candidates: int
    language_model: bool

    def described(self) -> dict[str, Any]:
        """As the model folder says it; without the weight of a lexicon where there is none, as before there was one."""
        described = asdict(self)
        if not self.weights.lexicon:
            del described["weights"]["lexicon"]
        return described


@dataclass(frozen=True)
class SavedTranslator:
    """Everything that a translator's folder says.

    Attributes:
        settings: of the network.
        vocabularies: its subwords.
        decoding: how it searches unless told otherwise.
        source_language, target_language: their names.
        max_tokens: subwords of the longest text that it reads at once.
        weights: by name.
        folder: where they are from.
        reranking: what was tuned for it, if it was.
        lexicon: what was learned with that, if it was.
        habits: how many sentences a line may have; models of older versions do not say.
    """

    settings: TranslatorConfig
    vocabularies: Vocabularies
    decoding: DecodingConfig
    source_language: str
    target_language: str
    max_tokens: int
    weights: dict[str, Array]
    folder: Path
    reranking: TunedReranking | None = None
    lexicon: TextLexicon | None = None
    habits: SentenceHabits = ANY_SENTENCES


def read_translator(bundle: Bundle) -> SavedTranslator:
    """What a model folder says.

    Raises:
        RunError: another task's model, a field that is missing, unknown or of another kind, or no lexicon where it
            needs one.
    """
    saved = bundle.settings_of("translation", "for translation")
    settings, decoding = saved.section("model", TranslatorConfig), saved.section("decoding", DecodingConfig)
    languages, max_tokens = (saved.text("source"), saved.text("target")), saved.count("max_tokens", 1)
    reranking = _reranking(saved.fields("reranking")) if "reranking" in saved else None
    habits = _habits(saved.fields("sentences")) if "sentences" in saved else ANY_SENTENCES
    saved.end("about")
    lexicon = TextLexicon(TranslationLexicon.from_bytes(bundle.lexicon), *languages) if bundle.lexicon else None
    if reranking and reranking.weights.lexicon and not lexicon:
        raise RunError(f"{bundle.folder} lacks {LEXICON}, which its reranking needs; it was not copied or saved whole")
    vocabularies, weights = Vocabularies.from_files(bundle.subwords), bundle.weights
    return SavedTranslator(
        settings, vocabularies, decoding, *languages, max_tokens, weights, bundle.folder, reranking, lexicon, habits
    )


def _reranking(saved: Fields | None) -> TunedReranking | None:
    if saved is None:
        return None
    weights, candidates = saved.section("weights", RerankWeights), saved.count("candidates", 2)
    tuned = TunedReranking(weights, candidates, saved.flag("language_model"))
    saved.end()
    return tuned


def _habits(saved: Fields | None) -> SentenceHabits:
    if saved is None:
        return ANY_SENTENCES
    habits = SentenceHabits(saved.count("most"), tuple(saved.texts("abbreviations")), saved.flag("lowercase"))
    saved.end()
    return habits
