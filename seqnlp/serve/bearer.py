"""The token that requests must bear, if the server has one."""

from __future__ import annotations

import hmac
from collections.abc import Container

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from seqnlp.serve.replies import refusal


class BearerToken:
    """ASGI: answers 401 to requests without the token.

    Args:
        open_paths: that need none.
    """

    def __init__(self, app: ASGIApp, token: str, open_paths: Container[str]) -> None:
        self.app, self._expected, self._open = app, f"Bearer {token}".encode(), open_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "http" and scope["path"] not in self._open:
            given = Headers(scope=scope).get("authorization", "").encode()
            if not hmac.compare_digest(given, self._expected):
                message = "expected the header 'Authorization: Bearer TOKEN' with the token of this server"
                await refusal(401, message, {"www-authenticate": "Bearer"}, close=True)(scope, receive, send)
                return
        await self.app(scope, receive, send)
