"""``seqnlp evaluate``: how good a trained model is, and where it errs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqnlp.cli.json_text import json_text

if TYPE_CHECKING:
    from seqnlp.config import Config

HELP = "score a run's model on a split: scores with intervals, signatures, errors"
EXAMPLES = """\
examples:
  seqnlp evaluate RUN --split test
  seqnlp evaluate RUN --split test --report report.html
  seqnlp evaluate RUN --split dev --json > scores.json
  seqnlp evaluate RUN --split test --data-dir /another/place
  seqnlp evaluate RUN --data other.conll          # any file like those of the run; pairs: new.{lang}
  seqnlp evaluate RUN --tune                      # a translator: find beam and length penalty on dev and keep them
  seqnlp evaluate RUN --cache 2000 --dynamic      # a language model: also as one that learns from the text it reads
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("run", type=Path, help="the run directory")
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
    parser.add_argument("--threads", type=int, default=0, metavar="N", help="CPU threads (default: torch's choice)")
    parser.add_argument(
        "--tune", action="store_true", help="translators: find beam and length penalty on dev, keep them in the model"
    )
    parser.add_argument(
        "--cache", type=int, default=0, metavar="N", help="language models: also with a neural cache of N units"
    )
    parser.add_argument("--dynamic", action="store_true", help="language models: also with dynamic evaluation (slow)")


def run(arguments: argparse.Namespace) -> int:
    """Evaluate, print, and write what was asked for."""
    from seqnlp.cli.predictions import refuse_tasks_without, write_predictions
    from seqnlp.config import LanguageModelConfig, TranslationConfig
    from seqnlp.errors import SeqnlpError
    from seqnlp.launch import read_run_config
    from seqnlp.storage import write_atomically

    config = read_run_config(arguments.run)
    if arguments.cache < 0:
        raise SeqnlpError(f"--cache: expected 1 or more, found {arguments.cache}")
    if (arguments.cache or arguments.dynamic) and not isinstance(config, LanguageModelConfig):
        raise SeqnlpError("--cache and --dynamic are for language models")
    if arguments.data_dir:
        config.data.dir = arguments.data_dir
    if arguments.data:
        if arguments.split or arguments.tune:
            raise SeqnlpError("--data scores a file, --split and --tune a split of the run: give one of them")
        use_file(arguments.data, config)
    arguments.split = arguments.split or "test"
    if arguments.predictions:
        refuse_tasks_without(config)
    if arguments.threads > 0:
        import torch

        torch.set_num_threads(arguments.threads)
    if arguments.tune:
        if not isinstance(config, TranslationConfig):
            raise SeqnlpError("--tune is for translators; other models are complete when their training ends")
        from seqnlp.tasks.translation.evaluation import tune

        tune(arguments.run, config, _say)
        return 0
    report, as_text, as_html = _evaluated(arguments, config)
    print(json_text(report.to_dict(), indent=1) if arguments.json else as_text(report))
    if arguments.report:
        write_atomically(arguments.report, as_html(report, _origin(arguments, config)).encode())
        _say(f"report written to {arguments.report}")
    if arguments.predictions:
        write_predictions(arguments.predictions, arguments.run, config, arguments.split, _quiet)
        _say(f"predictions written to {arguments.predictions}")
    return 0


def use_file(name: str, config: Config) -> None:
    """Put a file in the place of the test split.

    Raises:
        SeqnlpError: the run reads no files.
    """
    from seqnlp.config import TranslationConfig
    from seqnlp.config.translation import AND
    from seqnlp.errors import SeqnlpError

    form = getattr(config.data, "format", "")
    if form in ("hub", "long_range"):
        raise SeqnlpError(f"--data: this run's data is no file (data.format={form})")
    between = AND if isinstance(config, TranslationConfig) and not Path(name).exists() else "\0"
    names = name.split(between)
    config.data.test = between.join(str(Path(one.strip()).expanduser().absolute()) for one in names)


def _evaluated(
    arguments: argparse.Namespace, config: Config
) -> tuple[Any, Callable[[Any], str], Callable[[Any, str], str]]:
    """The report of the run's task, and how it is written as text and as HTML."""
    from seqnlp.config import (
        AnomalyConfig,
        ClassificationConfig,
        ForecastingConfig,
        LanguageModelConfig,
        TaggingConfig,
        TranslationConfig,
    )

    if isinstance(config, ClassificationConfig):
        from seqnlp.metrics.classification_report import classification_report_html, format_classification_report
        from seqnlp.tasks.classification.evaluation import evaluate as evaluate_classifier

        labelled = evaluate_classifier(arguments.run, config, arguments.split, _say, keep=not arguments.data)
        return labelled, format_classification_report, classification_report_html
    if isinstance(config, LanguageModelConfig):
        from seqnlp.metrics.language_report import format_language_report, language_report_html
        from seqnlp.tasks.language_model.evaluation import Adaptation
        from seqnlp.tasks.language_model.evaluation import evaluate as evaluate_language_model

        adaptation = Adaptation(arguments.cache, arguments.dynamic)
        read = evaluate_language_model(
            arguments.run, config, arguments.split, _say, adaptation, keep=not arguments.data
        )
        return read, format_language_report, language_report_html
    if isinstance(config, AnomalyConfig):
        from seqnlp.metrics.anomaly_report import anomaly_report_html, format_anomaly_report
        from seqnlp.tasks.anomaly_detection.evaluation import evaluate as evaluate_detector

        watched = evaluate_detector(arguments.run, config, arguments.split, _say, keep=not arguments.data)
        return watched, format_anomaly_report, anomaly_report_html
    if isinstance(config, ForecastingConfig):
        from seqnlp.metrics.forecast_report import forecast_report_html, format_forecast_report
        from seqnlp.tasks.forecasting.evaluation import evaluate as evaluate_forecaster

        forecast = evaluate_forecaster(arguments.run, config, arguments.split, _say, keep=not arguments.data)
        return forecast, format_forecast_report, forecast_report_html
    if isinstance(config, TranslationConfig):
        from seqnlp.metrics.translation_report import format_translation_report, translation_report_html
        from seqnlp.tasks.translation.evaluation import evaluate as evaluate_translator

        translated = evaluate_translator(arguments.run, config, arguments.split, _say, keep=not arguments.data)
        return translated, format_translation_report, translation_report_html
    from seqnlp.metrics.html import report_html
    from seqnlp.metrics.terminal import format_report
    from seqnlp.tasks.tagging.evaluation import evaluate as evaluate_tagger

    assert isinstance(config, TaggingConfig)
    tagged = evaluate_tagger(arguments.run, config, arguments.split, _say, keep=not arguments.data)
    return tagged, format_report, report_html


def _origin(arguments: argparse.Namespace, config: Config) -> str:
    """Which run was evaluated, on what, when, and by which version."""
    from datetime import datetime

    from seqnlp import __version__

    data = arguments.data or f"{arguments.split} ({getattr(config.data, arguments.split) or 'its data'})"
    written = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %z")
    return f"Run {arguments.run}, evaluated on {data}. Written {written} by seqnlp {__version__}."


def _quiet(text: str) -> None:
    """For what was said already."""


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
