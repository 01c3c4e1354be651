"""Which labels of a labelling configuration are those of a model."""

from __future__ import annotations

from seqnlp.serve.label_config import find_control

CONFIG = """<View><Labels name="n" toName="t"><Label value="Person" alias="PER"/><Label value="Org" alias="Person"/>
<Label value="Place"/></Labels><Text name="t" value="$text"/></View>"""


def test_a_label_is_known_by_what_it_is_called_and_by_how_annotations_write_it() -> None:
    control = find_control(CONFIG, "Labels")
    written = {label: control.written(label) for label in ("Person", "person", "PER", "per", "ORG", "PLACE", "Event")}
    assert written == {
        **{"Person": "PER", "person": "PER", "PER": "PER", "per": "PER", "ORG": "Person", "PLACE": "Place"},
        "Event": None,
    }
