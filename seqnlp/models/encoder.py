"""Pretrained encoders (BERT, RoBERTa and their kin) as they come in a folder, only to be read: vectors of words alone.

The folder has ``tokenizer.json`` and either a graph (``model.onnx``, ``onnx/model.onnx``) or weights
(``model.safetensors`` with ``config.json``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from seqnlp.arrays import IntArray
from seqnlp.errors import DataError
from seqnlp.models.bert import read_bert
from seqnlp.networks.onnxruntime import import_onnxruntime

Forward = Callable[[IntArray, IntArray], NDArray[np.float32]]
"""Ids and mask (B, T) -> the outputs of the last layer (B, T, H)."""

_GRAPHS = ("model.onnx", "onnx/model.onnx")
_BATCH = 512


class WordEncoder:
    """Reads each word alone; its vector is the mean of the last layer over its pieces.

    Args:
        folder: of the encoder.

    Raises:
        DataError: the folder lacks a file, or its encoder is of a kind that is not understood.
        SeqnlpError: the package ``tokenizers`` is not installed.
    """

    def __init__(self, folder: Path) -> None:
        self._tokenizer = read_tokenizer(folder)
        self._forward = _read_forward(folder)

    def vectors(self, words: Sequence[str], say: Callable[[int], None] = lambda done: None) -> NDArray[np.float32]:
        """The vectors (N, H) of words; each is the same in whatever company it is computed, but for rounding.

        Args:
            say: is told how many words are done, now and then.
        """
        read = [self._pieces(word) for word in words]
        order = sorted(range(len(words)), key=lambda place: len(read[place][0]))
        rows: NDArray[np.float32] | None = None
        for start in range(0, len(words), _BATCH):
            places = order[start : start + _BATCH]
            part = self._means([read[place] for place in places])  # (B, H)
            rows = np.zeros((len(words), part.shape[1]), np.float32) if rows is None else rows
            rows[places] = part
            say(start + len(places))
        return np.zeros((0, 0), np.float32) if rows is None else rows

    def _pieces(self, word: str) -> tuple[list[int], list[bool]]:
        """Ids of a word with what stands around it, and which of them are the word's own."""
        coded = self._tokenizer.encode(word)
        own = [not special for special in coded.special_tokens_mask]
        return coded.ids, own if any(own) else [True] * len(own)

    def _means(self, read: Sequence[tuple[list[int], list[bool]]]) -> NDArray[np.float32]:
        """(B, H) means over the own pieces of each word."""
        longest = max(len(ids) for ids, _ in read)
        ids, mask, own = (np.zeros((len(read), longest), np.int64) for _ in range(3))  # (B, T)
        for row, (numbers, is_own) in enumerate(read):
            ids[row, : len(numbers)], mask[row, : len(numbers)], own[row, : len(numbers)] = numbers, 1, is_own
        outputs = self._forward(ids, mask)  # (B, T, H)
        share = own / own.sum(axis=1, keepdims=True)  # (B, T)
        means: NDArray[np.float32] = np.einsum("bth,bt->bh", outputs, share.astype(np.float32))
        return means


def read_tokenizer(folder: Path, longest: int = 64) -> Any:
    """The tokenizer of an encoder, which cuts off what is beyond so many pieces.

    Raises:
        DataError: there is none, or it cannot be read.
        SeqnlpError: the package ``tokenizers`` is not installed.
    """
    try:
        from tokenizers import Tokenizer
    except ModuleNotFoundError:
        raise DataError("reading an encoder needs tokenizers: pip install 'seqnlp[vectors]'", folder) from None
    path = folder / "tokenizer.json"
    if not path.is_file():
        raise DataError("expected the folder of an encoder with a tokenizer.json, found none", folder)
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as problem:  # tokenizers raises nothing more precise
        raise DataError(f"expected a tokenizer of the package tokenizers ({problem})", path) from None
    tokenizer.no_padding()
    tokenizer.enable_truncation(longest)
    return tokenizer


def _read_forward(folder: Path) -> Forward:
    """What computes the last layer: the graph if there is one, else the weights."""
    for name in _GRAPHS:
        if (folder / name).is_file():
            return _graph(folder / name)
    for name in ("config.json", "model.safetensors"):
        if not (folder / name).is_file():
            raise DataError(
                f"expected a {_GRAPHS[0]}, or a config.json and a model.safetensors; no {name} here", folder
            )
    return _torch_forward(folder)


def _torch_forward(folder: Path) -> Forward:
    encoder = read_bert(folder, advice="; export it as model.onnx")

    def forward(ids: IntArray, mask: IntArray) -> NDArray[np.float32]:
        with torch.inference_mode():
            outputs: NDArray[np.float32] = encoder(torch.from_numpy(ids), torch.from_numpy(mask)).numpy()
        return outputs

    return forward


def _graph(path: Path) -> Forward:
    try:
        onnxruntime = import_onnxruntime()
    except ModuleNotFoundError:
        raise DataError("an encoder's graph needs onnxruntime: pip install 'seqnlp[runtime]'", path) from None
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = {each.name for each in session.get_inputs()}
    known = {"input_ids", "attention_mask", "token_type_ids"}
    if "input_ids" not in names or names - known or len(session.get_outputs()[0].shape) != 3:
        actual = f"{', '.join(sorted(names))} -> {session.get_outputs()[0].shape}"
        raise DataError(
            f"expected a graph of input_ids, attention_mask -> (batch, length, width), found {actual}", path
        )

    def forward(ids: IntArray, mask: IntArray) -> NDArray[np.float32]:
        feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        outputs: NDArray[np.float32] = session.run(None, {name: feed[name] for name in names})[0]
        return outputs

    return forward
