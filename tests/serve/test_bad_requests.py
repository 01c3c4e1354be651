"""What a hostile or careless client sends is refused in one line, and the server goes on."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator

import pytest
from served import Server

ASK = {"texts": ["Ada Sorrel lives in Brinmoor."], "model": "names"}
JSON = {"Content-Type": "application/json"}


@pytest.fixture(autouse=True)
def _goes_on(server: Server) -> Iterator[None]:
    yield
    assert server.answers("/tag", **ASK)[0]["text"] == ASK["texts"][0]


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"", 422, "expected a JSON object and the header"),
        (b"{", 422, "the body is no JSON (expecting property name enclosed in double quotes, at character 2)"),
        (b"null", 422, "JSON object"),
        (b"[]", 422, "JSON object"),
        (b'"texts"', 422, "JSON object"),
        (b"{} {}", 422, "JSON"),
        (b"[" * 100_000, 400, "the body is no JSON (it is nested too deeply)"),
        (b'{"texts":' * 20_000, 400, "body"),
        (b'{"texts": ' + b"[" * 90_000 + b"]" * 90_000 + b"}", 400, "body"),
        (
            b'{"texts": ["a"], "nbest": ' + b"9" * 5000 + b"}",
            400,
            "no JSON (it has a number too long to read)",
        ),
        (b'{"texts": ["a"], "nbest": 1e400}', 422, "nbest"),
        (b'{"texts": ["a"], "nbest": -1}', 422, "nbest"),
        (b'{"texts": ["a"], "nbest": 101}', 422, "nbest"),
        (b'{"texts": ["a"], "nbest": "3"}', 422, "nbest"),
        (b'{"texts": ["a"], "nbest": true}', 422, "nbest"),
        (b'{"texts": ["a"], "min_probability": NaN}', 422, "min_probability"),
        (b'{"texts": ["a"], "min_probability": Infinity}', 422, "min_probability"),
        (b'{"texts": "a"}', 422, "texts"),
        (b'{"texts": {"a": "b"}}', 422, "texts"),
        (b'{"texts": [null, 1, ["a"], {}, true, 1.5, "a"]}', 422, "texts.0"),
        (b'{"texts": ["\\ud800"]}', 422, "U+D800"),
        (b'{"texts": ["a"], "surprise": 1}', 422, "surprise"),
        (b'{"text": "a"}', 422, "texts"),
        (b"\xff\xfe{\x00}\x00", 422, ""),
        (b'{"texts": ["\xe9"]}', 400, "the body is no JSON (it is not in UTF-8)"),
        ('{"texts": ["a"]}'.encode("utf-16"), 200, ""),
    ],
)
def test_hostile_json(server: Server, body: bytes, status: int, said: str) -> None:
    actual, reply = server.post("/tag", body)
    assert actual == status, reply
    if status != 200:
        assert list(reply) == ["error"]
        assert said in reply["error"]
        assert len(reply["error"]) < 2000


def test_what_is_no_json_is_not_read_as_such(server: Server) -> None:
    for kind in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"):
        status, reply = server.post("/tag", ASK, {"Content-Type": kind})
        assert status == 422
        assert reply["error"] == "expected a JSON object and the header 'Content-Type: application/json'"


def test_a_packed_body_is_called_so(server: Server) -> None:
    status, reply = server.post("/tag", gzip.compress(json.dumps(ASK).encode()), JSON | {"Content-Encoding": "gzip"})
    assert status == 400
    assert reply["error"] == "the body is no JSON (it is packed, Content-Encoding: gzip)"


def test_fields_in_the_address_are_refused_as_they_would_not_be_read(server: Server) -> None:
    status, reply = server.post("/tag?trace=1&min_probability=0.9", ASK)
    assert status == 422
    assert reply["error"] == "min_probability: expected in the JSON body, found in the address, where it is not read"
    assert server.post("/tag?trace=1", ASK)[0] == 200


@pytest.mark.parametrize(
    ("path", "question", "status", "said"),
    [
        ("/tag", {**ASK, "model": "name"}, 404, "(did you mean 'names'?); expected one of: names"),
        ("/tag", {**ASK, "model": "../../etc/passwd"}, 404, "no model of this name"),
        ("/tag", {**ASK, "model": "\ud800"}, 422, "model"),
        ("/tag", {**ASK, "model": "x" * 1000}, 422, "model"),
        ("/tag", {**ASK, "model": "moods"}, 404, "'moods' is a classifier, which does not answer /tag; models that do"),
        ("/classify", {"texts": ["a"]}, 404, "expected 'model', one of: classification, moods"),
        ("/classify", {"texts": ["a"], "model": "moods", "explain": "attention"}, 422, "attention"),
        ("/classify", {"texts": ["a"], "model": "moods", "explain": "why"}, 422, "explain"),
        ("/translate", {"texts": ["a"], "nbest": 3, "beam": 2}, 422, "at most the beam (2), found 3"),
        ("/translate", {"texts": ["a"], "beam": 10**9}, 422, "beam"),
        ("/score", {"sources": ["a"], "targets": []}, 422, "as many targets as sources"),
        ("/score", {"sources": ["a"], "targets": ["\udfff"]}, 422, "U+DFFF"),
        ("/complete", {"texts": ["a"], "top": 0}, 422, "top"),
        ("/forecast", {"series": ""}, 422, "series: "),
        ("/forecast", {"series": "\ud800"}, 422, "U+D800"),
        ("/forecast", {"series": "date,x\n2020-01-01,1\n"}, 422, "series"),
        ("/forecast", {"series": "\0\0\0", "horizon": 10_001}, 422, "horizon"),
        ("/forecast", {"series": "a\n1\n", "level": 0.123}, 422, "level"),
        ("/detect", {"series": "PAR1" + "\0" * 50}, 422, "series"),
        ("/detect", {"series": "x", "false_alarms": 1e-30}, 422, ""),
        ("/detect", {"series": "x", "gap": -1}, 422, "gap"),
    ],
)
def test_wrong_questions(server: Server, path: str, question: dict[str, object], status: int, said: str) -> None:
    actual, reply = server.post(path, question)
    assert actual == status, reply
    assert said in reply["error"]
    assert "/tmp" not in reply["error"]


def test_a_batch_with_one_bad_question_answers_the_others(server: Server) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def ask(number: int) -> int:
        text = "\ud800" if number % 5 == 0 else "Ada"
        return server.post("/tag", {"texts": [text]})[0]

    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(ask, range(40))) == [422 if number % 5 == 0 else 200 for number in range(40)]


def test_large_bodies_and_many_texts_are_refused(server: Server) -> None:
    status, reply = server.post("/tag", {"texts": ["a" * 200_000]})
    assert (status, reply["error"].partition(",")[0]) == (413, "expected a body of at most 200")
    status, reply = server.post("/tag", b"[" * 3_000_000)
    assert status == 413
    status, reply = server.post("/tag", {"texts": ["a"] * 51})
    assert (status, reply["error"]) == (413, "expected at most 50 texts, found 51; send them in parts")
    chunk = b"1000\r\n" + b" " * 0x1000 + b"\r\n"
    with server.socket() as client:
        client.sendall(
            b"POST /tag HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk * 60 + b"0\r\n\r\n"
        )
        assert client.recv(100).startswith(b"HTTP/1.1 413")
    with server.socket() as client:  # it claims more than it has
        client.sendall(b"POST /tag HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999\r\n\r\nabc")
        assert client.recv(100).startswith((b"HTTP/1.1 413", b"HTTP/1.1 408"))


@pytest.mark.parametrize(
    ("method", "path", "status", "told"),
    [
        ("GET", "/tag", 405, "expected POST for this path, found GET"),
        ("DELETE", "/models", 405, "expected GET for this path, found DELETE"),
        ("POST", "/", 405, "for this path, found POST"),
        *(("GET", f"/{path}", 404, "lists all") for path in ("nothing", "%2e%2e/%2e%2e/etc/passwd", "%ff%00", "docs")),
        ("POST", "/tag/", 404, "there is no such path; /openapi.json lists all"),
    ],
)
def test_paths_that_are_not_there(server: Server, method: str, path: str, status: int, told: str) -> None:
    actual, reply, _ = server.request(method, path)
    assert actual == status
    assert json.loads(reply)["error"].endswith(told)


@pytest.mark.parametrize(
    "request_",
    [b"\x16\x03\x01\x02\x00\x01\x00", b"HELLO\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET /\r\n" + b"a: b\r\n" * 50_000],
)
def test_what_is_no_http(server: Server, request_: bytes) -> None:
    with server.socket() as client:
        try:
            client.sendall(request_)
            assert client.recv(1000)[:12] in (b"HTTP/1.1 400", b"")
        except ConnectionError:
            pass
