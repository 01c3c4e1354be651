"""What is exported says what the model says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from command import output, refusal
from page_models import make_tagger
from without import run_without
from word_inputs import word_inputs

import seqnlp
from seqnlp.compact_weights import compact, widened
from seqnlp.crf.inference import LinearChainCRF
from seqnlp.data.lexicon import Lexicon
from seqnlp.networks.engine import make_network
from seqnlp.networks.graph import Builder
from seqnlp.networks.viterbi import add_viterbi

TEXTS = ["Velisk Korrasel moved from Port Ombril to Yensa.", "x", "nobody came to Yensa"]


def session(path: Path) -> Any:
    from onnxruntime import InferenceSession

    return InferenceSession(str(path), providers=["CPUExecutionProvider"])


def test_the_best_tags_are_found_inside_a_graph() -> None:
    draw, count = np.random.default_rng(0), 5
    moves = draw.normal(size=(count + 1, count + 1))
    moves[0, 1] = moves[2, -1] = -np.inf
    moves[-1, -1] = 0
    crf, build = LinearChainCRF(moves), Builder("best tags")
    emissions, lengths = (
        build.input("emissions", np.float32, ("B", "T", count)),
        build.input("lengths", np.int32, ("B",)),
    )
    tags, score = add_viterbi(build, emissions, lengths, crf)
    build.output("tags", tags, np.int64, ("B", "T"))
    build.output("score", score, np.float32, ("B",))
    network = make_network(build.graph, "onnxruntime", 1)
    for size, num_steps in ((1, 1), (3, 7), (2, 7), (5, 30), (1, 2)):
        given = draw.normal(size=(size, num_steps, count)).astype(np.float32)
        long = draw.integers(1, num_steps + 1, size)
        mask = np.arange(num_steps) < long[:, None]
        wanted, scores = crf.viterbi(given, mask)
        actual = network(emissions=given, lengths=long)
        np.testing.assert_array_equal(actual["tags"][mask], wanted[mask])
        np.testing.assert_allclose(actual["score"], scores, atol=1e-4)


@pytest.mark.parametrize("precision", ["fp32", "int8"])
def test_the_graphs_of_a_tagger_tag(models: dict[str, Path], tmp_path: Path, precision: str) -> None:
    graphs_tag_as(models["tagging"], tmp_path / "graphs", precision)
    table = (tmp_path / "graphs" / "README.md").read_text(encoding="utf-8")
    assert "| output | `tags` | int64 | B x T |" in table
    assert "| input | `rows` | float32 | B x T x " in table
    assert "`vector_rows`" not in table


@pytest.mark.parametrize("precision", ["fp32", "int8"])
def test_the_graphs_of_a_tagger_that_composes_words_of_pieces_tag(tmp_path: Path, precision: str) -> None:
    pieces = ("v", "##elis", "##el", "##k", "mo", "##ved", "to", "port", "o", "##m", "##b", ".")
    folder = make_tagger(tmp_path, pieces=pieces, scheme="none")
    graphs_tag_as(folder, tmp_path / "graphs", precision)
    onnx.checker.check_model(onnx.load(tmp_path / "graphs" / "words.onnx"), full_check=True)
    table = (tmp_path / "graphs" / "README.md").read_text(encoding="utf-8")
    assert "| input | `vector_rows` | int64 | U x P |" in table
    assert "the later ones after `##`" in table
    vocabulary = json.loads((tmp_path / "graphs" / "vocabulary.json").read_text(encoding="utf-8"))
    assert vocabulary["pieces"] == list(pieces)


def graphs_tag_as(model: Path, folder: Path, precision: str) -> None:
    """The exported graphs give the tagger's tags, those in int8 tags of any kind."""
    said = output("export", model, "--onnx", folder, "--precision", precision)
    assert said.startswith(f"{folder}: ")
    tagger: Any = seqnlp.load(model)
    lexicon = Lexicon(tagger._predictor._vectors._lexicon.features)
    words, graph = session(folder / "words.onnx"), session(folder / "tagger.onnx")
    labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    tagger._predictor.outside_penalty = 0.0  # it is not part of the graph
    for answer in tagger._predictor.predict([[t.text for t in tagger.tag(text).tokens] for text in TEXTS]):
        assert set(answer.tags) <= set(labels)
    for text in TEXTS:
        tokens = [token.text for token in tagger.tag(text).tokens]
        given = word_inputs(lexicon, np.array(lexicon.indices(tokens)))
        rows = words.run(["rows"], {value.name: given[value.name] for value in words.get_inputs()})[0]
        inputs = {"rows": rows[None], "lengths": np.array([len(tokens)], np.int32)}
        (tags,) = graph.run(["tags"], inputs)[0]
        if precision == "fp32":
            assert [labels[tag] for tag in tags] == tagger._predictor.predict([tokens])[0].tags


