"""The result of evaluating a translator: what was measured, and how it is laid out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from seqnlp.errors import counted
from seqnlp.metrics.translation_health import Example, Finding, Health
from seqnlp.metrics.translation_scores import CorpusScore, TranslationScores
from seqnlp.report.drawings import Drawing
from seqnlp.report.report import Report
from seqnlp.report.tables import Table, percent


@dataclass(frozen=True, slots=True)
class RerankedScores:
    """The scores of translations that were reranked.

    Attributes:
        settings: how, as a person reads it.
        bleu, chrf: as for translations as the search ranks them.
        seconds: the time that it took, the search included.
    """

    settings: str
    bleu: CorpusScore
    chrf: CorpusScore
    seconds: float


@dataclass(frozen=True, slots=True)
class TranslationReport(Report):
    """Everything an evaluation found out. BLEU, chrF and TER are on sacrebleu's scale, 0 to 100.

    Attributes:
        sentences, source_tokens, target_tokens: size of the split.
        scores: with intervals and signatures.
        health: typical failures that the scores do not show.
        decoding: the settings of the search, as a person reads them.
        seconds: the time that translating took; 0 if it was not measured.
        worst: the sentences with the lowest chrF, which is their ``detail``.
        reranked: the scores after reranking, if that was asked for; all others are without it.
    """

    sentences: int
    source_tokens: int
    target_tokens: int
    scores: TranslationScores
    health: Health
    decoding: str
    seconds: float = 0.0
    worst: list[Example] = field(default_factory=list)
    reranked: RerankedScores | None = None

    @property
    def score(self) -> float:
        """The one number: BLEU, between 0 and 1 as every report's score."""
        return self.scores.bleu.value / 100

    @property
    def measure(self) -> str:
        """What :attr:`score` is called."""
        return "BLEU"

    @property
    def named_scores(self) -> dict[str, float]:
        """The scores by name, as sacreBLEU gives them: up to 100."""
        scores = self.scores
        return {"bleu": scores.bleu.value, "chrf": scores.chrf.value, "ter": scores.ter.value}

    @property
    def size(self) -> str:
        """How large the split is, in words."""
        source, target = self.source_tokens, self.target_tokens
        tokens = f"{counted(source, 'source token')}, {counted(target, 'target token')}"
        return f"{counted(self.sentences, 'sentence')}, {tokens}"

    @property
    def headline(self) -> list[tuple[str, str]]:
        """What stands at the top: names and values, the score first."""
        scores = self.scores
        measures = (scores.bleu, scores.chrf, scores.ter)
        facts = [(s.name, _with_interval(s)) for s in measures]
        lengths = f"{scores.hypothesis_length:,} words for {scores.reference_length:,}"
        facts.append(("brevity penalty", f"{scores.brevity_penalty:.3f}  ({lengths})"))
        facts.append(("length ratio", f"{self.health.length_ratio:.3f}"))
        facts.append(("decoding", self.decoding))
        if self.seconds:
            facts.append(("speed", f"{self.sentences / self.seconds:,.1f} sentences/s"))
        if self.reranked:
            facts += _reranked(self.reranked, self.sentences)
        return facts + [(f"{s.name} by", s.signature) for s in measures]

    @property
    def sections(self) -> list[Table | Drawing]:
        """Typical failures counted, examples of each that was found, and the worst sentences."""
        signs = _signs(self)
        rows = [(name, f"{sign.count:,}", f"{sign.total:,}", percent(sign.share)) for name, sign in signs]
        counts = Table("Health", ("sign", ">count", ">of", ">percent"), rows)
        tables: list[Table | Drawing] = [
            counts,
            *(_example_table(f"Worst: {name}", "found", sign.examples) for name, sign in signs),
            _example_table("The worst sentences, by their chrF", ">chrF", self.worst),
        ]
        return tables


def _with_interval(score: CorpusScore) -> str:
    return f"{score.value:.2f}  (95 % interval {score.low:.2f} to {score.high:.2f})"


def _reranked(after: RerankedScores, sentences: int) -> list[tuple[str, str]]:
    """What stands at the top of reranking."""
    return [
        ("reranked", after.settings),
        ("  its BLEU", _with_interval(after.bleu)),
        ("  its chrF2", _with_interval(after.chrf)),
        ("  its speed", f"{sentences / after.seconds:,.1f} sentences/s"),
    ]


def _signs(report: TranslationReport) -> list[tuple[str, Finding]]:
    health = report.health
    natural = Finding(health.repeated_references, report.sentences, [])
    signs = [
        ("empty outputs", health.empty),
        ("outputs with words repeated in succession", health.repeated),
        ("references with words repeated in succession", natural),
        ("source words copied, not translated", health.copied),
    ]
    if health.uncovered is not None:
        signs.append(("source positions with hardly any attention", health.uncovered))
    return signs


def _example_table(heading: str, shown: str, examples: Sequence[Example]) -> Table:
    rows = [(f"{each.line:,}", each.detail, each.source, each.reference, each.output) for each in examples]
    return Table(heading, (">line", shown, "source", "reference", "output"), rows)
