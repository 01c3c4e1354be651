"""What a labelling configuration of Label Studio says of texts: which tag annotates which field of a task."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

from seqnlp.errors import DataError


@dataclass
class Control:
    """A tag that annotates a text.

    Attributes:
        name: of the tag, ``from_name`` in results.
        to_name: of the text's tag.
        key: of the task's data.
        labels: that it offers, as results write them, by what they are called; nothing: they come with the task.
    """

    name: str
    to_name: str
    key: str = ""
    labels: dict[str, str] = field(default_factory=dict)

    def written(self, label: str) -> str | None:
        """A model's label as results write it, in whatever case it stands here; nothing if it is not here.

        It may stand here by what it is called or, as a model that learnt from exported annotations knows it, as these
        write it.
        """
        if not self.labels or label in self.labels:
            return self.labels.get(label, label)
        called, written = (
            {name.casefold(): alias for name, alias in reversed(pairs)}
            for pairs in (list(self.labels.items()), [(alias, alias) for alias in self.labels.values()])
        )
        return called.get(label.casefold(), written.get(label.casefold()))


def find_control(config: str, kind: str) -> Control:
    """The first tag of a kind (``Labels``, ``Choices``) that annotates a text.

    Raises:
        DataError: the configuration is no XML, has a document type (which XML bombs need), or no such tag.
    """
    reader = _Reader(kind)
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(config, True)
    except (expat.ExpatError, UnicodeEncodeError) as problem:
        raise DataError(f"the labelling configuration is no XML ({problem})") from None
    for control in reader.controls:
        if control.to_name in reader.texts:
            control.key = reader.texts[control.to_name]
            return control
    raise DataError(
        f'expected <{kind} name="..." toName="text"> and <Text name="text" value="$..."> in the labelling configuration'
    )


class _Reader:
    """Collects tags while the parser reads."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.controls: list[Control] = []
        self.texts: dict[str, str] = {}
        self._inside: Control | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """A tag begins."""
        if tag == self.kind:
            self._inside = Control(attributes.get("name", ""), attributes.get("toName", ""))
            self.controls.append(self._inside)
        elif tag == "Text" and attributes.get("valueType", "text") == "text":
            self.texts[attributes.get("name", "")] = attributes.get("value", "").removeprefix("$")
        elif tag in ("Label", "Choice") and self._inside and "value" in attributes:
            self._inside.labels[attributes["value"]] = attributes.get("alias", attributes["value"])

    def end(self, tag: str) -> None:
        """A tag ends."""
        if tag == self.kind:
            self._inside = None


def _refuse(*arguments: object) -> None:
    raise DataError("the labelling configuration has a document type, which is not read; leave <!DOCTYPE ...> out")
