"""What every loaded model promises, whatever its task: it pickles, says what it is, and refuses what it cannot read."""

from __future__ import annotations

import math
import multiprocessing
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from six_tasks import ASK, TRAININGS

import seqnlp
from seqnlp.errors import WrongTypeError, WrongValueError


@pytest.fixture(scope="module", params=TRAININGS)
def run(request: pytest.FixtureRequest, models: dict[str, Path]) -> tuple[str, Path]:
    return request.param, models[request.param]


def test_a_pickled_model_answers_alike(run: tuple[str, Path], repository: Path) -> None:
    task, path = run
    model, ask = seqnlp.load(path), ASK[task]
    again = pickle.loads(pickle.dumps(model))
    assert type(again) is type(model)
    assert ask(again, repository / "recipes") == ask(model, repository / "recipes")


def test_it_says_what_it_is(run: tuple[str, Path]) -> None:
    model = seqnlp.load(run[1])
    assert repr(model).startswith(f"seqnlp.{type(model).__name__}('{run[1] / 'model'}'")
    assert eval(repr(model), {"seqnlp": seqnlp}).path == model.path


def test_loading_leaves_the_random_state_alone(run: tuple[str, Path]) -> None:
    torch.manual_seed(7)
    before = torch.random.get_rng_state()
    for engine in ("auto", "torch"):
        seqnlp.load(run[1], engine=engine)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_a_folder_below_home_is_found(run: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(run[1].parent))
    assert seqnlp.load(f"~/{run[1].name}").path == run[1] / "model"


@pytest.mark.parametrize("run", ["tagging"], indirect=True)
def test_other_processes_can_use_a_model(run: tuple[str, Path]) -> None:
    model = seqnlp.Tagger(run[1])
    texts = ["Velisk Korrasel moved.", "to Port Ombril"]
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert list(pool.map(model.tag, texts)) == [model.tag(text) for text in texts]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.parametrize("run", ["classification"], indirect=True)
def test_a_process_that_is_forked_after_computing_with_two_threads_answers(run: tuple[str, Path]) -> None:
    program = """
import multiprocessing, sys, torch, seqnlp
torch.set_num_threads(2)
model, texts = seqnlp.load(sys.argv[1]), ["the soup was cold and the film lovely " * 20] * 64
labels = [answer.label for answer in model.classify_texts(texts)]
with multiprocessing.get_context("fork").Pool(1) as pool:
    assert [answer.label for answer in pool.apply_async(model.classify_texts, [texts]).get(40)] == labels
    assert pool.apply_async(torch.get_num_threads).get(40) == 1
assert torch.get_num_threads() == 2
"""
    subprocess.run([sys.executable, "-W", "ignore", "-c", program, run[1]], check=True, timeout=90)


