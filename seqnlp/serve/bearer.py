"""The token that requests must bear, if the server has one; programs that know only passwords send it as one."""

from __future__ import annotations

import base64
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
        self.app, self._expected, self._open = app, token.encode(), open_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or scope["path"] in self._open or self._bears_it(scope):
            await self.app(scope, receive, send)
            return
        message = "expected the header 'Authorization: Bearer TOKEN' with the token of this server"
        await refusal(401, message, {"www-authenticate": "Bearer"}, close=True)(scope, receive, send)

    def _bears_it(self, scope: Scope) -> bool:
        return hmac.compare_digest(_given(Headers(scope=scope).get("authorization", "")), self._expected)


def _given(header: str) -> bytes:
    """The token in a header ``Authorization``, or the password of whatever user."""
    kind, _, value = header.partition(" ")
    if kind.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).partition(b":")[2]
        except ValueError:
            return b""
    return value.encode() if kind.lower() == "bearer" else b""
