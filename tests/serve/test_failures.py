"""A model that fails in a way that nobody foresaw."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from http.client import HTTPConnection
from threading import Event, Thread
from typing import Any

import pytest

from seqnlp.serve.application import make_application
from seqnlp.serve.logs import LOGGER, JsonLines
from seqnlp.serve.models import Models, ServedModel
from seqnlp.serve.options import Options
from seqnlp.serve.server import listen, serve

SECRET = "Wren Hollis"


class Failing:
    """A tagger that fails at one word."""

    plain_tags = False

    def tag_texts(self, texts: Sequence[str], **options: Any) -> list[Any]:
        if any("Wren" in text for text in texts):
            raise ZeroDivisionError(f"cannot read {texts}")
        return []


@pytest.fixture
def port() -> int:
    """A server in a thread of this process; it ends with the process."""
    ready, listening = Event(), listen("127.0.0.1", 0)
    application = make_application(Models([ServedModel("x", "tagging", Failing())]), Options())
    Thread(target=serve, args=(application, listening, Options(), ready.set), daemon=True).start()
    assert ready.wait(30)
    number: int = listening.getsockname()[1]
    return number


def ask(port: int, text: str) -> tuple[int, Any]:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Content-Type": "application/json", "X-Request-ID": "r1"}
    connection.request("POST", "/tag", json.dumps({"texts": [text]}), headers)
    reply = connection.getresponse()
    return reply.status, json.loads(reply.read())


def test_it_is_a_500_with_an_id_and_the_log_says_where_without_the_text(
    port: int, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, LOGGER.name):
        status, reply = ask(port, SECRET)
        assert (status, list(reply)) == (500, ["error"])
        assert reply["error"].endswith("the id r1")
        assert ask(port, "Ada")[0] == 200
    (failure,) = [record for record in caplog.records if record.message == "failed"]
    line = json.loads(JsonLines(texts=False).format(failure))
    assert (line["id"], line["error"]["type"]) == ("r1", "ZeroDivisionError")
    assert "tag_texts" in line["error"]["places"][-1]
    assert SECRET not in str(line)
    assert SECRET in JsonLines(texts=True).format(failure)
