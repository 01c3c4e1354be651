"""``--data FILE``: a file in the place of a run's test split, read as the run reads its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seqnlp.config.common import Config

_READ = "a file of --data is read by the settings of the run: write it as the files that the run was trained on"


def use_file(name: str, config: Config) -> None:
    """Put a file in the place of the test split.

    Raises:
        SeqnlpError: the run reads no files.
    """
    from seqnlp.errors import SeqnlpError

    form = getattr(config.data, "format", "")
    if form in ("hub", "long_range"):
        raise SeqnlpError(f"--data: this run's data is no file (data.format={form})")
    config.test_on(name)


@contextmanager
def told_whose_settings(name: str | None, config: Config) -> Iterator[None]:
    """Say of a file that cannot be read that the settings which would read it are the run's.

    Raises:
        SeqnlpError: in the place of a ``DataError`` that advises a setting of data.
    """
    from seqnlp.errors import DataError, SeqnlpError

    try:
        yield
    except DataError as problem:
        told = str(problem)
        if not name or not any(f"data.{field.name}" in told for field in fields(config.data)):
            raise
        raise SeqnlpError(f"{told}\n{_READ}") from None
