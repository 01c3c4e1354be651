"""What a server is started with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a client may ask for; what is beyond is refused before anything is computed.

    Attributes:
        body_bytes: of a request's body; more: 413.
        lines: texts of a request; more: 413.
        waiting: lines that wait for their answer, of all requests; more: 503 with Retry-After.
        connections: open at once; more: 503.
        seconds: that a client may take for its headers, for its body, and to take its answer.
    """

    body_bytes: int = 1_000_000
    lines: int = 1000
    waiting: int = 4000
    connections: int = 900
    seconds: float = 10.0


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a server serves.

    Attributes:
        limits: see there.
        token: that requests must bear; empty: they need none.
        hosts: names under which the server may be asked, beside addresses and localhost; None: any.
        log_requests: a line of log for each request; errors are always logged.
        log_texts: also what was asked.
        drain_seconds: that requests under way have to end after SIGTERM.
    """

    limits: Limits = Limits()
    token: str = ""
    hosts: tuple[str, ...] | None = None
    log_requests: bool = True
    log_texts: bool = False
    drain_seconds: int = 30
