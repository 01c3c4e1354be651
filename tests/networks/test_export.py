"""What is exported says what the model says."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from unicodedata import normalize

import numpy as np
import onnx
import pytest
from command import output, refusal
from page_answers import random_lines
from page_models import make_classifier, make_tagger
from without import run_without
from word_inputs import word_inputs

import seqnlp
from seqnlp.bundle import load_bundle, save_bundle
from seqnlp.compact_weights import compact, widened
from seqnlp.crf.inference import LinearChainCRF
from seqnlp.data.lexicon import Lexicon
from seqnlp.networks.engine import make_network
from seqnlp.networks.graph import Builder
from seqnlp.networks.viterbi import add_viterbi
from seqnlp.text.tokenize import INVISIBLE

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


def graphs_tag_as(model: Path, folder: Path, precision: str, texts: Sequence[str] = TEXTS) -> None:
    """The exported graphs give the tagger's tags, those in int8 tags of any kind."""
    said = output("export", model, "--onnx", folder, "--precision", precision)
    assert said.startswith(f"{folder}: ")
    tagger: Any = seqnlp.load(model)
    lexicon = Lexicon(tagger._predictor._vectors._lexicon.features)
    words, graph = session(folder / "words.onnx"), session(folder / "tagger.onnx")
    labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    for answer in tagger._predictor.predict([[t.text for t in tagger.tag(text).tokens] for text in texts]):
        assert set(answer.tags) <= set(labels)
    for text in texts:
        if not text.strip():
            continue
        tokens = [token.text for token in tagger.tag(text).tokens]
        given = word_inputs(lexicon, np.array(lexicon.indices(tokens)))
        rows = words.run(["rows"], {value.name: given[value.name] for value in words.get_inputs()})[0]
        inputs = {"rows": rows[None], "lengths": np.array([len(tokens)], np.int32)}
        (tags,) = graph.run(["tags"], inputs)[0]
        if precision == "fp32":
            assert [labels[tag] for tag in tags] == tagger._predictor.predict([tokens])[0].tags


def test_the_best_tags_of_a_graph_are_those_with_the_penalty_of_outside(tmp_path: Path) -> None:
    bundle, lines = load_bundle(make_tagger(tmp_path)), random_lines(60, seed=5)
    answers = []
    for penalty in (0.0, -6.0):
        folder = tmp_path / f"penalty {penalty}"
        save_bundle(folder, replace(bundle, description={**bundle.description, "outside_penalty": penalty}))
        graphs_tag_as(folder, tmp_path / f"graphs {penalty}", "fp32", lines)
        answers.append([answer.tags for answer in seqnlp.Tagger(folder).tag_texts(lines)])
    assert answers[0] != answers[1], "nothing is tested where the penalty does nothing"


@pytest.mark.parametrize(
    "options",
    [
        {"ngrams": 2},
        {"ngrams": 1, "multi_label": True, "lowercase": False, "window": 4, "overlap": 1},
        {"ngrams": 0, "window": 4, "long": "truncated"},
        {"ngrams": 0, "window": 4, "long": "hierarchical"},
    ],
)
def test_the_graphs_of_a_classifier_and_its_readme_give_its_probabilities(
    tmp_path: Path, options: dict[str, Any]
) -> None:
    folder = make_classifier(tmp_path, **options)
    output("export", folder, "--onnx", tmp_path / "graphs")
    graphs = {path.stem: session(path) for path in (tmp_path / "graphs").glob("*.onnx")}
    words, window = graphs["words"], graphs["window"]
    size, ngrams = options.get("window", 400), options["ngrams"]
    told = {
        name: json.loads((tmp_path / "graphs" / f"{name}.json").read_text()) for name in ("vocabulary", "tokenizer")
    }
    vocabulary, classifier = told["vocabulary"], seqnlp.Classifier(folder)
    readme = (tmp_path / "graphs" / "README.md").read_text(encoding="utf-8")
    assert ("what `ngrams` says" in readme) == bool(ngrams) == ("ngrams" in graphs)
    assert ("each beginning 3 words after the one before" in readme) == bool(options.get("overlap"))
    for text in ["met in 300 years , in lower Oake", "x", "- - x", "IN\u200b Lower", *random_lines(30, seed=6)]:
        tokens = re.findall(told["tokenizer"]["python"], "".join(c for c in text if c not in INVISIBLE), re.VERBOSE)
        if not tokens:
            continue
        given = as_the_readme_says(tokens, vocabulary)
        rows = words.run(["rows"], {value.name: given[value.name] for value in words.get_inputs()})[0]
        step = size - options.get("overlap", 0)
        parts = [rows[start : start + size] for start in range(0, max(len(rows) - size, 0) + step, step)]
        parts = parts[: 1 if options.get("long") == "truncated" else None]
        lengths = np.array([len(part) for part in parts], np.int32)
        several = [
            window.run(["vectors"], {"inputs": part[None], "lengths": lengths[n : n + 1]})[0]
            for n, part in enumerate(parts)
        ]
        vectors = np.average(np.concatenate(several), axis=0, weights=lengths)[None].astype(np.float32)
        if "document" in graphs:
            inputs = {"inputs": np.concatenate(several)[None], "lengths": np.array([len(parts)], np.int32)}
            (vectors,) = graphs["document"].run(["vectors"], inputs)
        shown = [form_as_the_readme_says(token, vocabulary) for token in tokens]
        shown = [form.lower() if vocabulary["lowercase"] else form for form in shown]
        total = graphs["scores"].run(["scores"], {"vectors": vectors})[0][0] / 1.3
        runs = {" ".join(shown[n : n + order]) for n in range(len(shown)) for order in range(1, ngrams + 1)}
        found = [place for place, ngram in enumerate(vocabulary["ngrams"], 1) if ngram in runs]
        if ngrams:
            total = total + graphs["ngrams"].run(["added"], {"ngrams": np.array([[*found, 0, 0]], np.int64)})[0][0]
        wanted = [*classifier.classify(text).probabilities.values()]
        actual = 1 / (1 + np.exp(-total)) if options.get("multi_label") else np.exp(total) / np.exp(total).sum()
        np.testing.assert_allclose(sorted(actual), sorted(wanted), atol=1e-5)


