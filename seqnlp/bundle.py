"""The saved model: one folder of plain files that loads without Hydra, pickle, network or code in a configuration.

``config.yaml`` (format, task, settings, the digests of the other files; no paths) · ``model.safetensors`` ·
``vocabulary.json`` · ``labels.json`` · ``metrics.json`` · ``README.md`` (a model card, free to be edited) ·
``training.yaml`` (how it was trained, and how data are read; no paths) · ``*.spm`` (subword models, if the task has
them) · ``lexicon.safetensors`` (of a translator, if one was learned for reranking).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load as weights_from_bytes
from safetensors.numpy import save as weights_to_bytes

from seqnlp.bundle_digest import KEY as FILES
from seqnlp.bundle_digest import digest, digests, expected_digests, signed
from seqnlp.bundle_fields import Fields, different_texts
from seqnlp.bundle_files import (
    ADVICE,
    CARD,
    DESCRIPTION,
    FOLDER,
    FORMAT,
    LABELS,
    LEXICON,
    METRICS,
    SUBWORDS,
    TENSORS,
    TRAINING,
    VOCABULARY,
    description_of,
    find_model,
    read_description,
    read_together,
)
from seqnlp.bundle_identity import identity
from seqnlp.compact_weights import widened
from seqnlp.errors import RunError, TrainingError
from seqnlp.saved_weights import refuse_undefined
from seqnlp.storage import write_atomically, write_folder_atomically
from seqnlp.stored import json_of, settings_of, settings_text

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Bundle:
    """What a model folder holds.

    Attributes:
        description: contents of ``config.yaml`` but for the format number.
        weights: by name.
        vocabulary: whatever the task needs to read text.
        labels: the output labels in the order of the model's scores.
        metrics: scores, splits, seed, data hashes.
        card: the model card, Markdown.
        subwords: SentencePiece models by file name.
        training: the settings of the run but for places; nothing in folders of older versions.
        lexicon: of a translator, as its task writes it; empty: none.
        folder: where it was read from; for messages.
        identity: of what was read; see :mod:`seqnlp.bundle_identity`.
    """

    description: dict[str, Any]
    weights: dict[str, NDArray[Any]]
    vocabulary: dict[str, Any]
    labels: list[str]
    metrics: dict[str, Any]
    card: str
    subwords: dict[str, bytes] = field(default_factory=dict)
    training: dict[str, Any] | None = None
    lexicon: bytes = b""
    folder: Path = field(default=Path(FOLDER), compare=False)
    identity: str = field(default="", compare=False)

    @property
    def task(self) -> str:
        """Its task."""
        return str(self.description["task"])

    def settings_of(self, task: str, name: str) -> Fields:
        """The fields of ``config.yaml`` but for the task, of a model for ``task``, which is called ``name``.

        Raises:
            RunError: it is a model for another one.
        """
        saved = Fields(self.description, self.folder / DESCRIPTION)
        if (actual := saved.text("task")) != task:
            raise RunError(f"this is a model for {actual}, not {name}")
        return saved

    @property
    def facts(self) -> Fields:
        """The fields of ``vocabulary.json``."""
        return Fields(self.vocabulary, self.folder / VOCABULARY)

    @property
    def tensors(self) -> dict[str, Tensor]:
        """The weights as tensors of torch, each time new ones."""
        import torch

        return {name: torch.tensor(array) for name, array in self.weights.items()}


def weights_of(tensors: Mapping[str, Tensor]) -> dict[str, NDArray[Any]]:
    """The weights to save of a module's ``state_dict``."""
    return {name: tensor.detach().cpu().numpy() for name, tensor in tensors.items()}


