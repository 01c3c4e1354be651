"""Groups of parameters that keep the values they begin with."""

from __future__ import annotations

from collections.abc import Mapping

from torch import nn

from seqnlp.errors import ConfigError, did_you_mean


def freeze(model: nn.Module, setting: str) -> None:
    """Take groups of parameters out of training: no gradient, no update, no running mean.

    Args:
        model: with ``groups``: the beginnings of the names of its parameters, by the name of the group.
        setting: ``trainer.freeze``, names with commas between them.

    Raises:
        ConfigError: the model has no such group, or nothing would be left to train.
    """
    groups = groups_of(model)
    names = [name.strip() for name in setting.split(",") if name.strip()]
    for name in names:
        if name not in groups:
            raise ConfigError(
                [f"trainer.freeze: expected some of {', '.join(groups)}; found '{name}'{did_you_mean(name, groups)}"]
            )
    for name in names:
        for parameter in groups[name]:
            parameter.requires_grad_(False)
    if names and not any(parameter.requires_grad for parameter in model.parameters()):
        raise ConfigError([f"trainer.freeze: nothing is left to train; freeze fewer groups than {', '.join(names)}"])


def groups_of(model: nn.Module) -> dict[str, list[nn.Parameter]]:
    """The parameters of each group that the model has."""
    declared: Mapping[str, tuple[str, ...]] = getattr(model, "groups", {})
    named = list(model.named_parameters())
    groups = {
        group: [parameter for name, parameter in named if name.startswith(beginnings)]
        for group, beginnings in declared.items()
    }
    return {group: parameters for group, parameters in groups.items() if parameters}
