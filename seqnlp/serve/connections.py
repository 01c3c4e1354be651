"""Connections: slow and half-closed ones, beyond what uvicorn does."""

from __future__ import annotations

import asyncio
import socket
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_MOST_HEADER_BYTES = 64 * 1024
_PROBE_SECONDS = 0.25
_PROBE = b"HTTP/1.1 100 Continue\r\n\r\n"
"""What every client of HTTP/1.1 passes over."""


def connection_class(seconds: float) -> type[asyncio.Protocol]:
    """The protocol of a server whose clients have so many seconds for their headers, and to take an answer."""

    class Connection(HttpToolsProtocol):
        """One connection."""

        _closing: asyncio.TimerHandle | None = None
        _header_bytes = 0

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            """A client came."""
            super().connection_made(cast(asyncio.Transport, transport))  # that of a TCP connection reads and writes
            _set_up(transport.get_extra_info("socket"), seconds)
            self._expect_headers()

        def data_received(self, data: bytes) -> None:
            """Bytes came; headers must be whole in time."""
            super().data_received(data)
            if self.cycle is not None and not self.cycle.response_complete:
                self._stop_waiting()
                return
            self._header_bytes += len(data)
            if self._header_bytes > _MOST_HEADER_BYTES and not self.transport.is_closing():
                self.send_400_response("Headers are too long.")
            elif self._closing is None:
                self._expect_headers()

        # asyncio asks for a bool: True keeps a connection open that the client has half closed, so that its answer can
        # still be sent. uvicorn never does that and declares None, so no return type is right for both.
        def eof_received(self) -> bool:  # type: ignore[override]
            """The client sends no more. It may still read: what it has asked is answered, then the connection ends."""
            answering = self.cycle is not None and not self.cycle.response_complete and not self.cycle.more_body
            if answering:
                self.cycle.keep_alive = False
                self._probe_later(probed=self.cycle.scope["http_version"] != "1.1")
            return answering

        def _probe_later(self, probed: bool) -> None:
            self.loop.call_later(_PROBE_SECONDS, self._probe, probed)

        def _probe(self, probed: bool) -> None:
            """End the connection if nobody reads it either.

            Whether a client left or only sends no more is not told; the system of one that left refuses what is sent.
            """
            if self.transport.is_closing() or self.cycle.response_started:
                return
            if self.transport.get_extra_info("socket").getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                self.transport.abort()
                return
            if not probed:
                self.transport.write(_PROBE)
            self._probe_later(probed=True)

        def connection_lost(self, exc: Exception | None) -> None:
            """The connection ended."""
            self._stop_waiting()
            super().connection_lost(exc)

        def _expect_headers(self) -> None:
            self._closing = self.loop.call_later(seconds, self.timeout_keep_alive_handler)

        def _stop_waiting(self) -> None:
            self._header_bytes = 0
            if self._closing is not None:
                self._closing.cancel()
                self._closing = None

    return Connection


def _set_up(connection: Any, seconds: float) -> None:
    """Send at once: else the body of an answer waits 40 ms for the client to acknowledge its headers.

    Where the system can, it ends a connection whose client takes nothing of an answer for so many seconds.
    """
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(1000 * seconds))
