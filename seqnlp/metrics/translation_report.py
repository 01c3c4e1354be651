"""The result of evaluating a translator: plain data, text for a terminal, and a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from seqnlp.metrics.html import page, table_section
from seqnlp.metrics.tables import Table, percent
from seqnlp.metrics.terminal import format_sections
from seqnlp.metrics.translation_health import Example, Finding, Health
from seqnlp.metrics.translation_scores import TranslationScores


@dataclass(frozen=True, slots=True)
class TranslationReport:
    """Everything an evaluation found out. BLEU, chrF and TER are on sacrebleu's scale, 0 to 100.

    Attributes:
        title: what was evaluated, say a recipe's name.
        split: on which split.
        sentences, source_tokens, target_tokens: size of the split.
        scores: with intervals and signatures.
        health: signs of illness that the scores do not show.
        decoding: the settings of the search, as a person reads them.
        seconds: the time that translating took; 0 if it was not measured.
        worst: the sentences with the lowest chrF, which is their ``detail``.
    """

    title: str
    split: str
    sentences: int
    source_tokens: int
    target_tokens: int
    scores: TranslationScores
    health: Health
    decoding: str
    seconds: float = 0.0
    worst: list[Example] = field(default_factory=list)

    @property
    def score(self) -> float:
        """The one number: BLEU, between 0 and 1 as every report's score."""
        return self.scores.bleu.value / 100

    @property
    def named_scores(self) -> dict[str, float]:
        """The scores by name, as sacreBLEU gives them: up to 100."""
        found = self.scores
        return {"bleu": found.bleu.value, "chrf": found.chrf.value, "ter": found.ter.value}

    def to_dict(self) -> dict[str, Any]:
        """The report as dictionaries, lists and numbers, ready for JSON."""
        return {"measure": "BLEU", "score": self.score, **asdict(self)}


def format_translation_report(report: TranslationReport) -> str:
    """The report for a terminal: aligned columns, no colours, one line feed at the end."""
    title = f"{report.title} on {report.split}: {_size(report)}"
    return format_sections(title, _headline(report), _tables(report))


def translation_report_html(report: TranslationReport, origin: str = "") -> str:
    """The report as one page that needs nothing else, and its origin. Every text that comes from data is escaped."""
    sections = [table_section(table) for table in _tables(report)]
    return page(f"{report.title} on {report.split}", _size(report), _headline(report), sections, origin)


def _size(report: TranslationReport) -> str:
    source, target = report.source_tokens, report.target_tokens
    return f"{report.sentences:,} sentences, {source:,} source tokens, {target:,} target tokens"


def _headline(report: TranslationReport) -> list[tuple[str, str]]:
    """What stands at the top: names and values, the score first."""
    scores = report.scores
    measures = (scores.bleu, scores.chrf, scores.ter)
    facts = [(s.name, f"{s.value:.2f}  (95 % interval {s.low:.2f} to {s.high:.2f})") for s in measures]
    lengths = f"{scores.hypothesis_length:,} words for {scores.reference_length:,}"
    facts.append(("brevity penalty", f"{scores.brevity_penalty:.3f}  ({lengths})"))
    facts.append(("length ratio", f"{report.health.length_ratio:.3f}"))
    facts.append(("decoding", report.decoding))
    if report.seconds:
        facts.append(("speed", f"{report.sentences / report.seconds:,.1f} sentences/s"))
    return facts + [(f"{s.name} by", s.signature) for s in measures]


def _tables(report: TranslationReport) -> list[Table]:
    """The signs of illness counted, examples of each that was found, and the worst sentences."""
    signs = _signs(report)
    rows = [(name, f"{found.count:,}", f"{found.total:,}", percent(found.share)) for name, found in signs]
    counts = Table("Health", ("sign", ">count", ">of", ">percent"), rows)
    tables = [
        counts,
        *(_example_table(f"Worst: {name}", "found", found.examples) for name, found in signs),
        _example_table("The worst sentences, by their chrF", ">chrF", report.worst),
    ]
    return [table for table in tables if table.rows]


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


def _example_table(heading: str, found: str, examples: Sequence[Example]) -> Table:
    rows = [(f"{each.line:,}", each.detail, each.source, each.reference, each.output) for each in examples]
    return Table(heading, (">line", found, "source", "reference", "output"), rows)
