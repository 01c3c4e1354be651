"""The result of evaluating a language model: what was measured, and how it is laid out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from seqnlp.errors import counted
from seqnlp.metrics.perplexity import TextScores
from seqnlp.report.chart import Chart, Line
from seqnlp.report.drawings import Drawing, line_chart
from seqnlp.report.report import Report
from seqnlp.report.tables import Table
from seqnlp.report.text import WIDEST_CELL


@dataclass(frozen=True, slots=True)
class NamedScores:
    """A model, or a way to use it, and what the text costs it.

    ``along`` is the perplexity per word in equally long stretches of lines, in order; ``seconds`` are what an adapted
    model took to read the text.
    """

    name: str
    scores: TextScores
    along: list[float]
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class LanguageReport(Report):
    """Everything an evaluation found out.

    Attributes:
        token_name: what the model's tokens are: words, subwords or characters.
        lines, words, tokens, characters, bytes: size of the split; each line's end counts as one of each.
        unknown: tokens that stand for words or characters which the vocabulary lacks.
        scores: of the model as trained, the text read once from its beginning to its end.
        along: its perplexity per word in equally long stretches of lines, in order.
        adapted: of the model mixed with n-grams, and with a cache or dynamic evaluation, which see the text that they
            have predicted already.
        baselines: of n-gram models of the same training text, over the same tokens.
        seconds: the time that scoring the text took.
    """

    token_name: str
    lines: int
    words: int
    tokens: int
    characters: int
    bytes: int
    unknown: int
    scores: TextScores
    along: list[float]
    adapted: list[NamedScores]
    baselines: list[NamedScores]
    seconds: float

    higher_is_better = False

    @property
    def score(self) -> float:
        """The one number: perplexity per word; lower is better."""
        return self.scores.per_word

    @property
    def measure(self) -> str:
        """What :attr:`score` is called."""
        return "perplexity"

    @property
    def named_scores(self) -> dict[str, float]:
        """The scores by name; of all of them lower is better."""
        scores = self.scores
        per = {"bits_per_character": scores.bits_per_character, "bits_per_byte": scores.bits_per_byte}
        return {"perplexity": scores.per_word, **per}

    @property
    def size(self) -> str:
        """How large the split is, in words."""
        counts = counted(self.lines, "line"), counted(self.words, "word"), counted(self.characters, "character")
        return f"{', '.join(counts)}, ends of lines included"

    @property
    def headline(self) -> list[tuple[str, str]]:
        """What stands at the top: names and values, the score first."""
        scores, (low, high) = self.scores, self.scores.interval
        facts = [
            ("perplexity per word", f"{scores.per_word:.2f}  (95 % interval {low:.2f} to {high:.2f})"),
            (f"perplexity per token ({self.token_name})", f"{scores.per_token:.2f}"),
            ("bits per character", f"{scores.bits_per_character:.4f}"),
            ("perplexity per byte", f"{2**scores.bits_per_byte:.4f}  ({scores.bits_per_byte:.4f} bits)"),
            (f"unknown {self.token_name}", f"{self.unknown:,} of {self.tokens:,}"),
        ]
        return [*facts, ("speed", f"{self.tokens / self.seconds:,.0f} {self.token_name}/s")]

    @property
    def sections(self) -> list[Table | Drawing]:
        """The model, what it becomes when it learns from the text, and the n-grams, one a row; then along the text."""
        named = [NamedScores("this model", self.scores, self.along, self.seconds), *self.adapted, *self.baselines]
        columns = 6 if self.adapted else 5
        heads = ("model", ">per word", ">interval", ">bits per character", ">bits per byte", ">seconds")[:columns]
        table = Table("Perplexity", heads, [_row(one)[:columns] for one in named])
        return [table, _along_the_text(named, self.lines)] if len(self.along) > 1 else [table]


def _along_the_text(named: list[NamedScores], lines: int) -> Drawing:
    length = lines / len(named[0].along)
    drawn = [Line(one.name, [(length * (n + 0.5), y) for n, y in enumerate(one.along)]) for one in named]
    chart = Chart("Perplexity along the text", "lines", "perplexity per word", drawn, logarithmic=True)
    return line_chart(chart, f"Of every {length:,.0f} lines; lower is better.")


def _row(named: NamedScores) -> tuple[str, ...]:
    scores, (low, high) = named.scores, named.scores.interval
    numbers = f"{scores.per_word:.2f}", f"{low:.2f} to {high:.2f}"
    seconds = "" if named.seconds is None else f"{named.seconds:,.1f}"
    return (row_label(named.name), *numbers, f"{scores.bits_per_character:.4f}", f"{scores.bits_per_byte:.4f}", seconds)


def row_label(name: str) -> str:
    """A model's name in the table: too long a one is told without its settings, which JSON has."""
    return name if len(name) <= WIDEST_CELL else re.sub(r" \([^)]*\)", "", name).replace(" and ", ", ")
