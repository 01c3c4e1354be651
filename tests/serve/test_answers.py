"""What a server answers is what the commands answer, whoever else asks at the same time."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from command import output
from served import Server, running

from seqnlp.serve.verbs import VERBS

LINES = {
    "tag": [
        "Ada Sorrel lives in Brinmoor.",
        "",
        "a\u00a0b \u200b\u2028 日本語 😀 e\u0301",
        "word " * 300,
    ],
    "classify": ["A lovely film.", "", "The soup was cold & <b>bad</b>.", "good " * 400],
    "translate": ["Ein Hund läuft.", "", "Der alte Mann sieht einen Hund. " * 30],
}


def command(verb: str, model: Path, lines: list[str], *options: object) -> list[Any]:
    text = "".join(line + "\n" for line in lines)
    return json_lines(output(verb, model, "--output", "jsonl", *options, stdin=text))


def json_lines(text: str) -> list[Any]:
    return [json.loads(line) for line in text.split("\n") if line]


@pytest.mark.parametrize(
    ("verb", "question", "options"),
    [
        ("tag", {"model": "names"}, ()),
        ("tag", {"nbest": 3, "min_probability": 0.5}, ("--nbest", 3, "--min-probability", 0.5)),
        ("classify", {"model": "moods"}, ()),
        ("classify", {"model": "classification", "explain": "gradients"}, ("--explain",)),
        ("translate", {}, ()),
        (
            "translate",
            {"beam": 3, "nbest": 2, "scores": True, "alignments": True, "attention": True},
            ("--beam", 3, "--nbest", 2, "--scores", "--alignments", "--attention"),
        ),
    ],
)
def test_lines_are_answered_as_by_the_command(
    server: Server, models: dict[str, Path], verb: str, question: dict[str, Any], options: tuple[object, ...]
) -> None:
    answers = server.answers(f"/{verb}", texts=LINES[verb], **question)
    assert answers == command(verb, models[verb], LINES[verb], *options)
    for answer in answers:
        VERBS[verb].answered.model_validate(answer)


def test_a_text_of_several_lines_is_answered_as_by_the_command(server: Server, models: dict[str, Path]) -> None:
    text = "Ada Sorrel lives in\nBrinmoor.\n\nWren Hollis"
    row, options = json.dumps({"text": text}), ("--input", "jsonl", "--text-column", "text", "--output", "jsonl")
    tagged = server.answers("/tag", texts=[text], nbest=2)
    assert tagged == json_lines(output("tag", models["tag"], *options, "--nbest", 2, stdin=row))
    [answer] = server.answers("/translate", texts=["Ein Hund läuft.\n\nEin Mann."])
    lines = server.answers("/translate", texts=["Ein Hund läuft.", "Ein Mann."])
    assert answer["translation"] == "\n\n".join(line["translation"] for line in lines)


def test_the_other_verbs_answer_as_the_commands_do(
    server: Server, models: dict[str, Path], tmp_path: Path, repository: Path
) -> None:
    sources, targets = tmp_path / "sources", tmp_path / "targets"
    sources.write_text("Ein Hund.\nEin Mann.\n")
    targets.write_text("A dog.\nNobody.\n")
    scored = output("score", models["translate"], sources, targets, "--output", "jsonl")
    question = {"sources": ["Ein Hund.", "Ein Mann."], "targets": ["A dog.", "Nobody."]}
    answers = {"score": server.answers("/score", **question)}
    assert answers["score"] == json_lines(scored)

    answers["complete"] = server.answers("/complete", texts=["Mira grew up"], top=3)
    assert answers["complete"] == [
        json.loads(output("complete", models["complete"], "Mira grew up", "--top", 3, "--output", "jsonl"))
    ]

    ferry = repository / "recipes/forecasting/demo/ferry.csv"
    (forecast,) = answers["forecast"] = server.answers("/forecast", series=ferry.read_text(), horizon=3, level=0.8)
    written = output("forecast", models["forecast"], ferry, "--horizon", 3, "--level", 0.8, "--output", "jsonl")
    assert {**json.loads(written), "notes": forecast["notes"]} == forecast

    readings = repository / "recipes/anomaly_detection/demo/readings.csv"
    (detected,) = answers["detect"] = server.answers("/detect", series=readings.read_text(), rows=True)
    for name, options in {"events": (), "rows": ("--rows",)}.items():
        written = output("detect", models["detect"], readings, "--output", "jsonl", *options)
        assert detected[name] == json_lines(written)

    for verb, actual in answers.items():
        for answer in actual:
            VERBS[verb].answered.model_validate(answer)
    assert "/tmp" not in json.dumps(answers)


def test_many_clients_at_once_get_the_answers_that_each_gets_alone(server: Server, models: dict[str, Path]) -> None:
    texts = [f"Sorrel {number} moved from Port Ombril " + "far " * (number % 9) for number in range(150)]
    asked = [("tag", "names"), ("classify", "moods"), ("translate", "translation")]
    expected = {verb: command(verb, models[verb], texts) for verb, _ in asked}

    def one(number: int) -> bool:
        verb, name = asked[number % len(asked)]
        return server.answers(f"/{verb}", model=name, texts=[texts[number]]) == [expected[verb][number]]

    with ThreadPoolExecutor(32) as pool:
        assert all(pool.map(one, range(len(texts))))


def test_int8_is_answered_as_by_the_command_and_without_torch(models: dict[str, Path]) -> None:
    lines = LINES["translate"] + ["Ein Mann und ein Hund."] * 3
    expected = command("translate", models["translate"], lines, "--precision", "int8")
    names = {verb: models[verb] for verb in ("translate", "classify", "tag")}
    with running(*names.values(), "--precision", "int8", "--quiet", without="torch,pandas,jinja2") as server:
        assert server.answers("/translate", texts=lines) == expected
        with ThreadPoolExecutor(8) as pool:
            alone = list(pool.map(lambda line: server.answers("/translate", texts=[line])[0], lines))
        assert alone == expected
        tagged = command("tag", models["tag"], LINES["tag"], "--precision", "int8")
        assert server.answers("/tag", texts=LINES["tag"]) == tagged
        assert server.answers("/classify", texts=LINES["classify"])[0]["label"]
        status, problem = server.post("/classify", {"texts": ["a"], "explain": "gradients"})
        assert status == 422
        assert "torch" in problem["error"]


def test_no_texts_have_no_answers_and_ten_thousand_words_have_theirs(server: Server, models: dict[str, Path]) -> None:
    assert server.answers("/tag", texts=[]) == server.answers("/score", sources=[], targets=[]) == []
    long = "Sorrel went to Brinmoor . " * 2000
    (answer,) = server.answers("/tag", texts=[long])
    assert len(answer["tokens"]) == 10_000
    assert [answer] == command("tag", models["tag"], [long])
    assert server.answers("/classify", model="moods", texts=[long])[0]["words"] == 10_000
    assert server.answers("/translate", texts=[" ".join(["Ein Hund läuft."] * 700)])[0]["parts"] > 1


def test_the_description_of_the_paths_is_complete(server: Server) -> None:
    status, page, _ = server.get("/openapi.json")
    assert status == 200
    paths = json.loads(page)["paths"]
    assert set(paths) == {f"/{verb}" for verb in VERBS} | {"/models", "/health", "/metrics"}
    assert set(paths["/tag"]["post"]["responses"]) == {"200", "404", "413", "422", "503"}
    actual = {one["name"]: one for one in json.loads(server.get("/models")[1])["models"]}
    assert actual["moods"]["labels"] == actual["classification"]["labels"]
    assert actual["translation"]["verbs"] == ["translate", "score"]
