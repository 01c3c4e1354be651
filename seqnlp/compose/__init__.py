"""The command line, recipes and Hydra become one plain :class:`Config`. The only folder that imports Hydra.

A recipe is chosen as ``recipe=tagging/demo``; its file is ``recipes/tagging/demo.yaml``, so to Hydra the group is
``recipes``. What was typed is looked at first (typed.py, overrides.py), because Hydra stops at its first complaint;
then Hydra merges the files (session.py), and what it made becomes the settings of one task (settings.py).
"""

from seqnlp.compose.configuration import compose_config, compose_settings, task_of
from seqnlp.compose.explained import composition, hydra_settings
from seqnlp.compose.sweep import hydra_files, train_with_hydra

__all__ = [
    "compose_config",
    "compose_settings",
    "composition",
    "hydra_files",
    "hydra_settings",
    "task_of",
    "train_with_hydra",
]
