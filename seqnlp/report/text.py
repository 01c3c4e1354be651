"""Titles, names with values and tables as plain text."""

from __future__ import annotations

from collections.abc import Sequence

from seqnlp.report.tables import Table

WIDEST_CELL = 48
MAX_LABEL_LENGTH = 40


def format_sections(title: str, facts: Sequence[tuple[str, str]], tables: Sequence[Table]) -> str:
    """A title, names with values, and tables; one line feed at the end."""
    width = max(len(name) for name, _ in facts)
    top = "\n".join([title, *(f"  {name:<{width}}  {value}" for name, value in facts)])
    return "\n\n".join([top, *map(format_table, tables)]) + "\n"


def format_table(table: Table) -> str:
    """Heading, names of the columns and rows in aligned columns; over-long cells are cut."""
    rows = [table.names, *([_clip(cell) for cell in row] for row in table.rows)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [table.heading]
    for row in rows:
        columns = zip(row, widths, table.numeric, strict=True)
        cells = [cell.rjust(width) if numeric else cell.ljust(width) for cell, width, numeric in columns]
        lines.append("  " + "  ".join(cells))
    return "\n".join(line.rstrip() for line in lines)


def short(word: str) -> str:
    """The word, or its beginning if it is too long for a label."""
    return word if len(word) <= MAX_LABEL_LENGTH else word[: MAX_LABEL_LENGTH - 1] + "…"


def _clip(cell: str) -> str:
    """Text that cannot disturb a terminal or the columns: no control characters, no endless words."""
    printable = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in cell)
    return printable if len(printable) <= WIDEST_CELL else printable[: WIDEST_CELL - 3] + "..."
