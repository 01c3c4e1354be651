"""A small Hugging Face Hub on this machine: the part of its HTTP API that pushing and loading a model use."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha1
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml

TOKEN = "hf_stand_in"


@dataclass
class Hub:
    """What it holds.

    Attributes:
        files: of each commit, by (model, commit).
        heads: the commit of each branch, by (model, branch).
        private: models that only the bearer of the token may see.
        asked: methods and paths of all requests.
    """

    address: str = ""
    files: dict[tuple[str, str], dict[str, bytes]] = field(default_factory=dict)
    heads: dict[tuple[str, str], str] = field(default_factory=dict)
    private: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    def commit(self, model: str, branch: str, files: dict[str, bytes]) -> str:
        """A new revision that holds these files and no others."""
        number = sha1(repr((model, branch, len(self.files), sorted(files))).encode()).hexdigest()
        self.files[model, number] = files
        self.heads[model, branch] = number
        return number

    def newest(self, model: str, branch: str = "main") -> dict[str, bytes]:
        """The files of a branch."""
        return self.files[model, self.heads[model, branch]]

    def commit_of(self, model: str, revision: str) -> str | None:
        """The commit that a branch or a commit is."""
        return revision if (model, revision) in self.files else self.heads.get((model, revision))


@contextmanager
def hub_running() -> Iterator[Hub]:
    """A hub without models."""
    hub = Hub()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *arguments: Any) -> None:
            """Nothing is logged."""

        def do_GET(self) -> None:
            self._answer(b"")

        def do_HEAD(self) -> None:
            self._answer(b"")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

        def _answer(self, body: bytes) -> None:
            path = unquote(urlsplit(self.path).path)
            hub.asked.append(f"{self.command} {path}")
            known = self.headers.get("Authorization") == f"Bearer {TOKEN}"
            if self.command == "POST" and not known:
                self._send(401, {"error": "Invalid credentials"})
            elif actual := re.fullmatch(
                r"/api/models/([^/]+/[^/]+)/(revision|tree|preupload|commit|branch)/(.+)", path
            ):
                self._model(actual[1], actual[2], actual[3], body, known)
            elif actual := re.fullmatch(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path):
                self._file(actual[1], actual[2], actual[3])
            elif path == "/api/validate-yaml":
                front = json.loads(body)["content"].split("---\n")[1]
                self._send(200, {"errors": [] if yaml.safe_load(front) else [{"message": "empty"}], "warnings": []})
            elif path == "/api/repos/create":
                question = json.loads(body)
                name = f"{question.get('organization') or 'ada'}/{question['name']}"
                self._create(name, question.get("visibility") == "private")
            else:
                self._send(404, {"error": f"not known: {path}"})

        def _create(self, name: str, private: bool) -> None:
            there = any(model == name for model, _ in hub.heads)
            if not there:
                hub.commit(name, "main", {".gitattributes": b""})
            if private and not there:
                hub.private.add(name)
            self._send(409 if there else 200, {"url": f"{hub.address}/{name}", "name": name})

        def _model(self, model: str, what: str, revision: str, body: bytes, known: bool) -> None:
            if not any(one == model for one, _ in hub.heads) or (model in hub.private and not known):
                self._send(404 if known else 401, {"error": "Repository not found"}, {"X-Error-Code": "RepoNotFound"})
                return
            if what == "branch":
                hub.heads[model, revision] = hub.heads[model, "main"]
                self._send(200, {})
                return
            commit = hub.commit_of(model, revision)
            if commit is None:
                self._send(404, {"error": "no revision"}, {"X-Error-Code": "RevisionNotFound"})
                return
            files = hub.files[model, commit]
            if what == "revision":
                siblings = [{"rfilename": name} for name in files]
                self._send(200, {"id": model, "modelId": model, "sha": commit, "siblings": siblings, "tags": []})
            elif what == "tree":
                rows = [{"type": "file", "path": n, "size": len(c), "oid": _oid(c)} for n, c in files.items()]
                self._send(200, rows)
            elif what == "preupload":
                names = [one["path"] for one in json.loads(body)["files"]]
                modes = [{"path": n, "uploadMode": "regular", "shouldIgnore": False} for n in names]
                self._send(200, {"files": modes})
            else:
                changed = dict(files)
                for line in map(json.loads, body.splitlines()):
                    value = line["value"]
                    if line["key"] == "file":
                        changed[value["path"]] = base64.b64decode(value["content"])
                    elif line["key"] == "deletedFile":
                        del changed[value["path"]]
                number = hub.commit(model, revision, changed)
                self._send(200, {"commitUrl": f"{hub.address}/{model}/commit/{number}", "commitOid": number})

        def _file(self, model: str, revision: str, name: str) -> None:
            commit = hub.commit_of(model, revision)
            content = hub.files.get((model, commit or ""), {}).get(name)
            if content is None:
                self._send(404, {"error": "no file"}, {"X-Error-Code": "EntryNotFound"})
                return
            self._send_bytes(200, content, {"X-Repo-Commit": str(commit), "ETag": f'"{_oid(content)}"'})

        def _send(self, status: int, content: Any, headers: dict[str, str] | None = None) -> None:
            self._send_bytes(
                status, json.dumps(content).encode(), {"Content-Type": "application/json", **(headers or {})}
            )

        def _send_bytes(self, status: int, content: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.address = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()


def _oid(content: bytes) -> str:
    return sha1(b"blob %d\0" % len(content) + content).hexdigest()