WRONG: dict[str, list[tuple[Callable[[Any], Any], type[Exception], str]]] = {
    "tagging": [
        (lambda m: m.tag_texts("Oslo"), WrongTypeError, r"texts: expected a list of texts, found str 'Oslo'; put it"),
        (lambda m: m.tag_texts(None), WrongTypeError, "texts: expected a list of texts, found None"),
        (lambda m: m.tag_texts(["a", None]), WrongTypeError, r"texts\[1\]: expected text \(str\), found None"),
        (lambda m: m.tag_texts([b"a"]), WrongTypeError, r"texts\[0\]: expected text \(str\), found bytes"),
        (lambda m: m.tag(3), WrongTypeError, "text: expected text"),
        (lambda m: m.tag("a\ud800b"), WrongValueError, r"found U\+D800 \(half of a character\) at 1"),
        (lambda m: m.tag_texts({"text": ["a"]}), WrongTypeError, "found dict; name one of its columns"),
        (lambda m: m.tag_texts(pd.DataFrame({"text": ["a"]})), WrongTypeError, "found DataFrame; name one of its col"),
        (lambda m: m.tag_texts({"a", "b"}), WrongTypeError, "found set, which has no order"),
        (lambda m: m.tag_words(["Ada left"]), WrongTypeError, r"sentences\[0\]: expected a list of texts"),
        (lambda m: m.tag("a", min_probability=2), WrongValueError, "min_probability: expected a number from 0 to 1"),
        (lambda m: m.tag("a", min_probability=math.nan), WrongValueError, "min_probability: .* found nan"),
        (lambda m: m.tag("a", nbest=10**6), WrongValueError, "nbest: expected a whole number from 0 to 1,000"),
        (lambda m: m.tag("a", nbest=1.5), WrongTypeError, "nbest: expected a whole number, found float '1.5'"),
    ],
    "classification": [
        (lambda m: m.classify_texts("Oslo"), WrongTypeError, "texts: expected a list of texts"),
        (lambda m: m.classify(None), WrongTypeError, "text: expected text"),
        (lambda m: m.classify("a", explain="gradient"), WrongValueError, r"explain: .* \(did you mean 'gradients'"),
        (lambda m: seqnlp.load(m.path, engine="pytorch"), WrongValueError, r"an engine of .* \(did you mean 'torch'"),
        (lambda m: seqnlp.load(m.path, precision="int4"), WrongValueError, r"a precision of .* found 'int4'"),
        (lambda m: seqnlp.load(m.path, threads="2"), WrongTypeError, "threads: expected a whole number, found str '2'"),
        (lambda m: m.save(None), WrongTypeError, "folder: expected the path of a folder, found None"),
        (lambda m: seqnlp.load(m.path, threads=-1), WrongValueError, "threads: expected 0 or more, found -1"),
        (lambda m: m.classify("\udfff"), WrongValueError, r"found U\+DFFF"),
    ],
    "translation": [
        (lambda m: m.translate_lines("Oslo"), WrongTypeError, "texts: expected a list of texts"),
        (lambda m: m.translate("\ud800"), WrongValueError, r"found U\+D800"),
        (lambda m: m.translate("a", nbest=0), WrongValueError, "nbest: expected a whole number from 1"),
        (lambda m: m.translate_lines(["a"], batch_lines=0), WrongValueError, "batch_lines: expected a whole n"),
        (lambda m: m.translate_lines(["a"], prefixes=["b", "c"]), WrongValueError, "a prefix a text, found 2 p"),
        (lambda m: m.translate("a", prefix=["b"]), WrongTypeError, "prefix: expected text"),
        (lambda m: m.translate("a", mbr="bleuu"), WrongValueError, r"mbr: .* found 'bleuu' \(did you mean 'bleu'"),
        (lambda m: m.translate("a", nbest=3, mbr="bleu", candidates=2), WrongValueError, "at least 3 candidates"),
        (lambda m: m.score_lines(["a"], []), WrongValueError, "as many translations as sources, found 0 and 1"),
        (lambda m: seqnlp.SamplingOptions(top_k=1.5), WrongTypeError, "top_k: expected a whole number"),
        (lambda m: seqnlp.SamplingOptions(top_p=2), WrongValueError, "expected temperature above 0"),
        (lambda m: seqnlp.Translator(), WrongTypeError, "expected at least one model"),
        (lambda m: m.translate("a", decoding={"beam": 3}), WrongTypeError, "expected a seqnlp.DecodingConfig, found d"),
        (lambda m: m.translate("a", decoding=_search(length_penalty="x")), WrongValueError, "one of average, gnmt"),
        (lambda m: m.translate("a", decoding=_search(beam=2.5)), WrongValueError, "beam: expected a whole number"),
        (lambda m: m.translate("a", decoding=_search(max_ratio=-1)), WrongValueError, "max_ratio: expected at least"),
        (lambda m: m.translate("a", sampling=True), WrongTypeError, "expected a seqnlp.SamplingOptions, found bool"),
        (lambda m: m.translate_lines(["a"], first_line="1"), WrongTypeError, "first_line: expected a whole number"),
        (lambda m: m.score_lines("a", ["b"]), WrongTypeError, "sources: expected a list of texts"),
    ],
    "language_model": [
        (lambda m: m.complete(None), WrongTypeError, "text: expected text"),
        (lambda m: m.complete("a", top=10**7), WrongValueError, "top: expected a whole number"),
        (lambda m: m.generate("a", stop=[""]), WrongValueError, "stop strings of at least one character"),
        (lambda m: m.generate("a", repetition_penalty=0), WrongValueError, "a repetition penalty above 0, found 0"),
        (lambda m: m.generate("a", stop="end"), WrongTypeError, "stop: expected a list of texts"),
        (lambda m: m.generate("a", sampling={"seed": 1}), WrongTypeError, "expected a seqnlp.SamplingOptions, found d"),
        (lambda m: m.generate("a", repetition_penalty=math.nan), WrongValueError, "repetition_penalty: .* found nan"),
    ],
    "forecasting": [
        (lambda m: m.start(10**7), WrongValueError, "horizon: expected a whole number from 0 to 10,000"),
        (lambda m: m.start(level=math.nan), WrongValueError, "level: .* found nan"),
        (lambda m: m.start(level=0.7), WrongValueError, "expected a level of 0.5, .* found 0.7"),
        (lambda m: seqnlp.load(m.path, precision="int8"), WrongValueError, "a model for forecasting has only one"),
    ],
    "anomaly_detection": [
        (lambda m: m.start(math.nan), WrongValueError, "false_alarms: expected a number from 0 to 1, found nan"),
        (lambda m: m.start().add({1.5, 2.5}, "2031-03-03"), WrongTypeError, "expected a row of numbers .* found set"),
        (lambda m: m.merger(1.5), WrongTypeError, "gap: expected a whole number"),
    ],
}