def save_bundle(folder: Path, bundle: Bundle) -> None:
    """Write a model folder, whole: a reader finds the old model or the new one.

    Raises:
        TrainingError: the disk is full; the model already there stays whole.
    """
    weights = {name: np.asarray(array, order="C") for name, array in bundle.weights.items()}
    files = {
        VOCABULARY: json.dumps(bundle.vocabulary, ensure_ascii=False).encode(),
        LABELS: json.dumps(bundle.labels, ensure_ascii=False, indent=1).encode(),
        METRICS: _pretty(bundle.metrics),
        CARD: bundle.card.encode(),
        **bundle.subwords,
        **({TRAINING: settings_text(bundle.training).encode()} if bundle.training else {}),
        **({LEXICON: bundle.lexicon} if bundle.lexicon else {}),
        TENSORS: weights_to_bytes(weights),
    }
    described = _described({**bundle.description, FILES: digests(files)})
    write_folder_atomically(
        folder, {**files, DESCRIPTION: described}, lambda name: name.endswith(SUBWORDS) or name == LEXICON
    )


def save_description(folder: Path, description: Mapping[str, Any]) -> None:
    """Replace ``config.yaml`` alone (after tuning)."""
    kept = expected_digests(read_description(folder), folder / DESCRIPTION)
    write_atomically(folder / DESCRIPTION, _described({**description, FILES: kept} if kept else description))


def save_lexicon(folder: Path, description: Mapping[str, Any], lexicon: bytes) -> None:
    """Replace the lexicon (empty: there is none any more) together with ``config.yaml``."""
    files = {LEXICON: lexicon} if lexicon else {}
    kept = expected_digests(read_description(folder), folder / DESCRIPTION)
    others = {name: text for name, text in kept.items() if name != LEXICON}
    content = {**description, FILES: {**others, **digests(files)}} if kept else description
    write_folder_atomically(folder, {**files, DESCRIPTION: _described(content)}, lambda name: name == LEXICON)


def save_metrics(folder: Path, metrics: Mapping[str, Any]) -> None:
    """Replace ``metrics.json`` (after an evaluation), and what ``config.yaml`` says of it."""
    content, description = _pretty(metrics), read_description(folder)
    kept = expected_digests(description, folder / DESCRIPTION)
    if not kept:
        write_atomically(folder / METRICS, content)
        return
    described = _described({**description, FILES: {**kept, METRICS: digest(content)}})
    write_folder_atomically(folder, {METRICS: content, DESCRIPTION: described}, lambda name: False)


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
    contents = read_together(folder)
    description = description_of(contents, folder)
    this = identity(description, contents)
    description.pop(FILES, None)
    metrics = _from_json(contents, folder / METRICS) if METRICS in contents else {}
    for split in ("train", "dev", "test"):
        Fields({split: None, **Fields(metrics, folder / METRICS).all}, folder / METRICS).fields(split)
    try:
        weights = widened(weights_from_bytes(contents[TENSORS]))
    except (SafetensorError, ValueError) as problem:
        raise RunError(f"{folder / TENSORS} is damaged ({problem}); copy the model again") from problem
    refuse_undefined(weights, folder / TENSORS)
    return Bundle(
        description=description,
        weights=weights,
        vocabulary=Fields(_from_json(contents, folder / VOCABULARY), folder / VOCABULARY).all,
        labels=different_texts(_from_json(contents, folder / LABELS), str(folder / LABELS)),
        metrics=metrics,
        card=contents.get(CARD, b"").decode(errors="replace"),
        subwords={name: content for name, content in contents.items() if name.endswith(SUBWORDS)},
        training=settings_of(contents[TRAINING], folder / TRAINING, ADVICE) if TRAINING in contents else None,
        lexicon=contents.get(LEXICON, b""),
        folder=folder,
        identity=this,
    )


def _described(description: Mapping[str, Any]) -> bytes:
    first = {"format": FORMAT, FILES: {}}  # so that a file that was cut off does not lack its own digest alone
    return settings_text(signed({**first, **description})).encode()


def _from_json(contents: Mapping[str, bytes], path: Path) -> Any:
    return json_of(contents[path.name], path, ADVICE)


def _pretty(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()
