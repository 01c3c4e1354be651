"""The result of evaluating a language model: plain data, text for a terminal, and a page."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from seqnlp.metrics.html import page, table_section
from seqnlp.metrics.perplexity import TextScores
from seqnlp.metrics.tables import Table
from seqnlp.metrics.terminal import format_sections


@dataclass(frozen=True, slots=True)
class NamedScores:
    """A model, or a way to use it, and what the text costs it."""

    name: str
    scores: TextScores


@dataclass(frozen=True, slots=True)
class LanguageReport:
    """Everything an evaluation found out.

    Attributes:
        title: what was evaluated, say a recipe's name.
        split: on which split.
        unit_name: what the model's units are: words, subwords or characters.
        lines, words, units, characters, bytes: size of the split; each line's end counts as one of each.
        unknown: units that stand for words or characters which the vocabulary lacks.
        scores: of the model as trained, the text read once from its beginning to its end.
        adapted: of the model with a cache or dynamic evaluation, which see the text they have predicted already.
        baselines: of n-gram models of the same training text, over the same units.
        seconds: the time that scoring the text took.
    """

    title: str
    split: str
    unit_name: str
    lines: int
    words: int
    units: int
    characters: int
    bytes: int
    unknown: int
    scores: TextScores
    adapted: list[NamedScores]
    baselines: list[NamedScores]
    seconds: float

    @property
    def score(self) -> float:
        """The one number: perplexity per word; lower is better."""
        return self.scores.per_word

    @property
    def named_scores(self) -> dict[str, float]:
        """The scores by name; of all of them lower is better."""
        found = self.scores
        per = {"bits_per_character": found.bits_per_character, "bits_per_byte": found.bits_per_byte}
        return {"perplexity": found.per_word, **per}

    def to_dict(self) -> dict[str, Any]:
        """The report as dictionaries, lists and numbers, ready for JSON."""
        return {"measure": "perplexity", "score": self.score, **asdict(self)}


def format_language_report(report: LanguageReport) -> str:
    """The report for a terminal: aligned columns, no colours, one line feed at the end."""
    return format_sections(f"{report.title} on {report.split}: {_size(report)}", _headline(report), _tables(report))


def language_report_html(report: LanguageReport, origin: str = "") -> str:
    """The report as one page that needs nothing else, and its origin. Every text that comes from data is escaped."""
    sections = [table_section(table) for table in _tables(report)]
    return page(f"{report.title} on {report.split}", _size(report), _headline(report), sections, origin)


def _size(report: LanguageReport) -> str:
    return f"{report.lines:,} lines, {report.words:,} words, {report.characters:,} characters, ends of lines included"


def _headline(report: LanguageReport) -> list[tuple[str, str]]:
    """What stands at the top: names and values, the score first."""
    scores, (low, high) = report.scores, report.scores.interval
    facts = [
        ("perplexity per word", f"{scores.per_word:.2f}  (95 % interval {low:.2f} to {high:.2f})"),
        (f"perplexity per unit ({report.unit_name})", f"{scores.per_unit:.2f}"),
        ("bits per character", f"{scores.bits_per_character:.4f}"),
        ("perplexity per byte", f"{2**scores.bits_per_byte:.4f}  ({scores.bits_per_byte:.4f} bits)"),
        (f"unknown {report.unit_name}", f"{report.unknown:,} of {report.units:,}"),
    ]
    return [*facts, ("speed", f"{report.units / report.seconds:,.0f} {report.unit_name}/s")]


def _tables(report: LanguageReport) -> list[Table]:
    """The model, what it becomes when it learns from the text, and the n-grams, one a row."""
    named = [NamedScores("this model", report.scores), *report.adapted, *report.baselines]
    heads = ("model", ">per word", ">interval", ">bits per character", ">bits per byte")
    return [Table("Perplexity", heads, [_row(one) for one in named])]


def _row(named: NamedScores) -> tuple[str, ...]:
    scores, (low, high) = named.scores, named.scores.interval
    numbers = f"{scores.per_word:.2f}", f"{low:.2f} to {high:.2f}"
    return (named.name, *numbers, f"{scores.bits_per_character:.4f}", f"{scores.bits_per_byte:.4f}")
