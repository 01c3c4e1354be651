"""The token that requests must bear, if the server has one."""

from __future__ import annotations

import hmac

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from seqnlp.serve.replies import refusal

OPEN = ("/", "/page.js", "/page.css", "/health")
"""Paths that tell nothing and compute nothing."""


class BearerToken:
    """ASGI: answers 401 to requests without the token."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self.app, self._expected = app, f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "http" and scope["path"] not in OPEN:
            given = Headers(scope=scope).get("authorization", "").encode()
            if not hmac.compare_digest(given, self._expected):
                message = "expected the header 'Authorization: Bearer TOKEN' with the token of this server"
                await refusal(401, message, {"www-authenticate": "Bearer"}, close=True)(scope, receive, send)
                return
        await self.app(scope, receive, send)
