"""The tasks: a row each, which names the parts of a task. All that differs from task to task is found through here.

A row holds names only, so that reading it imports nothing; a part is imported when it is used.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class TaskParts:
    """Where the parts of a task are, each as ``module:name``; a part that is empty does not exist for the task.

    Modules without a dot are in the task's folder ``seqnlp/tasks/<task>/``.

    Attributes:
        kind: what its models are called.
        verbs: commands for its models.
        config: its configuration.
        task: what trains it; a ``tasks.base.BaseTask``.
        load: a model folder (a ``Bundle``) -> the model, ready to use.
        model: the Python interface of a saved model.
        evaluate: run, config, split, say, keep -> the ``Report``.
        graphs: a model folder (a ``Bundle``) -> its graphs by name, and notes, for ``seqnlp export --onnx``.
        page: bundle -> what an HTML page needs of the model.
        in_memory: examples, name, settings -> the split as a file, for training from Python.
        counted: run, config, split, say -> what the answers count for, example by example, for ``seqnlp compare``.
        doubts: run, config, split, say -> every annotation of a split with its probability, for ``seqnlp data doubts``.
        texts: config, split, say -> the texts of a split by side, for ``seqnlp data check``.
        splitter: config -> how the texts of a split become words.
        predictions: run, config, split, say -> what is right beside what the model says, an example each.
        predictions_for_plots: run, config, split, say -> title, confusion, calibration.
        activations: bundle, text -> what the recurrent layers read.
        gradient: bundle, config, split -> norms of the loss's gradient over distance, a text each.
        tune: run, config, say: what is set on dev after training.
        rerank: run, config, reranker, candidates, say, lexicon: the weights of reranking, set on dev.
        precisions: whether its models compute in int8 as well.
        adaptation: how a model may learn from what it is evaluated on.
        baselines: whether an evaluation puts models beside it that learn from the files of train.
        classical: training part, series, transform, season, origins, horizon -> forecasts of ETS and ARIMA a column.
        recognise: data settings, say: takes over what the training file tells by itself.
    """

    kind: str
    verbs: tuple[str, ...]
    config: str
    task: str
    load: str
    model: str
    evaluate: str
    page: str
    graphs: str
    in_memory: str
    counted: str = ""
    doubts: str = ""
    texts: str = ""
    splitter: str = ""
    predictions: str = ""
    predictions_for_plots: str = ""
    activations: str = ""
    gradient: str = ""
    tune: str = ""
    rerank: str = ""
    precisions: bool = False
    adaptation: str = ""
    baselines: bool = False
    classical: str = ""
    recognise: str = ""


TASKS: dict[str, TaskParts] = {
    "tagging": TaskParts(
        kind="tagger",
        verbs=("tag",),
        config="seqnlp.config.tagging:TaggingConfig",
        task="task:TaggingTask",
        load="model:tagger_from_bundle",
        model="api:Tagger",
        evaluate="evaluation:evaluate",
        baselines=True,
        graphs="graphs:graphs",
        precisions=True,
        in_memory="seqnlp.data.in_memory.tagged:written_tagged",
        counted="counted:counted_tags",
        doubts="doubts:doubts",
        texts="texts:texts",
        splitter="texts:splitter",
        predictions="predictions:predictions",
        predictions_for_plots="evaluation:predictions_for_plots",
        activations="activations:layer_input",
        gradient="gradient:gradient",
        page="page:page_model",
    ),
    "translation": TaskParts(
        kind="translator",
        verbs=("translate",),
        config="seqnlp.config.translation:TranslationConfig",
        task="task:TranslationTask",
        load="model:translator_from_bundle",
        model="api:Translator",
        evaluate="evaluation:evaluate",
        graphs="graphs:graphs",
        precisions=True,
        in_memory="seqnlp.data.in_memory.pairs:written_pairs",
        texts="texts:texts",
        predictions="predictions:predictions",
        activations="activations:layer_input",
        tune="evaluation:tune",
        rerank="rerank_tuning:tune_reranking",
        page="page:page_model",
    ),
    "classification": TaskParts(
        kind="classifier",
        verbs=("classify",),
        config="seqnlp.config.classification:ClassificationConfig",
        task="task:ClassificationTask",
        load="model:classifier_from_bundle",
        model="api:Classifier",
        evaluate="evaluation:evaluate",
        baselines=True,
        graphs="graphs:graphs",
        precisions=True,
        in_memory="seqnlp.data.in_memory.documents:written_documents",
        counted="counted:counted_labels",
        doubts="doubts:doubts",
        texts="texts:texts",
        splitter="texts:splitter",
        predictions="predictions:predictions",
        predictions_for_plots="evaluation:predictions_for_plots",
        activations="activations:layer_input",
        gradient="gradient:gradient",
        page="page:page_model",
    ),
    "language_model": TaskParts(
        kind="language model",
        verbs=("complete", "generate"),
        config="seqnlp.config.language_model:LanguageModelConfig",
        task="task:LanguageModelTask",
        load="model:language_model_from_bundle",
        model="api:LanguageModel",
        evaluate="evaluation:evaluate",
        baselines=True,
        graphs="graphs:graphs",
        precisions=True,
        in_memory="seqnlp.data.in_memory.texts:written_texts",
        counted="counted:counted_losses",
        texts="texts:texts",
        activations="activations:layer_input",
        gradient="gradient:gradient",
        adaptation="adaptation:Adaptation",
        page="page:page_model",
    ),
    "forecasting": TaskParts(
        kind="forecaster",
        verbs=("forecast",),
        config="seqnlp.config.forecasting:ForecastingConfig",
        task="task:ForecastingTask",
        load="forecaster:forecaster_from_bundle",
        model="api:Forecaster",
        evaluate="evaluation:evaluate",
        graphs="graphs:graphs",
        in_memory="seqnlp.data.in_memory.series:written_series",
        recognise="seqnlp.data.series.recognised:recognise",
        counted="counted:counted_errors",
        classical="seqnlp.metrics.classical_baselines:classical_baselines",
        page="page:page_model",
    ),
    "anomaly_detection": TaskParts(
        kind="anomaly detector",
        verbs=("detect",),
        config="seqnlp.config.anomaly_detection:AnomalyDetectionConfig",
        task="task:AnomalyDetectionTask",
        load="detector:detector_from_bundle",
        model="api:Detector",
        evaluate="evaluation:evaluate",
        graphs="graphs:graphs",
        in_memory="seqnlp.data.in_memory.series:written_series",
        recognise="seqnlp.data.series.recognised:recognise",
        counted="counted:counted_alarms",
        page="page:page_model",
    ),
}
"""All tasks; a run without a recipe is of the first."""


def part_of(task: str, part: str) -> Any:
    """A part of a task, imported."""
    module, _, name = str(getattr(TASKS[task], part)).partition(":")
    return getattr(importlib.import_module(module if "." in module else f"seqnlp.tasks.{task}.{module}"), name)


def kinds_with(part: str) -> str:
    """The kinds of models that have a part, as a phrase: "taggers, classifiers and translators"."""
    kinds = [f"{parts.kind}s" for parts in TASKS.values() if getattr(parts, part)]
    return " and ".join(filter(None, [", ".join(kinds[:-1]), kinds[-1]]))
