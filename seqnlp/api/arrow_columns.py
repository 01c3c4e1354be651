"""What Arrow has to know of the columns that a model adds: nothing can be told from empty lists, or from None alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def arrow_kinds() -> dict[str, Any]:
    """The type of each column, by its name without a prefix."""
    import pyarrow

    text, texts, number = pyarrow.string(), pyarrow.list_(pyarrow.string()), pyarrow.float64()
    place = pyarrow.int64()
    span = pyarrow.struct({"start": place, "end": place, "label": text, "text": text, "probability": number})
    kinds = {"tags": texts, "tokens": texts, "labels": texts, "spans": pyarrow.list_(span)}
    kinds |= {"label": text, "translation": text, "error": text, "probability": number}
    return kinds | {"log_probability": number, "token_count": place, "perplexity": number}


class Column(list[Any]):
    """A list that is of its column's type in Arrow, also where all it holds is empty.

    ``datasets`` takes the type of a column from its first thousand rows, and refuses any other in those after them.

    Args:
        name: of the column, without a prefix.
    """

    def __init__(self, name: str, values: Iterable[Any]) -> None:
        super().__init__(values)
        self._name = name

    def __arrow_array__(self, type: Any = None) -> Any:
        """What ``pyarrow.array`` makes of it."""
        import pyarrow

        return pyarrow.array([*self], type or arrow_kinds()[self._name])
