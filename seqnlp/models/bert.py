"""Pretrained encoders of the kind of BERT and RoBERTa, from folders as they are passed around."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from seqnlp.errors import DataError

FAMILIES = {"bert": 0, "roberta": 1, "xlm-roberta": 1, "camembert": 1}
"""Kinds of weights that are understood; positions count from 0 (0) or, as fairseq's, after the padding's id (1)."""


class BertLike(nn.Module):
    """Word, position and type embeddings under a transformer that normalises after each sum.

    Args:
        config: the encoder's ``config.json``.
        weights: by their names in Hugging Face's files, without a prefix.
        dropout: on the embeddings and in every layer, while it is trained.
    """

    def __init__(self, config: dict[str, Any], weights: dict[str, Tensor], dropout: float = 0.0) -> None:
        super().__init__()
        width, eps = config["hidden_size"], config.get("layer_norm_eps", 1e-12)
        self.first_position: int = FAMILIES[config["model_type"]] * (1 + config.get("pad_token_id", 0))
        self.words, self.positions, self.types = (
            nn.Parameter(weights[f"embeddings.{name}_embeddings.weight"].float())
            for name in ("word", "position", "token_type")
        )
        self.norm = nn.LayerNorm(width, eps)
        self.norm.load_state_dict({part: weights[f"embeddings.LayerNorm.{part}"] for part in ("weight", "bias")})
        self.dropout = nn.Dropout(dropout)
        layer = nn.TransformerEncoderLayer(
            width, config["num_attention_heads"], config["intermediate_size"], dropout, config["hidden_act"], eps, True
        )
        self.layers = nn.TransformerEncoder(layer, config["num_hidden_layers"], enable_nested_tensor=False)
        for number, each in enumerate(self.layers.layers):
            each.load_state_dict(_layer_weights(weights, f"encoder.layer.{number}."))

    @property
    def longest(self) -> int:
        """Most pieces of a text, the special ones among them."""
        return self.positions.size(0) - self.first_position

    @property
    def width(self) -> int:
        """The width H of its outputs."""
        return self.words.size(1)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Ids and mask (B, T) -> outputs of the last layer (B, T, H)."""
        places = self.first_position + torch.arange(ids.shape[1], device=ids.device)  # (T,)
        embedded = self.words[ids] + self.positions[places] + self.types[0]  # (B, T, H)
        read = self.dropout(self.norm(embedded))  # (B, T, H)
        outputs: Tensor = self.layers(read, src_key_padding_mask=mask == 0)  # (B, T, H)
        return outputs


def _layer_weights(weights: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """The weights of one layer under torch's names."""
    own = {}
    for part in ("weight", "bias"):
        pieces = [weights[f"{prefix}attention.self.{name}.{part}"] for name in ("query", "key", "value")]
        own[f"self_attn.in_proj_{part}"] = torch.cat(pieces)  # (3H, H) or (3H,)
        own[f"self_attn.out_proj.{part}"] = weights[f"{prefix}attention.output.dense.{part}"]
        own[f"norm1.{part}"] = weights[f"{prefix}attention.output.LayerNorm.{part}"]
        own[f"linear1.{part}"] = weights[f"{prefix}intermediate.dense.{part}"]
        own[f"linear2.{part}"] = weights[f"{prefix}output.dense.{part}"]
        own[f"norm2.{part}"] = weights[f"{prefix}output.LayerNorm.{part}"]
    return own


def read_bert(folder: Path, dropout: float = 0.0, advice: str = "") -> BertLike:
    """The encoder of a folder with ``config.json`` and ``model.safetensors``, in inference mode.

    Args:
        advice: what to do with an encoder of another kind.

    Raises:
        DataError: a file is missing, or the encoder is of a kind that is not understood.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    for name in ("config.json", "model.safetensors"):
        if not (folder / name).is_file():
            raise DataError(f"expected a config.json and a model.safetensors; no {name} here", folder)
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except ValueError as problem:
        raise DataError(f"expected JSON ({problem})", folder / "config.json") from None
    kind = config.get("model_type")
    if kind not in FAMILIES or config.get("position_embedding_type", "absolute") != "absolute":
        known = ", ".join(FAMILIES)
        raise DataError(f"expected a model_type of {known}, found '{kind}'{advice}", folder)
    try:
        weights = load_file(folder / "model.safetensors")
    except (SafetensorError, OSError) as problem:
        raise DataError(f"cannot be read ({problem})", folder / "model.safetensors") from None
    bare = {name.removeprefix(f"{kind.replace('xlm-', '')}."): value for name, value in weights.items()}
    try:
        return BertLike(config, bare, dropout).eval()
    except (KeyError, RuntimeError, AssertionError, ValueError) as problem:
        raise DataError(f"the weights are not those of the {kind} in config.json ({problem})", folder) from None
