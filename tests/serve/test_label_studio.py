"""The backend of Label Studio, asked as Label Studio asks: requests have the fields that it sends."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command import refusal
from served import Server, running

import seqnlp

TEXT = "Ada Sorrel lives in 😀 Brinmoor."
NAMES = """<View>
  <Labels name="entity" toName="content">
    <Label value="PER" alias="person" background="red"/>
    <Label value="Loc"/>
  </Labels>
  <Text name="content" value="$body"/>
</View>"""
MOODS = """<View><Text name="text" value="$text"/><Choices name="mood" toName="text" choice="single">
<Choice value="negative"/><Choice value="neutral"/><Choice value="positive"/></Choices></View>"""


def request(config: str, *data: dict[str, Any]) -> dict[str, Any]:
    """What Label Studio 1.23 posts to /predict."""
    tasks = [
        {"id": number, "data": each, "meta": {}, "created_at": "2026-01-01T00:00:00Z", "project": 7, "annotations": []}
        for number, each in enumerate(data, 1)
    ]
    context = {"login": None, "password": None, "context": None}
    return {"tasks": tasks, "project": "7.1767225600", "label_config": config, "params": context, "model_version": "x"}


@pytest.fixture(scope="module")
def names(models: dict[str, Path]) -> Iterator[Server]:
    with running(models["tag"], without="torch", verb="label-studio") as server:
        yield server


@pytest.fixture(scope="module")
def moods(models: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    file = tmp_path_factory.mktemp("token") / "token"
    file.write_text("pass-word")
    with running(models["classify"], "--token-file", file, without="torch", verb="label-studio") as server:
        yield server


def test_a_project_is_connected(names: Server) -> None:
    assert json.loads(names.get("/health")[1]) == {"status": "UP", "model_class": "Tagger"}
    question = {"project": "7.1767225600", "schema": NAMES, "hostname": "http://localhost:8080", "access_token": "a"}
    status, reply = names.post("/setup", {**question, "extra_params": {}})
    assert status == 200
    version = reply["model_version"]
    assert json.loads(names.get("/versions")[1]) == {"versions": [version]}
    assert names.post("/versions", {"project": "7.1767225600"})[1] == {"versions": [version]}
    assert names.post("/setup", {"project": "7.1", "schema": None})[1] == {"model_version": version}
    assert names.post("/webhook", {"action": "ANNOTATION_CREATED", "project": {"id": 7}})[0] == 200
    assert json.loads(names.get("/is_training?project=7.1")[1]) == {"is_training": False}


def test_entities_are_regions_with_scores(names: Server, models: dict[str, Path]) -> None:
    status, reply = names.post("/predict", request(NAMES, {"body": TEXT}, {"body": ""}, {"other": "x"}, {"body": None}))
    assert status == 200
    expected = seqnlp.load(models["tag"]).tag(TEXT).to_dict()["spans"]
    called = {"PER": "person", "LOC": "Loc"}
    results = reply["results"]
    assert results[1:] == 3 * [{"result": [], "model_version": reply["model_version"]}], "nothing found is not unlikely"
    assert results[0]["model_version"] == reply["model_version"]
    inside = NAMES.replace("$body", "$mail.body"), {"mail": {"body": TEXT}}, {"mail.body": TEXT}, {"mail": TEXT}, {}
    assert [one["result"] for one in names.post("/predict", request(*inside))[1]["results"]] == [
        *2 * [results[0]["result"]],
        *2 * [[]],
    ]
    assert results[0]["score"] == min(span["probability"] for span in expected)
    assert results[0]["result"] == [
        {
            "id": f"p{number}",
            "from_name": "entity",
            "to_name": "content",
            "type": "labels",
            "value": {
                "start": span["start"],
                "end": span["end"],
                "text": TEXT[span["start"] : span["end"]],
                "labels": [called[span["label"]]],
            },
            "score": span["probability"],
        }
        for number, span in enumerate(expected, 1)
    ]
    assert {"Brinmoor"} <= {one["value"]["text"] for one in results[0]["result"]}


@pytest.mark.parametrize("kind", ["names", "moods"])
def test_what_label_studio_really_sends(kind: str, names: Server, moods: Server) -> None:
    """Requests of Label Studio 1.23.2 for projects of two kinds, the second with a password; secrets are changed."""
    server = {"names": names, "moods": moods}[kind]
    recorded = Path(__file__).parent / "label_studio" / f"{kind}.jsonl"
    paths = set()
    for line in recorded.read_text(encoding="utf-8").splitlines():
        asked = json.loads(line)
        header = {"Authorization": asked["authorization"]} if "authorization" in asked else {}
        if asked["method"] == "GET":
            assert server.get(asked["path"], **header)[0] == 200, asked
            continue
        status, reply = server.post(asked["path"], asked["body"], header)
        assert status == 200, (asked, reply)
        paths.add(asked["path"])
        if asked["path"] == "/predict":
            tasks, control = asked["body"]["tasks"], {"names": "label", "moods": "sentiment"}[kind]
            assert len(reply["results"]) == len(tasks)
            regions = [region for result in reply["results"] for region in result["result"]]
            assert {region["from_name"] for region in regions} == {control}
    assert paths == {"/setup", "/predict", "/webhook"}


def test_a_wrong_password_is_said_where_label_studio_asks_first(moods: Server) -> None:
    wrong = {"Authorization": "Basic " + base64.b64encode(b"anybody:other").decode()}
    assert moods.get("/health")[0] == moods.get("/health", **wrong)[0] == moods.get("/versions")[0] == 401


def test_labels_are_choices_with_scores_and_the_token_is_the_password(moods: Server, models: dict[str, Path]) -> None:
    question = request(MOODS, {"text": "A lovely film."})
    assert moods.post("/predict", question)[0] == 401
    assert moods.post("/predict", question, {"Authorization": "Basic !"})[0] == 401
    header = {"Authorization": "Basic " + base64.b64encode(b"anybody:pass-word").decode()}
    status, reply = moods.post("/predict", question, header)
    answer = seqnlp.load(models["classify"]).classify("A lovely film.")
    score = round(answer.probabilities[answer.label], 4)
    result = {"id": "p1", "from_name": "mood", "to_name": "text", "type": "choices", "score": score}
    assert (status, reply["results"]) == (
        200,
        [
            {
                "result": [{**result, "value": {"choices": [answer.label]}}],
                "score": score,
                "model_version": reply["model_version"],
            }
        ],
    )


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ("<View>", "is no XML"),
        ("\ud800", "is no XML"),
        ("<View/>", 'expected <Labels name="..." toName="text">'),
        (MOODS, "expected <Labels"),
        (NAMES.replace('toName="content"', 'toName="image"'), "expected <Labels"),
        (NAMES.replace('value="$body"', 'value="$body" valueType="url"'), "expected <Labels"),
        ('<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><View>&c;</View>', "has a document type"),
        ('<!DOCTYPE a SYSTEM "file:///etc/passwd"><View/>', "has a document type"),
        ("<a>" * 100_000, "is no XML"),
    ],
)
def test_configurations_that_are_of_no_use_are_refused(names: Server, config: str, said: str) -> None:
    for path, question in {"/setup": {"schema": config}, "/predict": request(config, {"body": TEXT})}.items():
        status, reply = names.post(path, question)
        assert (status, said in reply["error"]) == (422, True), reply


def test_other_mistakes_are_said(names: Server, models: dict[str, Path]) -> None:
    other = NAMES.replace("PER", "Product").replace("Loc", "Price")
    status, reply = names.post("/setup", {"schema": other})
    assert (status, reply["error"]) == (
        422,
        "'entity' has none of the model's labels; expected some of LOC, PER, found Product, Price",
    )
    identity = {"X-Request-ID": "refused"}
    names.post("/setup", {"schema": other}, identity)
    assert names.event_of("refused")["refused"] == reply["error"]
    assert names.post("/predict", request(other, {"body": TEXT}))[1]["results"][0]["result"] == []
    status, reply = names.post("/predict", request(NAMES, {"body": TEXT}, {"body": ["a"]}))
    assert (status, reply["error"]) == (422, "task 1: expected text in 'body', found list")
    for wrong in ({}, {"tasks": None}, {"tasks": [1]}, {"tasks": [{"id": 1}]}):
        assert names.post("/predict", wrong)[0] == 422
    second = {"tasks": [{"data": {"body": TEXT}}, 1]}
    assert names.post("/predict", second)[1]["error"] == "tasks.1: expected a JSON object"
    assert names.post("/predict", {"tasks": []})[1]["results"] == []
    plain = names.post("/predict", {"tasks": [{"data": {"text": TEXT}}]})[1]["results"][0]
    assert plain["result"][0]["from_name"] == "label"
    assert refusal("label-studio", models["translate"], "--port", 0) == (
        "Label Studio: expected a tagger or a classifier, found a model for translation"
    )
