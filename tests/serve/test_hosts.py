"""Names under which a server may be asked: a stranger's name that points to this machine is none of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import refusal
from served import Server, running
from starlette.types import Message, Receive, Scope, Send

from seqnlp.serve.hosts import KnownHosts

HERE = [
    "localhost",
    "LOCALHOST:8000",
    "models.localhost:1",
    "127.0.0.1:8000",
    "[::1]:8000",
    "10.0.0.7",
    "proxy.test:80",
]
ELSEWHERE = [
    "evil.test",
    "evil.test:8000",
    "localhost.evil.test",
    "127.0.0.1.evil.test",
    "1",
    "::1",
    "a b",
    "",
    "[a]:1",
]


@pytest.fixture(scope="module")
def asked(models: dict[str, Path]) -> Iterator[Server]:
    with running(models["classify"], "--allow-host", "Proxy.test", without="torch") as server:
        yield server


def test_a_server_for_this_machine_is_asked_under_its_own_names(asked: Server) -> None:
    for host in HERE:
        assert asked.get("/models", Host=host)[0] == 200, host
    for path in ("/", "/health", "/models", "/metrics", "/openapi.json", "/nothing"):
        status, reply, _ = asked.get(path, Host="evil.test")
        assert status == 403, path
        assert json.loads(reply)["error"].startswith("expected the header 'Host' to be localhost, an address, or")
    assert asked.post("/classify", {"texts": ["Fine."]}, {"Host": "evil.test"})[0] == 403


@pytest.mark.parametrize("hosts", [[one] for one in [*HERE, *ELSEWHERE]] + [[], ["localhost", "evil.test"]])
def test_names(hosts: list[str]) -> None:
    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message: Message) -> None:
        statuses.append(message.get("status"))

    statuses: list[int | None] = []
    scope = {"type": "http", "headers": [(b"host", host.encode()) for host in hosts]}
    asyncio.run(KnownHosts(inner, ["proxy.test"])(scope, asyncio.Queue().get, send))
    assert statuses[0] == (200 if all(host in HERE for host in hosts) else 403)


@pytest.mark.parametrize("name", ["http://proxy.test", "proxy.test:80", "", "*"])
def test_what_is_no_name_is_refused(name: str) -> None:
    assert refusal("serve", "RUN", "--allow-host", name) == (
        f"--allow-host: expected a name alone, such as models.example.org, found '{name}'"
    )
