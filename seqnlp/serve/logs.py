"""The server's log: a line of JSON on standard error for each request. No text of a client unless it is asked for."""

from __future__ import annotations

import json
import logging
import time
import traceback
from types import TracebackType
from typing import Any

LOGGER = logging.getLogger("seqnlp.serve")
_OTHERS = ("uvicorn", "uvicorn.error", "asyncio")


class JsonLines(logging.Formatter):
    """A record as one line of JSON; ``extra={"fields": {...}}`` adds fields."""

    def __init__(self, texts: bool) -> None:
        super().__init__()
        self._texts = texts

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, Any] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03}Z",
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[1]:
            line["error"] = described(record.exc_info[1], record.exc_info[2], self._texts)
        return json.dumps(line, ensure_ascii=True)


def described(problem: BaseException, trace: TracebackType | None, texts: bool) -> dict[str, Any]:
    """An error and where it arose; its message may quote a text, so that is told only if texts may be."""
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
    fields: dict[str, Any] = {"type": type(problem).__name__, "places": places[-12:]}
    return {**fields, "message": str(problem)} if texts else fields


def log_json(requests: bool, texts: bool) -> None:
    """Write this server's log, and what its libraries say, as lines of JSON.

    Args:
        requests: each request, not errors only.
        texts: also what was asked.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines(texts))
    for name in (LOGGER.name, *_OTHERS):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(logging.WARNING)
    if requests:
        LOGGER.setLevel(logging.INFO)
    logging.getLogger("uvicorn.error").handlers = []  # it hands its records to uvicorn
    logging.getLogger("uvicorn.error").propagate = True
