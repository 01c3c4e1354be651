"""What ``seqnlp train --cfg``, ``--info`` and ``--dry-run`` print instead of training."""

from __future__ import annotations

from collections.abc import Sequence


def shown_settings(overrides: Sequence[str], config_dir: str | None, which: str) -> str:
    """The composed settings as YAML: those of the ``job``, of ``hydra``, or ``all``.

    Raises:
        ConfigError: as :func:`seqnlp.compose.compose_config`.
    """
    import yaml

    from seqnlp.compose import compose_config, hydra_settings
    from seqnlp.config.reading import config_to_dict

    job = config_to_dict(compose_config(overrides, config_dir)) if which != "hydra" else {}
    hydra = hydra_settings(overrides, config_dir) if which != "job" else {}
    shown = {**job, **({"hydra": hydra} if hydra else {})}
    return str(yaml.safe_dump(shown, sort_keys=False, allow_unicode=True)).rstrip()


def shown_composition(overrides: Sequence[str], config_dir: str | None) -> str:
    """Where Hydra looks for files, which of them it merged, and which plugins it found.

    Raises:
        ConfigError: as :func:`seqnlp.compose.compose_config`.
    """
    from seqnlp.compose import composition

    lines = []
    for title, rows in composition(overrides, config_dir).items():
        lines += [f"{title}:", *(f"  {row}" for row in rows), ""]
    return "\n".join(lines).rstrip()
