"""What to do about a field of a series that cannot be read.

In training that may be a setting. A trained model reads as its training file was read, so there the file must change.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from seqnlp.config.delimiter import OTHER_MARKS, as_setting, delimiter_of
from seqnlp.config.series import SeriesDataConfig
from seqnlp.data.series.split_stamps import is_time_of_day
from seqnlp.data.series.time_formats import formats_of, is_time_stamp, year_of_two
from seqnlp.text.checks import is_number

_NO_ROW = "if this row is no row of the series (units, a total, a note), delete it"


def about_a_stamp(text: str, config: SeriesDataConfig) -> str:
    """Of a text that is no time stamp."""
    if not any(map(str.isdigit, text)):
        return _NO_ROW
    if config.fixed:
        return "write time stamps as the model's training file has them"
    if re.fullmatch(r"[1-4]Q\W?\d\d(\d\d)?|Q[1-4]\W?\d\d(\d\d)?|\d{4}\W?Q?[1-4]", text, re.IGNORECASE):
        return "write quarters as 2024-Q1"
    if year := year_of_two(text):
        hint = f"if this is the year that begins in {year}, write {year}"
        return "; ".join([hint, *(f"if it is a month, set data.time_format='{form}'" for form in formats_of(text))])
    if re.search(r"(?<![:\d])24:00", text):
        return "write 24:00 as 00:00 of the next day"
    readers = " or ".join(f"data.time_format='{form}'" for form in formats_of(text))
    return f"set {readers}" if readers else f"set data.time_format, as strptime has it; {_NO_ROW}"


def about_a_number(text: str, name: str, config: SeriesDataConfig) -> str:
    """Of a text that is no number."""
    if cut_elsewhere := about_the_delimiter([text], config):
        return cut_elsewhere.removeprefix("; ")
    hints = ["mend it, leave it empty (a missing value)"]
    if config.fixed:
        hints[0] = "mend it, or leave it empty (a missing value)"
    else:
        hints[0] += ", or name the columns of numbers in data.value_columns"
    if not re.search(r"[\d,']", text):
        if not config.fixed:
            hints.append(f"if it marks missing values, set data.missing_values='{text[:30]}'")
        hints.append(_NO_ROW)
    elif is_time_stamp(text) and not config.fixed:
        hints.append(f"if these are the time stamps, set data.time_column='{name}'")
    elif is_time_of_day(text) and not is_number(text):
        date = config.time_column or "DATE"
        joins = "write both into one column" if config.fixed else f"set data.time_column='{date} + {name}'"
        hints.append(f"if this is the time of day of a date in another column, {joins}")
    elif re.fullmatch(r"[^\d\s.,+-]{1,3} ?[\d.,]+|[\d.,]+ ?[^\d\s.,]\S*", text):
        hints.append("write numbers without units and currencies")
    if config.fixed:
        marks = f" and '{config.thousands}' between thousands" if config.thousands else ""
        return "; ".join([*hints, f"the model reads numbers with '{config.decimal}' before decimals{marks}"])
    comma = config.decimal == "." and re.fullmatch(r"[+-]?\d*,\d+", text)
    if comma and (config.delimiter != "," or not re.fullmatch(r"[+-]?\d{1,3},\d{3}", text)):  # which may be a thousand
        cut = "" if config.delimiter == "," else f"data.delimiter='{config.delimiter}' "
        hints.append(f"where a comma stands before the decimals, set {cut}data.decimal=','")
    if re.fullmatch(r"[+-]?\d{1,3}([.,' \u00a0\u202f]\d{3})+([.,]\d+)?", text):
        hints.append("write numbers without marks between thousands, or name the mark in data.thousands")
    if text.startswith("\u2212"):
        hints.append("write a minus as '-'")
    return "; ".join(hints)


def about_the_width(fields: Sequence[str], config: SeriesDataConfig) -> str:
    """Of a row that has not as many fields as the first."""
    if sum(map(bool, map(str.strip, fields))) <= 1:
        return _NO_ROW
    return f"a field with {_named(config)} in it stands in double quotes; delete titles above the row of names"


def _named(config: SeriesDataConfig) -> str:
    """The character between fields, in words."""
    return {"\t": "a tab", ",": "a comma"}.get(delimiter_of(config.delimiter), f"'{config.delimiter}'")


def about_a_column(names: Sequence[str], config: SeriesDataConfig, key: str, trained: Sequence[str]) -> str:
    """Of a first row ``names`` that lacks a column."""
    hint = f"the model reads {', '.join(trained)}" if trained else f"set data.{key}"
    marks = OTHER_MARKS + "," * (len(names) == 1)  # a name may have a comma
    return f"{hint}; the first row names the columns{about_the_delimiter(names, config, marks) or _title(names)}"


def about_the_delimiter(names: Sequence[str], config: SeriesDataConfig, marks: str = OTHER_MARKS) -> str:
    """A hint where the first row seems to be cut at another character, one of ``marks``."""
    delimiter = next((mark for mark in marks if any(mark in name for name in names)), "")
    if not delimiter:
        return ""
    if config.fixed:
        return f"; the model reads fields with {_named(config)} between them, as its training file has them"
    written = as_setting(delimiter)
    return f"; are its fields divided by '{written}'? set data.delimiter='{written}'"


def _title(names: Sequence[str]) -> str:
    """A hint where the first row seems to be the title of a table."""
    return "; delete titles above the row that names the columns" if sum(map(bool, names)) < 2 else ""
