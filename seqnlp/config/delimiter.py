"""What stands between the columns of a table."""

from __future__ import annotations

OTHER_MARKS = ";\t|"
"""What divides the fields of tables instead of commas; names and numbers seldom have one of them."""


def delimiter_of(written: str) -> str:
    r"""The characters that a setting such as ``data.delimiter`` stands for: ``\t`` and ``tab`` are a tab."""
    return "\t" if written in (r"\t", "tab") else written


def as_setting(mark: str) -> str:
    """How a setting names a character between fields: the inverse of :func:`delimiter_of`."""
    return "tab" if mark == "\t" else mark


def delimiter_problems(format: str, written: str) -> list[str]:
    """What to say of a ``data.delimiter`` that cannot be."""
    if not written:
        return []
    if format not in ("tsv", "csv"):
        return [f"data.delimiter: only for data.format=csv and tsv, found '{format}'"]
    if format == "csv" and (len(delimiter_of(written)) != 1 or delimiter_of(written) in '"\r\n'):
        return [f"data.delimiter: expected one character for data.format=csv (tsv takes any text), found '{written}'"]
    return []
