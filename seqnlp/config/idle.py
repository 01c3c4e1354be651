"""Settings that change nothing beside the values of others, such as a factor of step sizes that never shrink."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator

from seqnlp.config.common import Config


def idle_settings(config: Config, keys: Iterable[str]) -> Iterator[str]:
    """What to say of those settings, by dotted name, that do nothing in this configuration.

    A setting's ``only`` is ``NAME=VALUE,VALUE`` of the same group, or ``NAME,NAME``: one of these must be set.
    """
    for key in keys:
        group, _, name = key.partition(".")
        section = getattr(config, group, None)
        declared = (
            {item.name: item for item in dataclasses.fields(section)} if dataclasses.is_dataclass(section) else {}
        )
        if name in declared and (only := declared[name].metadata.get("only")):
            others, _, accepted = only.partition("=")
            values = [getattr(section, other) for other in others.split(",")]
            actual = str(values[0]).lower() if isinstance(values[0], bool) else str(values[0])
            if actual in accepted.split(",") if accepted else any(values):
                continue
            wanted = " or ".join(f"{group}.{other}" for other in others.split(","))
            wanted += f"={' or '.join(accepted.split(','))}" if accepted else ""
            yield f"{key} changes nothing: it is only for {wanted}, found {actual or 'nothing'}"
