"""``seqnlp evaluate``: how good a trained model is, and where it errs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqnlp.cli.engine_options import add_precision_argument
from seqnlp.cli.other_file import told_whose_settings, use_file
from seqnlp.cli.output import say
from seqnlp.cli.rerank_options import add_rerank_arguments, check_rerank, reranker
from seqnlp.cli.threads import add_threads, use_threads
from seqnlp.json_text import json_line, json_text

if TYPE_CHECKING:
    from seqnlp.config.common import Config
    from seqnlp.report.report import Report

HELP = "score a run's model on a split: scores with intervals, signatures, errors"
EXAMPLES = """\
examples:
  seqnlp evaluate RUN --split test
  seqnlp evaluate RUN --split test --report report.html
  seqnlp evaluate RUN --split dev --json > scores.json
  seqnlp evaluate RUN --split test --data-dir /another/place
  seqnlp evaluate RUN --data other.conll          # any file like those of the run; pairs: new.{lang}
  seqnlp evaluate RUN --tune                      # a translator: find beam and length penalty on dev and keep them
  seqnlp evaluate RUN --rerank REVERSE_RUN --tune # a translator: find the weights of reranking on dev and keep them
  seqnlp evaluate RUN --classical                 # a forecaster: ETS and ARIMA beside it
  seqnlp evaluate RUN --ngrams                    # a language model: also mixed with n-grams of its training text
  seqnlp evaluate RUN --cache 2000 --dynamic      # a language model: also as one that learns from the text it reads
  seqnlp evaluate RUN --dynamic 0.001             # at this rate instead of the best on dev
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument(
        "run", type=Path, metavar="RUN", help="the run directory, or (with --data) a saved model folder"
    )
    parser.add_argument("--split", choices=("train", "dev", "test"), help="default test")
    parser.add_argument(
        "--data", metavar="FILE", help="score this file instead of a split; the run keeps the scores of its own"
    )
    parser.add_argument(
        "--predictions",
        type=Path,
        metavar="FILE.jsonl",
        help="taggers, classifiers, translators: also write what is right beside what the model says",
    )
    parser.add_argument("--report", type=Path, metavar="FILE.html", help="also write a self-contained HTML report")
    parser.add_argument("--json", action="store_true", help="print the whole report as JSON instead of tables")
    parser.add_argument("--data-dir", metavar="DIR", help="where the data is now, if it moved since training")
    add_threads(parser)
    add_precision_argument(parser)
    parser.add_argument(
        "--tune",
        action="store_true",
        help="translators: find beam and length penalty on dev, or with --rerank its weights; keep them in the model",
    )
    group = parser.add_argument_group("translators: also with the best translations reranked")
    add_rerank_arguments(group)
    group.add_argument("--candidates", type=int, metavar="N", help="how many are reranked (default as tuned, or 10)")
    group.add_argument(
        "--lexicon",
        action="store_true",
        help="with --rerank --tune: also learn from train which words are translations of which, and weigh that",
    )
    parser.add_argument(
        "--ngrams",
        action="store_true",
        help="language models: also mixed with the Kneser-Ney 5-gram model of the training text",
    )
    parser.add_argument(
        "--cache", type=int, default=0, metavar="N", help="language models: also with a neural cache of N tokens"
    )
    parser.add_argument(
        "--classical",
        action="store_true",
        help="forecasters: also ETS and ARIMA by statsmodels, fitted on train (slow)",
    )
    parser.add_argument(
        "--dynamic",
        nargs="?",
        type=float,
        const=0.0,
        metavar="RATE",
        help="language models: also with dynamic evaluation (slow); without a rate, it and the decay are found on dev",
    )


def run(arguments: argparse.Namespace) -> int:
    """Evaluate, print, and write what was asked for."""
    from seqnlp.errors import SeqnlpError
    from seqnlp.run_config import config_of_run, is_run
    from seqnlp.task_table import part_of
    from seqnlp.tasks.missing_training import without_missing_training
    from seqnlp.tasks.saved_evaluation import config_of

    config = config_of_run(arguments.run) if is_run(arguments.run) else config_of(arguments.run)
    if not config.data.train and not arguments.data:
        raise SeqnlpError(f"{arguments.run} is a model folder without its run; name what to score with --data FILE")
    _check_options(arguments, config.task)
    if arguments.data_dir:
        config.data.dir = arguments.data_dir
    if arguments.data:
        use_file(arguments.data, config)
    arguments.split = arguments.split or "test"
    use_threads(arguments.threads)
    if arguments.tune and arguments.rerank:
        rerank = reranker(arguments, {"threads": arguments.threads})
        part_of(config.task, "rerank")(arguments.run, config, rerank, arguments.candidates, say, arguments.lexicon)
        return 0
    if arguments.tune:
        part_of(config.task, "tune")(arguments.run, config, say)
        return 0
    config = without_missing_training(config, arguments.split, say)
    options = _options_of_task(arguments, config.task)
    keep = not arguments.data and "precision" not in options
    evaluate = part_of(config.task, "evaluate")
    with told_whose_settings(arguments.data, config):
        report: Report = evaluate(arguments.run, config, arguments.split, say, keep=keep, **options)
    print(json_text(report.to_dict(), indent=1) if arguments.json else report.to_text())
    _write_files(arguments, config, report)
    return 0