@pytest.mark.parametrize(
    ("task", "graphs"),
    [
        ("classification", ["scores", "window", "words"]),
        ("translation", ["encoder", "step"]),
        ("language_model", ["head", "reader"]),
        ("forecasting", ["forecaster"]),
        ("anomaly_detection", ["detector"]),
    ],
)
def test_every_graph_is_loaded_by_the_runtime(
    models: dict[str, Path], tmp_path: Path, task: str, graphs: list[str]
) -> None:
    for precision in ("fp32", "int8"):
        folder = tmp_path / precision
        output("export", models[task], "--onnx", folder, "--precision", precision)
        assert sorted(path.stem for path in folder.glob("*.onnx")) == graphs
        table = (folder / "README.md").read_text(encoding="utf-8")
        for path in folder.glob("*.onnx"):
            onnx.checker.check_model(onnx.load(path), full_check=True)
            assert all(f"| output | `{value.name}` |" in table for value in session(path).get_outputs())


def test_products_of_exported_graphs_lose_no_sums_on_any_processor(models: dict[str, Path], tmp_path: Path) -> None:
    output("export", models["tagging"], "--onnx", tmp_path / "graphs", "--precision", "int8")
    largest = []
    for path in sorted((tmp_path / "graphs").glob("*.onnx")):
        graph = onnx.load(str(path)).graph
        multiplied = {node.input[1] for node in graph.node if node.op_type == "MatMulInteger"}
        codes = [onnx.numpy_helper.to_array(one) for one in graph.initializer if one.name in multiplied]
        largest += [int(np.abs(array.astype(np.int64)).max()) for array in codes]
    assert largest
    assert set(largest) == {63}  # two products with 255 have 16 bits


def test_a_folder_in_int8_is_a_quarter_as_large_and_nearly_the_same(models: dict[str, Path], tmp_path: Path) -> None:
    for task, run in models.items():
        folder = tmp_path / task
        output("export", run, "--int8", folder)
        output("verify", folder)
        sizes = [(path / "model.safetensors").stat().st_size for path in (folder, run / "model")]
        assert sizes[0] < 0.6 * sizes[1]
    tagger, small = (seqnlp.Tagger(path) for path in (models["tagging"], tmp_path / "tagging"))
    exact, near = ([s.probability for s in one.tag(TEXTS[0]).spans] for one in (tagger, small))
    assert near == pytest.approx(exact, abs=0.05)


def test_rounded_weights_are_off_by_half_a_step_at_most() -> None:
    weights = {"a": np.random.default_rng(1).normal(size=(20, 30)).astype(np.float32), "b": np.ones(3, np.float32)}
    weights["a"][7] = 0
    again = widened(compact(weights))
    assert again.keys() == weights.keys()
    bound = np.abs(weights["a"]).max(axis=1, keepdims=True) / 254 * 1.0001
    assert (np.abs(again["a"] - weights["a"]) <= bound).all()
    np.testing.assert_array_equal(widened(compact(again))["a"], again["a"])


def test_what_cannot_be_exported_says_why(models: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("1")
    assert "already holds something" in refusal("export", models["tagging"], "--onnx", tmp_path / "full")
    assert "already holds something" in refusal("export", models["tagging"], "--int8", tmp_path / "full")
    assert refusal("export", models["tagging"]) == "expected --page FILE.html, --int8 DIR or --onnx DIR"
    named = ("export", models["tagging"], "--int8", tmp_path / "small")
    assert "add --page" in refusal(*named, "--title", "Names")
    assert "add --onnx DIR or --page" in refusal(*named, "--precision", "fp32")
    assert not (tmp_path / "small").exists()


def test_graphs_are_written_without_the_engine_that_runs_them(models: dict[str, Path], tmp_path: Path) -> None:
    actual = run_without("onnx,onnxruntime,torch", "export", models["tagging"], "--onnx", tmp_path / "graphs")
    assert (actual.returncode, actual.stderr) == (0, "")
    output("export", models["tagging"], "--onnx", tmp_path / "same")
    for name in ("words.onnx", "tagger.onnx"):
        assert (tmp_path / "graphs" / name).read_bytes() == (tmp_path / "same" / name).read_bytes()
