"""A folder like that of a pretrained encoder, with random weights: word pieces of a few words, two layers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

Weights = dict[str, NDArray[np.float32]]

PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "sea", "gull", "##gull", "##s", "harbour", "storm", "tide", "##y"]
CONFIG = {
    "model_type": "bert",
    "hidden_size": 8,
    "num_attention_heads": 2,
    "num_hidden_layers": 2,
    "intermediate_size": 16,
    "hidden_act": "gelu",
    "layer_norm_eps": 1e-12,
    "pad_token_id": 0,
}


def write_encoder(folder: Path) -> Weights:
    """Write the folder; returns its weights."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    folder.mkdir(parents=True, exist_ok=True)
    pieces = {piece: number for number, piece in enumerate(PIECES)}
    tokenizer = Tokenizer(models.WordPiece(pieces, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "config.json").write_text(json.dumps(CONFIG), encoding="utf-8")
    weights = random_weights()
    save_file(weights, folder / "model.safetensors")
    return weights


def write_quick_learner(folder: Path) -> None:
    """The same with the usual first weights of its normalisations, with which it learns quickly."""
    usual, weights = {"LayerNorm.weight": np.ones_like, "LayerNorm.bias": np.zeros_like}, write_encoder(folder)
    for name, values in weights.items():
        for ending, make in usual.items():
            weights[name] = make(values) if name.endswith(ending) else weights[name]
    save_file(weights, folder / "model.safetensors")


def random_weights() -> Weights:
    """Weights by their names in Hugging Face's files."""
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (len(PIECES), 8),
        "embeddings.position_embeddings.weight": (80, 8),
        "embeddings.token_type_embeddings.weight": (2, 8),
    }
    norms = ["embeddings.LayerNorm"]
    for number in range(2):
        prefix = f"encoder.layer.{number}."
        linear = {f"attention.self.{name}": (8, 8) for name in ("query", "key", "value")}
        linear |= {"attention.output.dense": (8, 8), "intermediate.dense": (16, 8), "output.dense": (8, 16)}
        for name, shape in linear.items():
            shapes |= {f"{prefix}{name}.weight": shape, f"{prefix}{name}.bias": shape[:1]}
        norms += [f"{prefix}attention.output.LayerNorm", f"{prefix}output.LayerNorm"]
    for name in norms:
        shapes |= {f"{name}.weight": (8,), f"{name}.bias": (8,)}
    random = np.random.default_rng(3)
    return {name: random.normal(0, 0.5, shape).astype(np.float32) for name, shape in shapes.items()}
