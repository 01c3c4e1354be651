"""Each request has an id, a line in the log and its place in the metrics."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Container
from typing import Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from seqnlp.serve.logs import LOGGER
from seqnlp.serve.metrics import Metrics

CLIENT_GONE = 499
"""What is counted where nobody waited for an answer, as nginx does."""

_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")


class Recorded:
    """ASGI, around all else: what fails inside is logged with the id of the request.

    Args:
        paths: that the server has; others are counted together.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, paths: Container[str]) -> None:
        self.app, self.metrics, self.paths = app, metrics, paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = time.perf_counter()
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _ID.fullmatch(given) else f"{random.getrandbits(64):016x}"
        fields: dict[str, Any] = {}
        scope["fields"] = fields  # what the handler adds to the log
        scope["request_id"] = request_id
        status = CLIENT_GONE

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            await self.app(scope, receive, answer)
        except Exception:
            status = 500
            LOGGER.exception("failed", extra={"fields": {"id": request_id}})
        seconds = time.perf_counter() - begun
        path = scope["path"] if scope["path"] in self.paths else "other"
        self.metrics.request(path, status, seconds)
        request = {"id": request_id, "method": scope["method"], "path": path, "status": status}
        LOGGER.info("request", extra={"fields": {**request, "ms": round(1000 * seconds, 2), **fields}})
