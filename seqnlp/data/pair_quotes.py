"""Quotes of CSV in the pairs of a TSV file, which are read as letters: counted while the pairs go by."""

from __future__ import annotations

from dataclasses import dataclass

from seqnlp.config.translation import ParallelDataConfig
from seqnlp.errors import counted
from seqnlp.text.pair_tables import is_quoted, stands_in_quotes
from seqnlp.text.parallel import SentencePair

TAB = "\\t"
"""As a setting has it."""


@dataclass
class QuoteCounter:
    """How many pairs there were, and how many of them look as if CSV had quoted them.

    Attributes:
        total: pairs.
        quoted: pairs with a side that is surely quoted.
        enclosed: pairs whose sides both begin and end with a quote, which is a sign only if all pairs do.
        example: the first side that is surely quoted.
        last: the source of the last pair.
    """

    total: int = 0
    quoted: int = 0
    enclosed: int = 0
    example: str = ""
    last: str = ""

    def see(self, pair: SentencePair) -> None:
        """Count a pair."""
        text = next(filter(is_quoted, (pair.source, pair.target)), "")
        self.total += 1
        self.quoted += bool(text)
        self.enclosed += stands_in_quotes(pair.source) and stands_in_quotes(pair.target)
        self.example, self.last = self.example or text, pair.source

    def note(self, config: ParallelDataConfig) -> str:
        """What to say of the quotes, and the settings that read them; nothing where there are none."""
        count = self.total if self.enclosed == self.total else self.quoted
        if not count:
            return ""
        columns = "data.source_column={} data.target_column={}".format(*config.columns)
        remedy = f"data.format=csv data.delimiter='{config.delimiter or TAB}' {columns} reads them"
        example = (self.example or self.last)[:60]
        return f"{counted(count, 'pair')} with the quotes of CSV, such as {example}; {remedy}"
