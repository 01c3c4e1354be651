"""The saved model: one folder of plain files that loads without Hydra, pickle, network or code in a configuration.

``config.yaml`` (format, task, settings; no paths) · ``model.safetensors`` · ``vocabulary.json`` · ``labels.json`` ·
``metrics.json`` · ``README.md`` (a model card) · ``*.spm`` (subword models, if the task has them).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from safetensors import SafetensorError
from safetensors.torch import load as tensors_from_bytes
from safetensors.torch import save as tensors_to_bytes
from torch import Tensor

from seqnlp.errors import RunError, TrainingError
from seqnlp.storage import write_atomically

FORMAT = 1
"""Raised whenever an older seqnlp could not read what a newer one writes."""

FOLDER = "model"
"""The model folder inside a run."""

DESCRIPTION, TENSORS, VOCABULARY, LABELS, METRICS, CARD = (
    "config.yaml",
    "model.safetensors",
    "vocabulary.json",
    "labels.json",
    "metrics.json",
    "README.md",
)


@dataclass(frozen=True)
class Bundle:
    """What a model folder holds.

    Attributes:
        description: contents of ``config.yaml`` but for the format number.
        tensors: the weights by name.
        vocabulary: whatever the task needs to read text.
        labels: the output labels in the order of the model's scores.
        metrics: scores, splits, seed, data hashes.
        card: the model card, Markdown.
        subwords: SentencePiece models by file name.
    """

    description: dict[str, Any]
    tensors: dict[str, Tensor]
    vocabulary: dict[str, Any]
    labels: list[str]
    metrics: dict[str, Any]
    card: str
    subwords: dict[str, bytes] = field(default_factory=dict)


def save_bundle(folder: Path, bundle: Bundle) -> None:
    """Write a model folder; each file is replaced whole, the weights last.

    Raises:
        TrainingError: the disk is full; files already there stay whole.
    """
    texts = {
        DESCRIPTION: _described(bundle.description),
        VOCABULARY: json.dumps(bundle.vocabulary, ensure_ascii=False),
        LABELS: json.dumps(bundle.labels, ensure_ascii=False, indent=1),
        METRICS: _pretty(bundle.metrics),
        CARD: bundle.card,
    }
    for name, text in texts.items():
        write_atomically(folder / name, text.encode())
    for name, content in bundle.subwords.items():
        write_atomically(folder / name, content)
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in bundle.tensors.items()}
    write_atomically(folder / TENSORS, tensors_to_bytes(tensors))


def save_description(folder: Path, description: Mapping[str, Any]) -> None:
    """Replace ``config.yaml`` alone (after tuning)."""
    write_atomically(folder / DESCRIPTION, _described(description).encode())


def save_metrics(folder: Path, metrics: Mapping[str, Any]) -> None:
    """Replace ``metrics.json`` alone (after an evaluation)."""
    write_atomically(folder / METRICS, _pretty(metrics).encode())


def record_scores(run: str | Path, split: str, summary: Mapping[str, Any], say: Callable[[str], None]) -> None:
    """Add the scores of a split to ``metrics.json``. They are printed all the same where that cannot be written."""
    try:
        folder = find_model(run)
        metrics = load_bundle(folder).metrics
        save_metrics(folder, {**metrics, split: {**metrics.get(split, {}), **summary}})
    except TrainingError as problem:
        say(f"warning: the scores are not kept in the model folder: {problem}")


def load_bundle(path: str | Path) -> Bundle:
    """Read a model folder, or the one inside a run.

    Raises:
        RunError: no model there, a file missing or damaged, a newer format; one clear sentence each.
    """
    folder = find_model(path)
    missing = [name for name in (DESCRIPTION, TENSORS, VOCABULARY, LABELS) if not (folder / name).is_file()]
    if missing:
        raise RunError(f"{folder}: {', '.join(missing)} missing; the folder was not copied or saved whole")
    description = _read_yaml(folder / DESCRIPTION)
    found = description.pop("format", None)
    if not isinstance(found, int):
        raise RunError(f"{folder / DESCRIPTION}: no format number; this is not a seqnlp model")
    if found > FORMAT:
        raise RunError(f"{folder}: saved in format {found}, this seqnlp reads up to {FORMAT}; install a newer seqnlp")
    try:
        tensors = tensors_from_bytes((folder / TENSORS).read_bytes())
    except (SafetensorError, ValueError) as problem:
        raise RunError(f"{folder / TENSORS} is damaged ({problem}); copy the model again") from problem
    return Bundle(
        description=description,
        tensors=tensors,
        vocabulary=_read_json(folder / VOCABULARY),
        labels=_read_json(folder / LABELS),
        metrics=_read_json(folder / METRICS) if (folder / METRICS).is_file() else {},
        card=(folder / CARD).read_text(encoding="utf-8") if (folder / CARD).is_file() else "",
        subwords={file.name: file.read_bytes() for file in sorted(folder.glob("*.spm"))},
    )


def find_model(path: str | Path) -> Path:
    """The model folder of a run, or the folder itself if it is one.

    Raises:
        RunError: there is no such folder, or it holds no model.
    """
    path = Path(path).expanduser()
    if (path / FOLDER / DESCRIPTION).is_file():
        return path / FOLDER
    if (path / TENSORS).is_file() or (path / VOCABULARY).is_file():
        return path
    if not path.exists():
        raise RunError(f"{path}: no such folder; expected a run (from `seqnlp train`) or a saved model folder")
    if (path / "config.yaml").is_file():
        raise RunError(f"{path} was stopped before its first model was saved; go on with `seqnlp resume {path}`")
    raise RunError(f"{path} is neither a run (from `seqnlp train`) nor a saved model folder")


def _described(description: Mapping[str, Any]) -> str:
    return str(yaml.safe_dump({"format": FORMAT, **description}, sort_keys=False, allow_unicode=True))


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        raise RunError(f"{path} is damaged ({problem}); copy the model again") from problem
    if not isinstance(content, dict):
        raise RunError(f"{path} is damaged (expected settings, found {type(content).__name__}); copy the model again")
    return content


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as problem:
        raise RunError(f"{path} is damaged ({problem}); copy the model again") from problem


def _pretty(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
