"""Pretrained encoders: the same numbers as a transformer written out, words alone as in company, clear refusals."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import erf, softmax
from tiny_encoder import CONFIG, PIECES, Weights, write_encoder

from seqnlp.errors import DataError
from seqnlp.models.encoder import WordEncoder

pytest.importorskip("tokenizers")
Array = NDArray[np.float64]


def written_out(weights: Weights, ids: list[int]) -> Array:
    """(T, H) the last layer of BERT for one sequence, head by head and place by place."""

    def norm(x: Array, name: str) -> Array:
        y = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-12)
        return y * weights[f"{name}.weight"] + weights[f"{name}.bias"]

    def linear(x: Array, name: str) -> Array:
        return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

    word, place, kind = (weights[f"embeddings.{n}_embeddings.weight"] for n in ("word", "position", "token_type"))
    x = norm(
        np.stack([word[each].astype(np.float64) + place[at] + kind[0] for at, each in enumerate(ids)]),
        "embeddings.LayerNorm",
    )
    for number in range(2):
        layer = f"encoder.layer.{number}."
        q, k, v = (linear(x, f"{layer}attention.self.{name}") for name in ("query", "key", "value"))
        heads = [softmax(q[:, h] @ k[:, h].T / 2, axis=-1) @ v[:, h] for h in (slice(0, 4), slice(4, 8))]
        x = norm(
            x + linear(np.concatenate(heads, 1), f"{layer}attention.output.dense"), f"{layer}attention.output.LayerNorm"
        )
        inner = linear(x, f"{layer}intermediate.dense")
        inner = inner * (1 + erf(inner / np.sqrt(2))) / 2
        x = norm(x + linear(inner, f"{layer}output.dense"), f"{layer}output.LayerNorm")
    return x


def test_a_vector_is_the_mean_of_the_words_own_pieces_in_the_last_layer(tmp_path: Path) -> None:
    weights = write_encoder(tmp_path)
    actual = WordEncoder(tmp_path).vectors(["Seagulls", "tide"])
    pieces = [PIECES.index(piece) for piece in ("[CLS]", "sea", "##gull", "##s", "[SEP]")]
    np.testing.assert_allclose(actual[0], written_out(weights, pieces)[1:-1].mean(0), atol=1e-5)
    np.testing.assert_allclose(actual[1], written_out(weights, [2, PIECES.index("tide"), 3])[1], atol=1e-5)


def test_a_word_has_the_same_vector_alone_and_in_company(tmp_path: Path) -> None:
    write_encoder(tmp_path)
    encoder = WordEncoder(tmp_path)
    words = ["stormy", "seagulls", "tide", "unheard-of", "harbour"]
    together = encoder.vectors(words)
    for word, vector in zip(words, together, strict=True):
        np.testing.assert_allclose(encoder.vectors([word])[0], vector, atol=1e-6)


def test_weights_may_have_the_prefix_of_their_kind_and_roberta_counts_places_from_two(tmp_path: Path) -> None:
    from safetensors.numpy import save_file

    weights = write_encoder(tmp_path)
    save_file({f"roberta.{name}": value for name, value in weights.items()}, tmp_path / "model.safetensors")
    (tmp_path / "config.json").write_text(json.dumps({**CONFIG, "model_type": "roberta", "pad_token_id": 1}))
    moved = {**weights, "embeddings.position_embeddings.weight": weights["embeddings.position_embeddings.weight"][2:]}
    actual = WordEncoder(tmp_path).vectors(["tide"])[0]
    np.testing.assert_allclose(actual, written_out(moved, [2, PIECES.index("tide"), 3])[1], atol=1e-5)


def test_a_graph_is_taken_where_there_is_one(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    weights = write_encoder(tmp_path)["embeddings.word_embeddings.weight"]
    ids = onnx.helper.make_tensor_value_info("input_ids", onnx.TensorProto.INT64, ["B", "T"])
    out = onnx.helper.make_tensor_value_info("last_hidden_state", onnx.TensorProto.FLOAT, ["B", "T", 8])
    node = onnx.helper.make_node("Gather", ["table", "input_ids"], ["last_hidden_state"])
    table = onnx.numpy_helper.from_array(weights, "table")
    graph = onnx.helper.make_graph([node], "words", [ids], [out], [table])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=10)
    onnx.save(model, tmp_path / "model.onnx")
    actual = WordEncoder(tmp_path).vectors(["stormy"])[0]
    np.testing.assert_allclose(actual, (weights[PIECES.index("storm")] + weights[PIECES.index("##y")]) / 2, atol=1e-6)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda folder: (folder / "tokenizer.json").unlink(), "with a tokenizer.json, found none"),
        (lambda folder: (folder / "model.safetensors").unlink(), "no model.safetensors here"),
        (lambda folder: (folder / "tokenizer.json").write_text("{"), "expected a tokenizer of the package tokenizers"),
        (lambda folder: (folder / "model.safetensors").write_bytes(b"x"), "model.safetensors: cannot be read"),
        (lambda folder: (folder / "config.json").write_text("{"), "config.json: expected JSON"),
        (lambda folder: (folder / "config.json").write_text('{"model_type": "gpt2"}'), "found 'gpt2'; export it as"),
        (
            lambda folder: (folder / "config.json").write_text(json.dumps({**CONFIG, "hidden_size": 16})),
            "the weights are not those of the bert in config.json",
        ),
    ],
)
def test_what_is_no_encoder_is_refused(tmp_path: Path, change: Callable[[Path], object], message: str) -> None:
    write_encoder(tmp_path)
    change(tmp_path)
    with pytest.raises(DataError, match=message):
        WordEncoder(tmp_path)
