"""From models to a server that listens until it is stopped."""

from __future__ import annotations

import contextlib
import errno
import gc
import ipaddress
import signal
import socket
import threading
from collections.abc import Callable, Iterator

import uvicorn
from starlette.types import ASGIApp

from seqnlp.errors import SeqnlpError
from seqnlp.serve.connections import connection_class
from seqnlp.serve.options import Options

_BACKLOG = 1024
_IDLE_SECONDS = 15


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens.

    Raises:
        SeqnlpError: the port is taken or reserved, or there is no such host.
    """
    if not 0 <= port <= 65535:
        raise SeqnlpError(f"--port: expected a number from 0 to 65535, found {port}")
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(address[:2], family=family, backlog=_BACKLOG)
    except (socket.gaierror, UnicodeError):
        raise SeqnlpError(f"--host: expected a name or an address of this machine, found '{host}'") from None
    except OSError as problem:
        reason = {
            errno.EADDRINUSE: f"port {port} is in use; choose another with --port, or 0 for any free one",
            errno.EACCES: f"port {port} is reserved; choose one above 1023 with --port",
            errno.EADDRNOTAVAIL: f"--host: expected an address of this machine, found '{host}'",
        }.get(problem.errno or 0)
        if reason is None:
            raise
        raise SeqnlpError(reason) from None


def is_local(listening: socket.socket) -> bool:
    """Whether only this machine can reach it."""
    return ipaddress.ip_address(listening.getsockname()[0]).is_loopback


def address_of(listening: socket.socket) -> str:
    """Where a browser finds it."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(app: ASGIApp, listening: socket.socket, options: Options, ready: Callable[[], None]) -> None:
    """Serve until SIGTERM or SIGINT; then answer what is under way, and return. ``ready`` is called when it begins."""
    gc.collect()
    gc.freeze()  # what is there now stays; looking through it again and again would hold up requests
    config = uvicorn.Config(
        app,
        http=connection_class(options.limits.seconds),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        limit_concurrency=options.limits.connections,
        timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=options.drain_seconds,
    )
    _Server(config, ready).run([listening])


class _Server(uvicorn.Server):
    """Returns after SIGTERM or SIGINT: uvicorn would raise the signal again, which would kill the process."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
