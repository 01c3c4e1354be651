"""``seqnlp train``: a run from a recipe and settings."""

from __future__ import annotations

import argparse
import os

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
  seqnlp train -m recipe=tagging/wnut17 seed=1,2,3                   # three runs, then one table of all
  seqnlp train --dry-run recipe=tagging/wnut17 data.dir=DATA         # read, build, try a few steps, say how long
  seqnlp train --cfg job recipe=tagging/wnut17                       # all settings as YAML; --info: where from
  seqnlp train --nproc 2 recipe=tagging/wnut17                       # two processes share each batch
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument(
        "overrides", nargs="*", metavar="KEY=VALUE", help="recipe=NAME, group=OPTION, or a setting (see --settings)"
    )
    parser.add_argument("-m", "--multirun", action="store_true", help="one run for each combination of values a,b,c")
    parser.add_argument(
        "--config-dir",
        metavar="DIR",
        action="append",
        help="a folder with recipes/ (and groups) of your own; of several, later ones win",
    )
    parser.add_argument("--nproc", type=int, default=1, metavar="N", help="processes that train together (default 1)")
    parser.add_argument(
        "--freeze",
        metavar="GROUPS",
        help="groups of parameters that are not trained, such as embeddings,encoder (trainer.freeze)",
    )
    shown = parser.add_mutually_exclusive_group()
    shown.add_argument(
        "--settings", action="store_true", help="list all settings of the recipe's task with default, meaning and range"
    )
    shown.add_argument(
        "--cfg", choices=("job", "hydra", "all"), help="print the composed settings as YAML instead of training"
    )
    shown.add_argument("--info", action="store_true", help="print how they come about: search path, files, plugins")
    shown.add_argument(
        "--dry-run",
        action="store_true",
        help="read the data, build the model, try a few steps, say sizes and times; keep nothing",
    )


def run(arguments: argparse.Namespace) -> int:
    """Compose the configuration, then train, or print what was asked for."""
    _refuse_unread(arguments)
    if arguments.config_dir is not None:
        arguments.config_dir = os.pathsep.join(arguments.config_dir)
    if arguments.freeze is not None:
        arguments.overrides.append(f"trainer.freeze=[{arguments.freeze}]")
    if arguments.cfg or arguments.info:
        from seqnlp.cli.inspect_settings import shown_composition, shown_settings

        asked = arguments.overrides, arguments.config_dir
        print(shown_settings(*asked, arguments.cfg) if arguments.cfg else shown_composition(*asked))
        return 0
    if arguments.settings:
        from seqnlp.cli.settings import settings_table
        from seqnlp.compose import task_of

        print(settings_table(task_of(arguments.overrides, arguments.config_dir)))
        return 0
    from seqnlp.cpus import check_parallel

    check_parallel(arguments.nproc, "--nproc")
    if arguments.multirun:
        from seqnlp.cli.multirun_table import multirun_table
        from seqnlp.cli.sweep import train_sweep

        print(multirun_table(train_sweep(arguments.overrides, arguments.config_dir, arguments.nproc)))
        return 0
    from seqnlp.compose import compose_config, hydra_files

    config = compose_config(arguments.overrides, arguments.config_dir)
    if arguments.dry_run:
        from seqnlp.messages import say
        from seqnlp.rehearsal import rehearse

        print(rehearse(config, say))
        return 0
    from seqnlp.launch import start

    start(config, arguments.nproc, files=hydra_files(config, arguments.overrides))
    return 0


def _refuse_unread(arguments: argparse.Namespace) -> None:
    """Stop where an option of trainings stands beside one that trains nothing."""
    from seqnlp.errors import SeqnlpError

    if arguments.multirun and (arguments.settings or arguments.info or arguments.dry_run):
        raise SeqnlpError("--multirun trains several runs, and --settings, --info and --dry-run none; leave one out")
    if arguments.nproc != 1 and (arguments.settings or arguments.cfg or arguments.info or arguments.dry_run):
        raise SeqnlpError("--nproc is for what trains; leave it out beside --settings, --cfg, --info and --dry-run")
