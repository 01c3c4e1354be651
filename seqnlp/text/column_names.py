"""The place of a column by its name, which no other column may have: which of two is meant nobody can know."""

from __future__ import annotations

from collections.abc import Sequence

from seqnlp.errors import DataError


def column_place(name: str, names: Sequence[str], source: object, line: int | None = None) -> int:
    """The place of the one column that is called so; ``names`` hold it.

    Raises:
        DataError: several are; with the source and the line.
    """
    refuse_twice(name, names, source, line)
    return names.index(name)


def refuse_twice(name: str, names: Sequence[str], source: object, line: int | None = None) -> None:
    """Stop where several columns are called so.

    Raises:
        DataError: they are; with the source and the line.
    """
    if (count := names.count(name)) > 1:
        raise DataError(f"the column '{name}' is there {count} times; give each its own name", source, line)


def refuse_any_twice(names: Sequence[str], source: object, line: int | None = None) -> None:
    """Stop where any columns share a name, as all of them are kept by their names.

    Raises:
        DataError: two do; with the source and the line.
    """
    for name in names:
        refuse_twice(name, names, source, line)
