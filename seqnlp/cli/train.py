"""``seqnlp train``: a run from a recipe and settings."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    pass

HELP = "train a model from a recipe and settings"
EXAMPLES = """\
examples:
  seqnlp train recipe=tagging/demo
  seqnlp train recipe=tagging/wnut17 data.dir=DATA trainer.epochs=20 seed=2
  seqnlp train recipe=translation/demo
  seqnlp train recipe=language_model/demo
  seqnlp train data.train=train.conll data.dev=dev.conll model.hidden_dim=200 run=runs/mine
  seqnlp train recipe=tagging/wnut17 optimizer=sgd trainer=debug     # groups of settings, see conf/
  seqnlp train --config-dir my recipe=tagging/mine                   # your own: my/recipes/tagging/mine.yaml
  seqnlp train -m recipe=tagging/wnut17 seed=1,2,3                   # three runs, one table; hydra/launcher=... where
  seqnlp train --nproc 2 recipe=tagging/wnut17                       # two processes share each batch
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument(
        "overrides", nargs="*", metavar="KEY=VALUE", help="recipe=NAME, group=OPTION, or a setting (see --settings)"
    )
    parser.add_argument("-m", "--multirun", action="store_true", help="one run for each combination of values a,b,c")
    parser.add_argument("--config-dir", metavar="DIR", help="a folder with recipes/ (and groups) of your own")
    parser.add_argument("--nproc", type=int, default=1, metavar="N", help="processes that train together (default 1)")
    parser.add_argument(
        "--settings", action="store_true", help="list all settings of the recipe's task with default, meaning and range"
    )


def run(arguments: argparse.Namespace) -> int:
    """Compose the configuration, then train."""
    if arguments.settings:
        from seqnlp.cli.settings import settings_table
        from seqnlp.compose import task_of

        print(settings_table(task_of(arguments.overrides, arguments.config_dir)))
        return 0
    from seqnlp.errors import SeqnlpError

    if arguments.nproc < 1:
        raise SeqnlpError(f"--nproc: expected 1 or more, found {arguments.nproc}")
    if arguments.multirun:
        from seqnlp.cli.multirun_table import multirun_table
        from seqnlp.cli.sweep import train_sweep

        print(multirun_table(train_sweep(arguments.overrides, arguments.config_dir, arguments.nproc)))
        return 0
    from seqnlp.compose import compose_config
    from seqnlp.launch import start

    start(compose_config(arguments.overrides, arguments.config_dir), arguments.nproc)
    return 0
