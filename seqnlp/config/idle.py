"""Settings that change nothing beside the values of others, such as a factor of step sizes that never shrink."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator

from seqnlp.config.common import Config


def idle_settings(config: Config, keys: Iterable[str]) -> Iterator[str]:
    """What to say of those settings, by dotted name, that do nothing in this configuration.

    A setting's ``only`` is ``NAME=VALUE,VALUE`` of the same group, or ``NAME`` alone: that one must be set.
    """
    for key in keys:
        group, _, name = key.partition(".")
        section = getattr(config, group, None)
        declared = (
            {item.name: item for item in dataclasses.fields(section)} if dataclasses.is_dataclass(section) else {}
        )
        if name in declared and (only := declared[name].metadata.get("only")):
            other, _, accepted = only.partition("=")
            value = getattr(section, other)
            actual = str(value).lower() if isinstance(value, bool) else str(value)
            if value if not accepted else actual in accepted.split(","):
                continue
            wanted = f"{group}.{other}={' or '.join(accepted.split(','))}" if accepted else f"{group}.{other}"
            yield f"{key} changes nothing: it is only for {wanted}, found {actual or 'nothing'}"