def _search(**settings: Any) -> seqnlp.DecodingConfig:
    return seqnlp.DecodingConfig(**settings)


def test_wrong_arguments_are_refused_with_what_was_expected(run: tuple[str, Path]) -> None:
    model = seqnlp.load(run[1])
    for call, kind, message in WRONG[run[0]]:
        with pytest.raises(kind, match=message) as caught:
            call(model)
        assert isinstance(caught.value, seqnlp.SeqnlpError)
        assert isinstance(caught.value, TypeError | ValueError)


@pytest.mark.parametrize("run", ["anomaly_detection"], indirect=True)
def test_a_row_with_names_is_read_by_them_in_any_order(run: tuple[str, Path]) -> None:
    model, stamp = seqnlp.Detector(run[1]), "2031-03-03 00:00:00"
    assert model.columns == ("degrees", "kilowatts")
    named = {"kilowatts": 3.5, "degrees": -19.9}
    rows = [named, pd.Series(named), pd.Series([-19.9, 3.5], index=[7, 8]), np.array([-19.9, 3.5]), (-19.9, 3.5)]
    added = [model.start().add(row, stamp) for row in rows]
    assert added[0][0].values == (-19.9, 3.5)
    assert all(one == added[0] for one in added)
    for nothing in (None, math.nan, pd.NA):
        stream = model.start()
        stream.add(named, stamp)
        assert [one.values for one in stream.add((-19.9, nothing), "2031-03-03 00:15:00")] == [(-19.9, None)]
    for time in (np.datetime64("2031-03-03"), np.datetime64("2031-03-03T00:00:00.000000000"), pd.Timestamp(stamp)):
        assert [one.values for one in model.start().add(named, time)] == [(-19.9, 3.5)]
    for wrong in (
        {"degrees": 1.0, "watts": 2.0},
        pd.Series([1.0, 1.0, 2.0], index=["degrees", "degrees", "kilowatts"]),
    ):
        with pytest.raises(seqnlp.DataError, match="expected values of degrees, kilowatts, found degrees"):
            model.start().add(wrong, stamp)


def test_what_is_no_path_is_no_model() -> None:
    for wrong in (None, b"runs/tagger", 3):
        with pytest.raises(seqnlp.RunError, match="expected the path of a run or a saved model folder, found"):
            seqnlp.load(wrong)


@pytest.mark.parametrize("run", ["tagging"], indirect=True)
def test_any_iterable_of_texts_will_do(run: tuple[str, Path]) -> None:
    model = seqnlp.Tagger(run[1])
    texts = ["Ada left.", "", "to Oslo"]
    assert model.tag_texts(text for text in texts) == model.tag_texts(texts)
    assert model.tag_words(iter([("Ada", "left")])) == model.tag_words([["Ada", "left"]])