def _check_options(arguments: argparse.Namespace, task: str) -> None:
    """Refuse options that are of other tasks, or exclude each other.

    Raises:
        SeqnlpError: with the option.
    """
    from seqnlp.errors import SeqnlpError
    from seqnlp.task_table import TASKS, kinds_with

    parts = TASKS[task]
    if arguments.cache < 0:
        raise SeqnlpError(f"--cache: expected 1 or more, found {arguments.cache}")
    if not 0 <= (arguments.dynamic or 0) <= 1:
        raise SeqnlpError(f"--dynamic: expected a rate from 0 (found on dev) to 1, found {arguments.dynamic}")
    if _adapts(arguments) and not parts.adaptation:
        raise SeqnlpError(f"--ngrams, --cache and --dynamic are for {kinds_with('adaptation')}")
    if arguments.classical and not parts.classical:
        raise SeqnlpError(f"--classical is for {kinds_with('classical')}")
    if arguments.data and (arguments.split or arguments.tune):
        raise SeqnlpError("--data scores a file, --split and --tune a split of the run: give one of them")
    if arguments.predictions and not parts.predictions:
        raise SeqnlpError(f"--predictions is for {kinds_with('predictions')}; this run's task is {task}")
    if arguments.tune and arguments.split not in (None, "dev"):
        raise SeqnlpError(f"--tune finds settings on the development split; leave out --split {arguments.split}")
    if arguments.tune and not parts.tune:
        raise SeqnlpError(f"--tune is for {kinds_with('tune')}; other models are complete when their training ends")
    if arguments.precision == "int8":
        _check_int8(arguments, task)
    _check_rerank(arguments, task)


def _check_rerank(arguments: argparse.Namespace, task: str) -> None:
    from seqnlp.errors import SeqnlpError
    from seqnlp.task_table import TASKS, kinds_with

    check_rerank(arguments)
    if arguments.lexicon and not (arguments.rerank and arguments.tune):
        raise SeqnlpError("--lexicon learns a lexicon for reranking; add --rerank REVERSE_RUN and --tune")
    if arguments.candidates is not None and not arguments.rerank:
        raise SeqnlpError("--candidates means something only with --rerank; add --rerank REVERSE_RUN")
    if arguments.candidates is not None and arguments.candidates < 2:
        raise SeqnlpError(f"--candidates: expected at least 2, found {arguments.candidates}")
    if not arguments.rerank:
        return
    if not TASKS[task].rerank:
        raise SeqnlpError(f"--rerank is for {kinds_with('rerank')}; this run's task is {task}")
    if arguments.tune and arguments.weights:
        raise SeqnlpError("--tune finds the weights; leave --weights out")
    if arguments.predictions:
        raise SeqnlpError("--predictions writes what the search finds; `seqnlp translate --rerank` writes the others")


def _adapts(arguments: argparse.Namespace) -> bool:
    """Whether a language model is also to be mixed with others, or to learn from the text it is evaluated on."""
    return bool(arguments.cache) or arguments.dynamic is not None or arguments.ngrams


def _options_of_task(arguments: argparse.Namespace, task: str) -> dict[str, Any]:
    """What else the task's evaluation is to do."""
    from seqnlp.task_table import part_of

    options: dict[str, Any] = {}
    if _adapts(arguments):
        options["adaptation"] = part_of(task, "adaptation")(arguments.cache, arguments.dynamic, arguments.ngrams)
    if arguments.precision == "int8":
        options["precision"] = "int8"
    if arguments.classical:
        options["classical"] = True
    if arguments.rerank:
        rerank = reranker(arguments, {"threads": arguments.threads})
        options |= {"rerank": rerank, "candidates": arguments.candidates}
    return options


def _write_files(arguments: argparse.Namespace, config: Config, report: Report) -> None:
    """Write the report and the predictions, where they were asked for."""
    from seqnlp.storage import write_atomically, write_pieces_atomically
    from seqnlp.task_table import part_of

    if arguments.report:
        write_atomically(arguments.report, report.to_html(_origin(arguments, config)).encode())
        say(f"report written to {arguments.report}")
    if arguments.predictions:
        rows = part_of(config.task, "predictions")(arguments.run, config, arguments.split, _quiet)
        write_pieces_atomically(arguments.predictions, (json_line(row).encode() for row in rows))
        say(f"predictions written to {arguments.predictions}")


def _check_int8(arguments: argparse.Namespace, task: str) -> None:
    from seqnlp.errors import SeqnlpError
    from seqnlp.task_table import TASKS, kinds_with

    if not TASKS[task].precisions:
        raise SeqnlpError(f"--precision int8 is for {kinds_with('precisions')}; this run's task is {task}")
    if arguments.predictions or arguments.tune or _adapts(arguments) or arguments.rerank:
        raise SeqnlpError(
            "--precision int8 tells what int8 costs; "
            "leave out --predictions, --tune, --ngrams, --cache, --dynamic and --rerank"
        )


def _origin(arguments: argparse.Namespace, config: Config) -> str:
    """Which run was evaluated, on what, when, and by which version."""
    from datetime import datetime

    from seqnlp import __version__

    data = arguments.data or f"{arguments.split} ({getattr(config.data, arguments.split) or 'its data'})"
    written = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %z")
    return f"Run {arguments.run}, evaluated on {data}. Written {written} by seqnlp {__version__}."


def _quiet(text: str) -> None:
    """For what was said already."""
