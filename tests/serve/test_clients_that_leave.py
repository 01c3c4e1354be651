"""Who leaves before its answer costs the others nothing more, and long requests let short ones pass."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Iterator, Sequence
from http.client import HTTPConnection
from threading import Event, Thread
from typing import Any

import pytest

from seqnlp.serve.application import make_application
from seqnlp.serve.model_thread import BATCH_LINES, ModelThread
from seqnlp.serve.models import Models, ServedModel
from seqnlp.serve.options import Options
from seqnlp.serve.server import listen, serve


class Slow:
    """A tagger that answers when it is told to, and remembers what it was asked."""

    plain_tags = False

    def __init__(self) -> None:
        self.begun, self.may_end, self.asked = Event(), Event(), list[str]()

    def tag_texts(self, texts: Sequence[str], **options: Any) -> list[Any]:
        self.asked += texts
        self.begun.set()
        assert self.may_end.wait(60)
        return []


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def port(slow: Slow) -> Iterator[int]:
    """A server in a thread of this process; it ends with the process."""
    ready, listening = Event(), listen("127.0.0.1", 0)
    application = make_application(Models([ServedModel("x", "tagging", slow)]), Options())
    Thread(target=serve, args=(application, listening, Options(), ready.set), daemon=True).start()
    assert ready.wait(30)
    yield listening.getsockname()[1]
    slow.may_end.set()


def asking(port: int, text: str, version: str = "1.1") -> socket.socket:
    """A connection over which a text was sent."""
    body = json.dumps({"texts": [text]}).encode()
    client = socket.create_connection(("127.0.0.1", port), timeout=60)
    head = f"POST /tag HTTP/{version}\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    client.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
    return client


def told(port: int, path: str) -> str:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    return connection.getresponse().read().decode()


def test_who_has_left_is_not_answered_and_counted_so(port: int, slow: Slow) -> None:
    patient = asking(port, "first")
    assert slow.begun.wait(60)
    for number in range(5):
        asking(port, f"impatient {number}").close()
    closed = asking(port, "half closed")
    closed.shutdown(socket.SHUT_WR)
    begun = time.monotonic()
    while 'path="/tag",status="499"} 5.0' not in told(port, "/metrics"):
        assert time.monotonic() - begun < 60
        time.sleep(0.05)
    assert json.loads(told(port, "/health"))["waiting"] == 2
    slow.may_end.set()
    with patient, closed:
        assert patient.recv(65536).startswith(b"HTTP/1.1 200 OK")
        assert b"HTTP/1.1 200 OK" in b"".join(iter(lambda: closed.recv(65536), b""))
    assert sorted(slow.asked) == ["first", "half closed"]


def test_an_older_client_that_only_sends_no_more_is_sent_nothing_but_its_answer(port: int, slow: Slow) -> None:
    with asking(port, "first", "1.0") as client:
        assert slow.begun.wait(60)
        client.shutdown(socket.SHUT_WR)
        client.settimeout(0.8)
        with pytest.raises(TimeoutError):
            client.recv(1)
        client.settimeout(60)
        slow.may_end.set()
        assert client.recv(65536).startswith(b"HTTP/1.1 200 OK")


def test_a_long_request_is_computed_in_parts_between_which_others_have_their_turn() -> None:
    computed: list[list[int]] = []

    def answer(items: Sequence[int]) -> list[dict[str, Any]]:
        computed.append(list(items))
        return [{"number": item} for item in items]

    async def ask() -> list[list[dict[str, Any]]]:
        thread = ModelThread(10_000)
        long, other = range(2 * BATCH_LINES + 5), range(10_000, 10_000 + 2 * BATCH_LINES)
        questions = [("x", range(3)), ("long", long), ("long", other), ("short", [-1]), ("long", [-2])]
        answers = await asyncio.gather(*(thread.ask(key, answer, items) for key, items in questions))
        await thread.stop()
        assert thread.waiting == 0
        assert [[one["number"] for one in each] for each in answers] == [list(items) for _, items in questions]
        return answers

    asyncio.run(ask())
    assert max(map(len, computed)) == BATCH_LINES
    after = computed[computed.index([*range(BATCH_LINES)]) + 1 :]  # the first part of the first long one
    assert -1 in after[0]
    assert after[1][0] == BATCH_LINES
    assert [10_000 in items for items in computed].index(True) > len(computed) - 3, "long ones one after the other"


def test_what_fails_in_a_part_fails_for_the_whole_request_under_its_own_number() -> None:
    def answer(items: Sequence[int]) -> list[dict[str, Any]]:
        if 300 in items:
            raise ValueError(f"item {list(items).index(300)}")
        return [{} for _ in items]

    async def ask() -> None:
        thread = ModelThread(10_000)
        failing, good = thread.ask("x", answer, range(600)), thread.ask("x", answer, range(200))
        problem, answers = await asyncio.gather(failing, good, return_exceptions=True)
        assert str(problem) == "item 300"
        assert answers == 200 * [{}]
        await thread.stop()

    asyncio.run(ask())
