"""Bodies are read here, whole, before anything else sees them: not more than allowed, and not for ever."""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from seqnlp.serve.options import Limits
from seqnlp.serve.replies import refusal

_DISCARDED = 8
"""So many times the limit is read and dropped, so that a client that sends too much gets to read why it is refused."""


class ClientGoneError(Exception):
    """The client went before its request was whole."""


class TooLargeError(Exception):
    """The body is larger than allowed."""


class BodyLimits:
    """ASGI: answers 413 and 408 itself; the application gets whole bodies."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self.app, self.limits = app, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self.limits.seconds):
                body = await _body(receive, self.limits.body_bytes)
        except TimeoutError:
            message = f"expected the whole body within {self.limits.seconds:g} seconds"
            await refusal(408, message, close=True)(scope, receive, send)
        except TooLargeError:
            message = f"expected a body of at most {self.limits.body_bytes:,} bytes, found more"
            await refusal(413, message, close=True)(scope, receive, send)
        except ClientGoneError:
            return
        else:
            await self.app(scope, _Replay(body, receive), send)


class _Replay:
    """``receive`` of a body that was read already."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> Message:
        body, self._body = self._body, None
        if body is None:
            return await self._receive()
        return {"type": "http.request", "body": body, "more_body": False}


async def _body(receive: Receive, most: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        part = message.get("body", b"")
        size += len(part)
        if size <= most:
            parts.append(part)
        if size > _DISCARDED * most or (size > most and not message.get("more_body")):
            raise TooLargeError
        if not message.get("more_body"):
            return b"".join(parts)
