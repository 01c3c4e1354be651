"""A real server in a process of its own, and clients of it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from typing import Any

from without import CODE


@dataclass
class Server:
    """A server that runs.

    Attributes:
        log: what it has written to standard error, line by line.
    """

    process: subprocess.Popen[str]
    port: int
    log: list[str] = field(default_factory=list)

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] = {}
    ) -> tuple[int, bytes, Mapping[str, str]]:
        """Status, body and headers of a reply."""
        with contextlib.closing(HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            connection.request(method, path, body, dict(headers))
            reply: HTTPResponse = connection.getresponse()
            return reply.status, reply.read(), {name.lower(): value for name, value in reply.getheaders()}

    def get(self, path: str, **headers: str) -> tuple[int, bytes, Mapping[str, str]]:
        """A page."""
        return self.request("GET", path, headers=headers)

    def post(self, path: str, content: Any, headers: Mapping[str, str] = {}) -> tuple[int, Any]:
        """Status and content of the reply to a question; bytes are sent as they are."""
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        status, reply, _ = self.request("POST", path, body, {"Content-Type": "application/json", **headers})
        return status, json.loads(reply)

    def answers(self, path: str, **question: Any) -> list[Any]:
        """The answers to a question that must not be refused."""
        status, reply = self.post(path, question)
        assert status == 200, reply
        actual: list[Any] = reply["answers"]
        return actual

    def socket(self) -> socket.socket:
        """A connection, for clients that misbehave."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def events(self) -> list[dict[str, Any]]:
        """The log so far, parsed; the first line is for people."""
        return [json.loads(line) for line in list(self.log) if line.startswith("{")]

    def event_of(self, request_id: str) -> dict[str, Any]:
        """The log's line of a request, which comes just after its reply."""
        for _ in range(100):
            for event in self.events():
                if event.get("id") == request_id:
                    return event
            time.sleep(0.05)
        raise AssertionError(f"no line of {request_id} in {self.log}")

    def stop(self) -> int:
        """End it as a service manager does; its exit status."""
        self.process.terminate()
        return self.process.wait(timeout=60)


@contextlib.contextmanager
def running(
    *arguments: object, without: str = "", verb: str = "serve", python: str = sys.executable, **variables: str
) -> Iterator[Server]:
    """``seqnlp serve ARGUMENTS``, or another verb, on a free port.

    Args:
        without: packages, joined by commas, that cannot be imported.
        python: the interpreter.
        variables: of the environment.
    """
    command = [python, "-c", CODE, without, verb, *map(str, arguments), "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, **variables})
    assert process.stderr is not None
    server = Server(process, 0)
    try:
        for line in process.stderr:
            server.log.append(line)
            if actual := re.search(r"http://\S+:(\d+); Ctrl-C", line):
                server.port = int(actual[1])
                break
        assert server.port, server.log
        reader = threading.Thread(target=lambda: server.log.extend(process.stderr or ()), daemon=True)
        reader.start()
        yield server
    finally:
        process.kill()
        process.wait()
