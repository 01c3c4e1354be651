"""Train from Python: ``seqnlp.train("tagging/demo")`` or ``seqnlp.train(task="tagging", train=sentences)``."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, TypedDict, Unpack, overload

from seqnlp.api import Classifier, Detector, Forecaster, LanguageModel, Tagger, Translator, load
from seqnlp.compose import compose_settings, task_of
from seqnlp.config.common import Config
from seqnlp.data.in_memory.naming import naming_examples
from seqnlp.data.in_memory.rows import WrittenSplit, is_path
from seqnlp.errors import ConfigError, did_you_mean
from seqnlp.inherited import task_of_start
from seqnlp.launch import resume as resume_run
from seqnlp.launch import start
from seqnlp.messages import say
from seqnlp.run_config import DATA
from seqnlp.task_table import TASKS, part_of
from seqnlp.tasks import arguments
from seqnlp.tasks.model_folder import remove_with
from seqnlp.training.callbacks import Callbacks, Epoch, Step
from seqnlp.training.checkpoint import has_checkpoint

Examples = Iterable[Any] | str | os.PathLike[str]
"""A path, or what holds examples: a list, a pandas or polars table, a `datasets.Dataset`, an iterator."""

Folder = str | os.PathLike[str]
AfterStep = Callable[[Step], object]
AfterEpoch = Callable[[Epoch], object]


class Options(TypedDict, total=False):
    """What :func:`train` takes beside the recipe and the task."""

    train: Examples | None
    dev: Examples | float | None
    test: Examples | float | None
    settings: Mapping[str, object] | None
    start_from: Folder | None
    freeze: str | Iterable[str]
    run: Folder | None
    keep: bool
    progress: bool
    after_step: AfterStep | None
    after_epoch: AfterEpoch | None


@overload
def train(recipe: str = ..., *, task: Literal["tagging"], **options: Unpack[Options]) -> Tagger: ...
@overload
def train(recipe: str = ..., *, task: Literal["classification"], **options: Unpack[Options]) -> Classifier: ...
@overload
def train(recipe: str = ..., *, task: Literal["translation"], **options: Unpack[Options]) -> Translator: ...
@overload
def train(recipe: str = ..., *, task: Literal["language_model"], **options: Unpack[Options]) -> LanguageModel: ...
@overload
def train(recipe: str = ..., *, task: Literal["forecasting"], **options: Unpack[Options]) -> Forecaster: ...
@overload
def train(recipe: str = ..., *, task: Literal["anomaly_detection"], **options: Unpack[Options]) -> Detector: ...
@overload
def train(recipe: str = ..., **options: Unpack[Options]) -> Any: ...
def train(
    recipe: str = "",
    *,
    task: str = "",
    train: Examples | None = None,
    dev: Examples | float | None = None,
    test: Examples | float | None = None,
    settings: Mapping[str, object] | None = None,
    start_from: Folder | None = None,
    freeze: str | Iterable[str] = (),
    run: Folder | None = None,
    keep: bool = False,
    progress: bool = True,
    after_step: AfterStep | None = None,
    after_epoch: AfterEpoch | None = None,
) -> Any:
    """Train a model, as `seqnlp train` does, and load it. Messages go to the logger ``seqnlp``.

    Any thread will do; trainings in several threads take turns, as torch has one random state for all of them. To train
    side by side, start processes.

    Args:
        recipe: such as ``tagging/demo``; with ``task`` alone that task's defaults.
        task: what the model does; a recipe says so itself.
        train, dev, test: instead of the recipe's: a path, or examples - of a tagger (words, tags) or (text, spans), of
            a classifier (text, label), of a translator (source, target), of a language model texts, of the others
            numbers or rows of them; or a table with such columns. ``dev=0.1`` holds a tenth of train out.
        settings: any setting by its dotted name, ``{"trainer.epochs": 4}``; a group by its name.
        start_from: fine-tuning: a run or model folder whose weights, words and labels this run begins with. Without a
            recipe its task and the settings of its model need not be told again.
        freeze: groups of parameters that are not trained, such as ``["embeddings", "encoder"]``.
        run: the run's folder, which must be new; without one a temporary folder that goes with the model.
        keep: keep the temporary folder; the model's ``run`` says where it is.
        progress: draw a progress bar on a terminal or in a notebook.
        after_step, after_epoch: called with what was done, read-only: a ``Step`` or an ``Epoch``.

    Returns:
        The trained :class:`Tagger`, :class:`Classifier`, :class:`Translator` and so on.

    Raises:
        WrongTypeError, WrongValueError: an argument is not as described.
        ConfigError, DataError: the settings or the data are not as they must be; nothing is left behind.
        TrainingError: training went wrong, or a callback raised.
    """
    if not isinstance(settings, Mapping | None):
        problem = f"expected a dictionary such as {{'trainer.epochs': 4}}, found {type(settings).__name__}"
        raise ConfigError([f"settings: {problem}"])
    arguments.text(recipe, "recipe"), arguments.text(task, "task")
    _refuse_arguments(settings or {}, {"data.train": train, "data.dev": dev, "data.test": test})
    settings = {**(settings or {}), **_begun(start_from, freeze)}
    begins = str(settings.get("start_from") or "")
    if task and task not in TASKS:
        close = did_you_mean(task, TASKS)
        raise ConfigError([f"task: expected one of {', '.join(TASKS)}; found '{task}'{close}"])
    if not recipe and not task and begins:
        task = task_of_start(begins)
    if not recipe and not task:
        raise ConfigError(["train: name a recipe, train('tagging/demo'), or a task, train(task='tagging', train=...)"])
    kind = task or task_of([f"recipe={recipe}"])
    splits = {"train": train, "dev": dev, "test": test}
    written = _written(kind, splits, settings)
    temporary = run is None
    folder = Path(tempfile.mkdtemp(prefix="seqnlp_")) if run is None else arguments.path(run, "run")
    try:
        config = _configured(recipe, task, settings, splits, written, folder)
        config.trainer.progress = progress and config.trainer.progress
        files = {f"{DATA}/{name}{split.ending}": split.content for name, split in written.items()}
        with naming_examples(folder / DATA, written):
            start(config, callbacks=Callbacks(after_step, after_epoch), files=files)
    except BaseException as problem:
        if temporary:
            _leave(folder, problem)
        raise
    return _loaded(folder, temporary=temporary and not keep)


def resume(
    run: Folder, *, after_step: AfterStep | None = None, after_epoch: AfterEpoch | None = None
) -> Tagger | Translator | Classifier | LanguageModel | Forecaster | Detector:
    """Go on with a run that was stopped, as `seqnlp resume` does, and load its model.

    Raises:
        WrongTypeError, WrongValueError: an argument is not as described.
        RunError: not a run, its data changed, or another process or thread trains it.
    """
    folder = arguments.path(run, "run")
    resume_run(folder, callbacks=Callbacks(after_step, after_epoch))
    return load(folder)


def _refuse_arguments(settings: Mapping[str, object], splits: Mapping[str, object]) -> None:
    """Stop where settings say what arguments say: one of the two would not count, without a word.

    Raises:
        ConfigError: with all of them.
    """
    named = ["recipe", "task", "run", *(name for name, split in splits.items() if split is not None)]
    data = settings.get("data")
    given = {*settings, *(f"data.{name}" for name in (data if isinstance(data, Mapping) else ()))}
    if twice := [name for name in named if name in given]:
        raise ConfigError(
            [f"settings: '{name}' is an argument: train({name.removeprefix('data.')}=...)" for name in twice]
        )


def _begun(start: Folder | None, freeze: str | Iterable[str]) -> dict[str, object]:
    """The settings of fine-tuning.

    Raises:
        ConfigError: the start is no path.
    """
    if not isinstance(start, str | os.PathLike | None):
        raise ConfigError([f"start_from: expected the path of a run or a model folder, found {type(start).__name__}"])
    groups = freeze if isinstance(freeze, str) else ", ".join(arguments.texts(freeze, "freeze"))
    made: dict[str, object] = {"trainer.freeze": groups} if groups else {}
    return {**made, "start_from": os.fspath(start)} if start is not None else made


def _is_held(value: object) -> bool:
    """Whether a split is handed over, in memory."""
    return value is not None and not is_path(value) and not isinstance(value, int | float)


def _written(task: str, splits: Mapping[str, Any], settings: Mapping[str, object]) -> dict[str, WrittenSplit]:
    """The splits that are handed over, as files; what one of them showed holds for those after it."""
    written: dict[str, WrittenSplit] = {}
    known: dict[str, object] = {}
    for name, value in splits.items():
        if _is_held(value):
            written[name] = part_of(task, "in_memory")(value, name, {**known, **settings})
            known |= written[name].settings
            if written[name].note:
                say(f"{name}: {written[name].note}")
    return written


def _configured(
    recipe: str,
    task: str,
    settings: Mapping[str, object],
    splits: Mapping[str, Any],
    written: Mapping[str, WrittenSplit],
    folder: Path,
) -> Config:
    """The run's configuration; what was set by hand stands before what the data need."""
    made: dict[str, object] = {}
    for split in written.values():
        made |= split.settings
    for name, value in splits.items():
        if name in written:
            made[f"data.{name}"] = str((folder / DATA / f"{name}{written[name].ending}").absolute())
        elif value is not None:
            made[f"data.{name}"] = _part(value, name) if isinstance(value, int | float) else _absolute(value)
    if "train" in written or (splits["train"] is not None and recipe):  # the recipe's other splits are of other data
        made |= {f"data.{name}": "" for name in ("dev", "test") if splits[name] is None}
    return compose_settings(recipe, task, {**made, **settings, "run": str(folder)})


def _absolute(path: Any) -> str:
    """A path as it is found from anywhere; one that is not there stays, for the error to name."""
    given = os.fspath(path)
    return str(Path(given).expanduser().absolute()) if Path(given).expanduser().exists() else given


def _part(value: float, name: str) -> str:
    """A part of train, as a setting has it."""
    if isinstance(value, bool) or not 0 < value < 1:
        raise ConfigError([f"{name}: expected examples, a path, or a part of train between 0 and 1; found {value}"])
    return f"{100 * value:.10g}%"


def _leave(folder: Path, problem: BaseException) -> None:
    """Remove a temporary run that failed, unless it can be resumed."""
    if has_checkpoint(folder):
        problem.add_note(f"the run is kept: seqnlp.resume({str(folder)!r}) goes on with it")
    else:
        shutil.rmtree(folder, ignore_errors=True)


def _loaded(folder: Path, *, temporary: bool) -> Any:
    """The model of a run; a temporary folder goes when the model does."""
    model = load(folder)
    model.run, model.temporary = folder.absolute(), temporary
    if temporary:
        remove_with(model, folder)
    return model
