"""What is counted, in the text format of Prometheus."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_LINES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)

_leave_out_beginnings: Callable[[], None] = disable_created_metrics
"""When each number began to be counted: a line more for each, which nobody asked for."""


class Metrics:
    """The numbers of one server."""

    def __init__(self) -> None:
        _leave_out_beginnings()
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._requests = Counter("seqnlp_requests", "Requests answered", ["path", "status"], registry=registry)
        self._seconds = Histogram(
            "seqnlp_request_seconds", "From a request to its answer", ["path"], registry=registry, buckets=_SECONDS
        )
        self._lines = Counter("seqnlp_lines", "Texts answered", ["model", "verb"], registry=registry)
        self._computing = Counter(
            "seqnlp_computing_seconds", "Time that models computed", ["model", "verb"], registry=registry
        )
        self._batches = Histogram(
            "seqnlp_batch_lines", "Texts that were computed at once", registry=registry, buckets=_LINES
        )
        self._waiting = Gauge("seqnlp_waiting_lines", "Texts that wait or are computed", registry=registry)

    def request(self, path: str, status: int, seconds: float) -> None:
        """A request was answered; ``path`` is one that the server has, or ``other``."""
        self._requests.labels(path, str(status)).inc()
        self._seconds.labels(path).observe(seconds)

    def batch(self, model: str, verb: str, lines: int, seconds: float) -> None:
        """A batch was computed."""
        self._lines.labels(model, verb).inc(lines)
        self._computing.labels(model, verb).inc(seconds)
        self._batches.observe(lines)

    def watch_waiting(self, waiting: Callable[[], float]) -> None:
        """Where the number of texts that wait is known."""
        self._waiting.set_function(waiting)

    def text(self) -> bytes:
        """All of them."""
        return generate_latest(self._registry)
