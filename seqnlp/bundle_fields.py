"""What the settings and the vocabulary of a model folder hold, taken out one by one, each of the type that it must be.

Digests tell what was damaged; this tells what older versions, other programs or people wrote.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from seqnlp.config.renamed import RENAMED_FIELDS
from seqnlp.config.schema import read_section
from seqnlp.errors import ConfigError, RunError, shortened

Section = TypeVar("Section")

_ADVICE = "it was changed, or written by another version of seqnlp"


class Fields:
    """The fields of one file that were not taken yet.

    Args:
        content: what the file holds.
        path: of the file, for messages.

    Raises:
        RunError: ``content`` is no mapping. Every method raises it if the field is missing or of another kind.
    """

    def __init__(self, content: Any, path: Path) -> None:
        self.path = path
        if not isinstance(content, Mapping):
            raise RunError(f"{path}: expected named fields, found {shortened(content)}; {_ADVICE}")
        self._left: dict[str, Any] = {str(RENAMED_FIELDS.get(name, name)): value for name, value in content.items()}

    def __contains__(self, name: str) -> bool:
        return name in self._left

    @property
    def all(self) -> dict[str, Any]:
        """Those that were not taken, as they are."""
        return dict(self._left)

    def text(self, name: str, choices: Sequence[str] = ()) -> str:
        """A text, one of the choices if there are any."""
        value = self._take(name, str, "text")
        return value if not choices or value in choices else self._refuse(name, f"one of {', '.join(choices)}", value)

    def flag(self, name: str) -> bool:
        """True or false."""
        return self._take(name, bool, "true or false")

    def count(self, name: str, low: int = 0) -> int:
        """A whole number, at least ``low``."""
        value = self._take(name, int, "a whole number")
        return value if value >= low else self._refuse(name, f"a whole number from {low}", value)

    def number(self, name: str) -> float:
        """A finite number."""
        value = self._any(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not _finite(value):
            self._refuse(name, "a finite number", value)
        return float(value)

    def texts(self, name: str) -> list[str]:
        """Different texts."""
        return different_texts(self._any(name), f"{self.path}: {name}")

    def table(self, name: str, *shape: int, finite: bool = True) -> NDArray[np.float64]:
        """Numbers of this shape."""
        value = self._any(name)
        try:
            table = np.array(value, dtype=np.float64)
        except (TypeError, ValueError, OverflowError):
            table = np.array(np.nan)
        if table.shape != shape or (finite and not np.isfinite(table).all()) or not _are_numbers(value):
            self._refuse(name, f"{' x '.join(map(str, shape))} numbers", value)
        return table

    def section(self, name: str, schema: type[Section], **older: Any) -> Section:
        """Settings of a dataclass; ``older`` are those that models of older versions do not say, and meant."""
        value = self._any(name)
        if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
            self._refuse(name, "settings", value)
        try:
            return read_section(schema, {**older, **value}, f"{name}.")
        except ConfigError as problem:
            raise RunError(f"{self.path}: {'; '.join(problem.problems)}; {_ADVICE}") from None

    def fields(self, name: str) -> Fields | None:
        """Fields in this field, or nothing where it is null."""
        value = self._any(name)
        return None if value is None else Fields(value, self.path)

    def several(self, name: str) -> list[Fields]:
        """Groups of fields."""
        return [Fields(one, self.path) for one in self._take(name, list, "a list")]

    def end(self, *ignored: str) -> None:
        """Stop at a field that nobody took."""
        unknown = [name for name in self._left if name not in ignored]
        if unknown:
            raise RunError(f"{self.path} has the unknown key '{unknown[0]}'; install a newer seqnlp")

    def _any(self, name: str) -> Any:
        if name not in self._left:
            raise RunError(f"{self.path} lacks the key '{name}'; it was changed or not saved whole")
        return self._left.pop(name)

    def _take(self, name: str, kind: type[Section], words: str) -> Section:
        value = self._any(name)
        return value if type(value) is kind else self._refuse(name, words, value)

    def _refuse(self, name: str, expected: str, actual: Any) -> Any:
        raise RunError(f"{self.path}: {name}: expected {expected}, found {shortened(actual)}; {_ADVICE}")


def different_texts(texts: Any, where: str) -> list[str]:
    """A list of texts, none twice.

    Raises:
        RunError: it is something else; ``where`` it stood.
    """
    if not isinstance(texts, list):
        raise RunError(f"{where}: expected a list of texts, found {shortened(texts)}; {_ADVICE}")
    for place, text in enumerate(texts):
        if not isinstance(text, str):
            raise RunError(f"{where}[{place}]: expected text, found {shortened(text)}; {_ADVICE}")
    if len(set(texts)) < len(texts):
        twice, _ = Counter(texts).most_common(1)[0]
        raise RunError(f"{where}: expected different texts, found {shortened(twice)} twice; {_ADVICE}")
    return texts


def _finite(number: float) -> bool:
    try:
        return math.isfinite(number)
    except OverflowError:  # a whole number that no float holds
        return False


def _are_numbers(value: Any) -> bool:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return all(map(_are_numbers, value))
    return isinstance(value, int | float) and not isinstance(value, bool)
