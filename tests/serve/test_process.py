"""How a server starts, what it says, and how it ends."""

from __future__ import annotations

import json
import signal
import socket
import stat
import threading
import time
from pathlib import Path

import pytest
from command import refusal
from prometheus_client.parser import text_string_to_metric_families
from served import Server, running
from without import run_without

TEXT = "Velvet Sorrel of Lower Ashby"


@pytest.fixture(scope="module")
def guarded(models: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Server:
    """A server with a token, of a translator whose queue is short."""
    file = tmp_path_factory.mktemp("token") / "token"
    file.write_text("s3cret-and-long\n")
    file.chmod(stat.S_IRUSR)
    with running(f"de={models['translate']}", "--token-file", file, "--max-waiting", 1, without="torch") as server:
        yield server


BEARER = {"Authorization": "Bearer s3cret-and-long"}


def test_a_token_is_asked_for_but_for_the_page_and_health(guarded: Server) -> None:
    for wrong in ("", "Bearer s3cret", "s3cret-and-long", "Bearer \xe9"):
        headers = {"Authorization": wrong}
        status, reply, actual = guarded.request("POST", "/translate", b'{"texts": ["a"]}', headers)
        assert (status, actual["www-authenticate"]) == (401, "Bearer")
        assert "s3cret-and-long" not in reply.decode()
    for path in ("/models", "/metrics", "/openapi.json", "/nothing"):
        assert guarded.get(path)[0] == 401
    for path in ("/health", "/", "/demo.mjs", "/view.mjs", "/page.css"):
        assert guarded.get(path)[0] == guarded.request("HEAD", path)[0] == 200
    assert guarded.post("/translate", {"texts": ["Ein Hund."]}, BEARER)[0] == 200
    assert "s3cret" not in Path(f"/proc/{guarded.process.pid}/cmdline").read_text()
    assert "s3cret" not in "".join(guarded.log)


def test_who_comes_while_too_much_waits_is_told_when_to_come_again(guarded: Server) -> None:
    slow = {"texts": ["Ein Hund läuft. " * 400]}
    first = threading.Thread(target=guarded.post, args=("/translate", slow, BEARER))
    first.start()
    while json.loads(guarded.get("/health")[1])["waiting"] == 0:
        time.sleep(0.005)
    body = json.dumps({"texts": ["Ein Hund."]}).encode()
    status, reply, headers = guarded.request("POST", "/translate", body, {**BEARER, "Content-Type": "application/json"})
    assert (status, headers["retry-after"]) == (503, "1")
    assert json.loads(reply) == {"error": "too much waits already; ask again later"}
    first.join()
    assert guarded.post("/translate", {"texts": ["Ein Hund."]}, BEARER)[0] == 200


def test_the_log_has_a_line_a_request_and_no_text(server: Server) -> None:
    body = json.dumps({"texts": [TEXT, "b"], "model": "names"}).encode()
    kind = {"Content-Type": "application/json"}
    status, _, headers = server.request("POST", "/tag", body, {**kind, "X-Request-ID": "mine-17"})
    assert (status, headers["x-request-id"]) == (200, "mine-17")
    event = server.event_of("mine-17")
    assert {**event, "time": 0, "ms": 0} == {
        "time": 0,
        "level": "info",
        "event": "request",
        "id": "mine-17",
        "method": "POST",
        "path": "/tag",
        "status": 200,
        "ms": 0,
        "model": "names",
        "lines": 2,
    }
    for odd in ('"}\\n{"level": "x', "a" * 65, "b c"):
        actual = server.get("/health", **{"X-Request-ID": odd})[2]["x-request-id"]
        assert actual != odd
        assert server.event_of(actual)["path"] == "/health"
    server.post("/tag?" + TEXT.replace(" ", "+"), {"texts": [TEXT], TEXT: 1})
    server.get("/" + TEXT.replace(" ", "+"))
    assert TEXT[:6] not in "".join(server.log)


def test_metrics_are_read_by_prometheus_and_count(server: Server) -> None:
    def counted() -> float:
        actual = server.get("/metrics")[1].decode()
        rows = [row for family in text_string_to_metric_families(actual) for row in family.samples]
        assert {row.labels["path"] for row in rows if row.name == "seqnlp_requests_total"} <= {
            *("/tag", "/classify", "/translate", "/score", "/complete", "/forecast", "/detect"),
            *("/health", "/metrics", "/models", "/openapi.json", "/", "other"),
            *("/demo.mjs", "/view.mjs", "/page.css"),  # of the page at /
        }
        labels = {"model": "names", "verb": "tag"}
        return sum(row.value for row in rows if (row.name, row.labels) == ("seqnlp_lines_total", labels))

    before = counted()
    server.get("/x/" + "y" * 100)
    server.answers("/tag", texts=["a", "b", "c"])
    assert counted() == before + 3


def test_a_server_that_is_stopped_answers_what_it_was_asked_and_ends_well(models: dict[str, Path]) -> None:
    with running(models["translate"], "--log-texts", without="torch", SEQNLP_TOKEN="from-outside") as server:
        headers = {"Authorization": "Bearer from-outside"}
        assert server.get("/models")[0] == 401
        actual: list[int] = []
        slow = {"texts": ["Ein Hund läuft. " * 400]}
        asking = threading.Thread(target=lambda: actual.append(server.post("/translate", slow, headers)[0]))
        asking.start()
        while json.loads(server.get("/health")[1])["waiting"] == 0:
            time.sleep(0.005)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        with pytest.raises(ConnectionRefusedError):
            server.socket()
        asking.join()
        assert actual == [200]
        assert server.process.wait(timeout=30) == 0
        assert "Ein Hund" in str(server.events())


def test_it_says_so_when_everybody_may_ask(models: dict[str, Path]) -> None:
    with running(f"a={models['classify']}", "--host", "0.0.0.0", without="torch") as server:
        assert server.log[0].startswith("warning: everybody who reaches this machine can ask; --token-file")
        assert server.stop() == 0
    assert not server.events()


def test_what_cannot_be_served_is_said_at_once(models: dict[str, Path], tmp_path: Path) -> None:
    model, empty = models["classify"], tmp_path / "empty"
    empty.write_text("\n")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert refusal("serve", model, "--port", port).startswith(f"port {port} is in use; choose another with --port")
    assert refusal("serve", model, "--port", 70_000) == "--port: expected a number from 0 to 65535, found 70000"
    assert "expected a name or an address" in refusal("serve", model, "--port", 0, "--host", "no.such.host.invalid")
    assert "expected a name or an address" in refusal("serve", model, "--port", 0, "--host", "x" * 70)
    assert "expected an address of this machine" in refusal("serve", model, "--port", 0, "--host", "192.0.2.1")
    assert "no such folder" in refusal("serve", tmp_path / "nothing", "--port", 0)
    assert "two models are called 'classification'" in refusal("serve", model, model, "--port", 0)
    assert "expected more than 0" in refusal("serve", model, "--port", 0, "--max-lines", 0)
    assert "expected more than 0" in refusal("serve", model, "--port", 0, "--client-seconds", "nan")
    assert "cannot be read" in refusal("serve", model, "--port", 0, "--token-file", tmp_path)
    assert "expected a token" in refusal("serve", model, "--port", 0, "--token-file", empty)


def test_what_to_install_is_said_where_packages_are_missing(models: dict[str, Path]) -> None:
    for missing in ("fastapi,uvicorn", "prometheus_client"):
        finished = run_without(missing, "serve", models["classify"])
        assert finished.returncode == 2
        assert finished.stderr == (
            f"error: seqnlp serve needs {missing.replace(',', ', ')}, which is not installed; "
            "`pip install 'seqnlp[serve]'`, or, where seqnlp is installed without torch, "
            "`pip install -r requirements/serve.txt`\n"
        )
