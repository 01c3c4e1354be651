"""What a training file of a series tells by itself: what divides its fields, its time column, how dates are written.

Taken from the file is only what it could not be read without: no setting that works is changed, and no number guessed.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from pathlib import Path

from seqnlp.config.delimiter import OTHER_MARKS, as_setting, delimiter_of
from seqnlp.config.series import SeriesDataConfig
from seqnlp.data.parquet_rows import is_parquet
from seqnlp.data.paths import resolve_path
from seqnlp.data.series.missing import missing_texts
from seqnlp.data.series.parts import rows_of_file
from seqnlp.data.series.split_stamps import SAMPLED, Columns, formats_in, time_column_in
from seqnlp.text.files import first_line


def recognise(config: SeriesDataConfig, say: Callable[[str], None]) -> None:
    """Take over what the training file of a series tells.

    Args:
        config: is changed where the file could not be read otherwise.
        say: told which settings were taken from the file.

    Raises:
        DataError: the file cannot be read.
    """
    path = resolve_path(config, config.train)
    if not path.is_file():
        return
    before = dict(vars(config))
    if not is_parquet(path):
        config.delimiter = _delimiter(path, config)
    columns = _columns(path, config)
    if not (config.time_column or config.columns):
        config.time_column = time_column_in(columns)
    config.time_format = _time_format(columns, config)
    if taken := [f"data.{name}='{value}'" for name, value in vars(config).items() if value != before[name]]:
        say(f"{path}: taken from the file: {' '.join(taken)}")


def _delimiter(path: Path, config: SeriesDataConfig) -> str:
    """What divides the first line, if the character that is set is not in it and one other that divides fields is."""
    first = first_line(path)
    others = [mark for mark in OTHER_MARKS if mark in first]
    is_cut_otherwise = len(others) == 1 and delimiter_of(config.delimiter) not in first
    return as_setting(others[0]) if is_cut_otherwise else config.delimiter


def _columns(path: Path, config: SeriesDataConfig) -> Columns:
    """The first rows, by the names that the first one has."""
    rows, missing = [fields for _, fields in islice(rows_of_file(path, config), SAMPLED)], missing_texts(config)
    names = [name.strip() for name in rows[0]] if rows else []
    texts = [[field.strip() for field in fields] for fields in rows[1:] if len(fields) == len(names)]
    return {
        name: [row[place] * (row[place].lower() not in missing) for row in texts] for place, name in enumerate(names)
    }


def _time_format(columns: Columns, config: SeriesDataConfig) -> str:
    """The only format that reads all time stamps; where day and month may be either, one is to be asked."""
    formats = formats_in(columns, config.time_column)
    return formats[0] if not config.time_format and len(formats) == 1 else config.time_format
