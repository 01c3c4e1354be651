"""How good a loaded model is, on examples that a program holds, on a file, or on a split of its run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from seqnlp.bundle import Bundle, load_bundle
from seqnlp.bundle_files import FOLDER, TRAINING, find_model
from seqnlp.config.common import Config
from seqnlp.config.reading import config_to_dict, config_without_places, default_config, read_config
from seqnlp.config.renamed import with_former_defaults
from seqnlp.data.in_memory.naming import written_files
from seqnlp.data.in_memory.rows import WrittenSplit, is_path
from seqnlp.errors import ConfigError, RunError
from seqnlp.messages import say
from seqnlp.plots.answers import framed
from seqnlp.recipe_names import with_moved_data
from seqnlp.report.report import Report as TaskReport
from seqnlp.stored import read_bytes, settings_of
from seqnlp.task_table import part_of
from seqnlp.tasks.arguments import choice
from seqnlp.tasks.changed_settings import changed_settings
from seqnlp.tasks.missing_training import without_missing_training

_COLUMNS = {
    "token_column": "0",
    "tag_column": "-1",
    "text_column": "",
    "label_column": "",
    "label_columns": "",
    "time_column": "",
    "time_format": "",
    "delimiter": ",",
    "decimal": ".",
    "series_column": "",
    "value_columns": "",
    "source": "",
    "target": "",
    "scheme": "",
    "offsets": "",
    "tag_names": "",
}
"""Settings of the data that examples are read by, and what they are where nobody chose one."""


@dataclass(frozen=True)
class Report:
    """What an evaluation found. A score is also an attribute: ``report.f1``; a notebook shows the whole page.

    Attributes:
        scores: the scores by name: accuracy, precision, recall, F1 and what else is a share from 0 to 1; BLEU, chrF and
            TER from 0 to 100, as the field writes them; errors in the unit of the series.
        details: the task's own report.
    """

    scores: dict[str, float]
    details: TaskReport = field(repr=False)

    def __getattr__(self, name: str) -> float:
        scores: dict[str, float] = self.__dict__.get("scores", {})
        if name not in scores:
            raise AttributeError(f"this report has no '{name}'; its scores are {', '.join(scores)}")
        return scores[name]

    def to_dict(self) -> dict[str, Any]:
        """Everything that was found, as `seqnlp evaluate --json` writes it."""
        return self.details.to_dict()

    def to_html(self) -> str:
        """A page of its own, as `seqnlp evaluate --report` writes it."""
        return self.details.to_html()

    def __str__(self) -> str:
        return self.details.to_text()

    def _repr_html_(self) -> str:
        return framed(self.to_html(), "40em")


def evaluated(model: Path, test: Any, split: str, options: Mapping[str, Any]) -> Report:
    """The report of a saved model.

    Args:
        model: its folder.
        test: examples, a path, or nothing: the split of its run.
        options: of the task's evaluation: the precision that the model was loaded in.

    Raises:
        RunError: the model is in no run, and its folder does not say how its data are read.
        ConfigError, DataError: the run has no such split, or the examples are not as the task needs them.
        WrongTypeError, WrongValueError: the split is none of train, dev and test.
    """
    choice(split, "split", ("train", "dev", "test"))
    config = config_of(model)
    written = {} if test is None or is_path(test) else {"test": _written(config, test)}
    with written_files(written) as files:
        if test is not None:
            split = "test"
            config.test_on(str(files.get("test", test)))
        config = without_missing_training(config, split, say)
        report: TaskReport = part_of(config.task, "evaluate")(model, config, split, say, keep=False, **options)
    return Report(report.named_scores, report)


def config_of(path: str | Path) -> Config:
    """The configuration of the run that a model stands in; else what its folder says, which names no data.

    Raises:
        RunError: there is no model, it is damaged, or its folder does not say how its data are read.
    """
    model = find_model(path)
    settings, origin = model.parent / "config.yaml", load_bundle(model)
    try:
        if model.name == FOLDER and settings.is_file():
            advice = "score another file with the model's folder alone"
            content = settings_of(read_bytes(settings, advice), settings, advice)
            config = read_config(with_moved_data(with_former_defaults(content)))
            if note := changed_settings(model.parent, config):
                say(note)
            return config
        settings = model / TRAINING
        if origin.training is not None:
            return config_without_places(origin.training)
    except ConfigError as problem:
        raise RunError(f"{settings} was changed, or written by another version of seqnlp: {problem}") from problem
    return _own_config(model, origin)


def _own_config(model: Path, origin: Bundle) -> Config:
    """Enough of a configuration for a tagger of an older version that is in no run: how entities are counted."""
    if origin.task != "tagging":
        raise RunError(
            f"{model} is in no run and has no {TRAINING}, so how its data are read is not known; load the run that "
            "made it, or score its answers with `seqnlp score`"
        )
    config = default_config(origin.task)
    data: Any = config.data
    data.scheme = str(origin.description.get("data_scheme", data.scheme))
    return config


def _written(config: Config, test: Any) -> WrittenSplit:
    """The examples as a file that the run's settings, changed where that is needed, can read."""
    data: dict[str, Any] = config_to_dict(config)["data"]
    known = {f"data.{name}": data[name] for name, usual in _COLUMNS.items() if data.get(name, usual) not in (usual, "")}
    split: WrittenSplit = part_of(config.task, "in_memory")(test, "test", known)
    for name, value in split.settings.items():
        setattr(config.data, name.removeprefix("data."), value)
    return split