@pytest.mark.parametrize("lowercase", [True, False])
def test_words_are_read_as_the_readme_says(tmp_path: Path, lowercase: bool) -> None:
    tagger: Any = seqnlp.load(make_tagger(tmp_path, lowercase=lowercase))
    vocabulary = tagger._predictor._vectors._lexicon.features.to_dict()
    drawn = [token.text for line in random_lines(80, seed=7) for token in tagger.tag(line).tokens]
    tokens = ["Wren", "#quarley", "321", "3,210.5", "U.S.", "iPhone", "B2", "1990s", "A", "x" * 40, "東京", "½", *drawn]
    lexicon = Lexicon(tagger._predictor._vectors._lexicon.features)
    wanted = word_inputs(lexicon, np.array(lexicon.indices(tokens)))
    for name, told in as_the_readme_says(tokens, vocabulary).items():
        np.testing.assert_array_equal(told, wanted[name], err_msg=name)


def as_the_readme_says(tokens: list[str], vocabulary: dict[str, Any]) -> dict[str, Any]:
    """The inputs of a graph of words, made by the words of its README alone."""
    given: dict[str, list[Any]] = {"word_ids": [], "vector_ids": [], "characters": [], "casings": []}
    for token in tokens:
        word = form_as_the_readme_says(token, vocabulary)
        given["word_ids"].append(_word_id(word, vocabulary))
        given["vector_ids"].append(_vector_id(word, vocabulary))
        shown = word if len(word) <= 32 else word[:16] + word[-16:]
        given["characters"].append([1, *(_place(c, vocabulary["characters"]) + 3 for c in shown), 2])
        given["casings"].append(_casing(word))
    width = max(map(len, given["characters"]))
    arrays = {name: np.array(values, np.int64) for name, values in given.items() if name != "characters"}
    arrays["characters"] = np.array([row + [0] * (width - len(row)) for row in given["characters"]], np.int64)
    return arrays | {"lengths": np.array([len(row) for row in given["characters"]], np.int32)}


def form_as_the_readme_says(token: str, vocabulary: dict[str, Any]) -> str:
    """The word without what is invisible, its accents composed or apart as it is known."""
    word = "".join(c for c in token if c not in INVISIBLE) or token
    forms = [word, *(normalize(kind, word) for kind in ("NFC", "NFD") if not word.isascii())]
    known = [form for form in forms if _word_id(form, vocabulary) or _vector_id(form, vocabulary)]
    return known[0] if known else min(forms, key=lambda form: sum(c not in vocabulary["characters"] for c in form))


def _place(one: str, listed: list[str]) -> int:
    return listed.index(one) + 1 if one in listed else 0


def _word_id(word: str, vocabulary: dict[str, Any]) -> int:
    return _place(word.lower() if vocabulary["lowercase"] else word, vocabulary["words"])


def _vector_id(word: str, vocabulary: dict[str, Any]) -> int:
    lower = word.lower()
    forms = [word, lower, lower.lstrip("#@"), "".join("0" if c.isdigit() else c for c in lower)]
    return next((n for form in forms if (n := _place(form, vocabulary["vector_words"]))), 0)


def _casing(word: str) -> int:
    letters, digits = [c for c in word if c.isalpha()], [c for c in word if c.isdigit()]
    if not letters:
        return 5 if digits else 8
    if digits:
        return 6 if 2 * len(digits) > len(word) else 7
    if word.lower() == word.upper():
        return 4
    if word == word.lower():
        return 0
    if "".join(letters[1:]) == "".join(letters[1:]).lower():
        return 2
    return 1 if word == word.upper() else 3


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
    assert "--page: expected a name that ends in .html, found" in refusal(*named, "--page", tmp_path / "page.txt")
    assert not (tmp_path / "small").exists()


def test_graphs_are_written_without_the_engine_that_runs_them(models: dict[str, Path], tmp_path: Path) -> None:
    actual = run_without("onnx,onnxruntime,torch", "export", models["tagging"], "--onnx", tmp_path / "graphs")
    assert (actual.returncode, actual.stderr) == (0, "")
    output("export", models["tagging"], "--onnx", tmp_path / "same")
    for name in ("words.onnx", "tagger.onnx"):
        assert (tmp_path / "graphs" / name).read_bytes() == (tmp_path / "same" / name).read_bytes()
