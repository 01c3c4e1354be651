"""Replies in JSON, errors among them, which all look alike."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from seqnlp.json_text import json_text


def json_reply(content: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A reply; what is no number in JSON is null."""
    return Response(json_text(content).encode(), status, headers, media_type="application/json")


def refusal(status: int, message: str, headers: dict[str, str] | None = None, *, close: bool = False) -> Response:
    """An error; with ``close`` the connection ends, as what else the client sends is not read."""
    more = {"connection": "close"} if close else {}
    return json_reply({"error": message}, status, {**(headers or {}), **more})
