"""What all paths of a server share: models, the thread that computes, what is counted, and how errors look."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Container, Coroutine, Hashable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from seqnlp.errors import SeqnlpError
from seqnlp.serve.bearer import BearerToken
from seqnlp.serve.hosts import KnownHosts
from seqnlp.serve.limits import BodyLimits
from seqnlp.serve.metrics import CONTENT_TYPE, Metrics
from seqnlp.serve.model_thread import Answers, BusyError, ModelThread
from seqnlp.serve.models import Models, ServedModel, UnknownModelError
from seqnlp.serve.options import Options
from seqnlp.serve.record import CLIENT_GONE, Recorded
from seqnlp.serve.replies import refusal
from seqnlp.serve.verbs import VERBS


class TooManyError(Exception):
    """More texts than a request may have."""


class ClientLeftError(Exception):
    """The client did not wait for its answer."""


class Service:
    """What the paths share: models, the thread that computes, and what is counted."""

    def __init__(self, models: Models, options: Options) -> None:
        self.models, self.options, self.metrics = models, options, Metrics()
        self._thread: ModelThread | None = None
        self.metrics.watch_waiting(lambda: self.waiting)

    @property
    def waiting(self) -> int:
        """Texts that wait or are computed."""
        return self._thread.waiting if self._thread else 0

    @asynccontextmanager
    async def running(self, app: FastAPI) -> AsyncIterator[None]:
        """While the server runs."""
        self._thread = ModelThread(self.options.limits.waiting, self._observe)
        yield
        await self._thread.stop()

    async def ask(
        self, served: ServedModel, verb: str, items: Sequence[Any], options: tuple[Any, ...], request: Request
    ) -> Answers:
        """An answer to each item.

        Raises:
            TooManyError: items.
            BusyError: too much waits already.
            ClientLeftError: the client went; nothing more is computed for it.
        """
        most = self.options.limits.lines
        if len(items) > most:
            raise TooManyError(f"expected at most {most:,} texts, found {len(items):,}; send them in parts")
        fields = request.scope["fields"]
        fields |= {"model": served.name, "lines": len(items)}
        if self.options.log_texts:
            fields["items"] = items

        def answer(some: Sequence[Any]) -> Answers:
            return VERBS[verb].answer(served.model, some, *options)

        assert self._thread is not None
        if not items:
            return []
        return await _while_client_waits(self._thread.ask((served.name, verb, options), answer, items), request)

    def _observe(self, key: Hashable, lines: int, seconds: float) -> None:
        assert isinstance(key, tuple)
        self.metrics.batch(key[0], key[1], lines, seconds)


async def _while_client_waits(asking: Coroutine[Any, Any, Answers], request: Request) -> Answers:
    """The answers; asking is given up when the connection ends.

    Raises:
        ClientLeftError: it did.
    """
    answering = asyncio.current_task()
    assert answering is not None
    left = False

    async def watch() -> None:
        nonlocal left
        while (await request.receive())["type"] != "http.disconnect":
            pass
        left = True
        answering.cancel()

    watching = asyncio.create_task(watch())
    try:
        return await asking
    except asyncio.CancelledError:
        if not left:
            raise
        answering.uncancel()
        raise ClientLeftError from None
    finally:
        watching.cancel()


def guarded(app: FastAPI, service: Service, open_paths: Container[str]) -> ASGIApp:
    """An application with metrics, errors that look alike, limits, token and log.

    Args:
        open_paths: that need no token.
    """
    _add_errors(app)

    @app.head("/metrics", include_in_schema=False, response_model=None)
    @app.get("/metrics", summary="Counters, in the text format of Prometheus", response_model=None)
    async def metrics() -> Response:
        return Response(service.metrics.text(), media_type=CONTENT_TYPE)

    options = service.options
    inner: ASGIApp = app if options.hosts is None else KnownHosts(app, options.hosts)
    inner = BodyLimits(inner, options.limits)
    if options.token:
        inner = BearerToken(inner, options.token, open_paths)
    return Recorded(inner, service.metrics, {path for route in app.routes if (path := getattr(route, "path", ""))})


def _add_errors(app: FastAPI) -> None:
    async def wrong_question(request: Request, problem: Exception) -> Response:
        assert isinstance(problem, RequestValidationError)
        wrong = [_described(error) for error in problem.errors()]
        return refusal(422, "; ".join(wrong[:5]) + ("; ..." if len(wrong) > 5 else ""))

    async def refused(request: Request, problem: Exception) -> Response:
        return refusal(404 if isinstance(problem, UnknownModelError) else 422, str(problem))

    async def plain(request: Request, problem: Exception) -> Response:
        assert isinstance(problem, HTTPException)
        unread = problem.status_code == 400 and problem.__cause__
        encoding, headers = request.headers.get("content-encoding", ""), dict(problem.headers or {})
        message = f"the body is no JSON ({_unread(unread, encoding)})" if unread else str(problem.detail)
        if problem.status_code == 404:
            message = "there is no such path; /openapi.json lists all"
        elif problem.status_code == 405:
            message = f"expected {headers.get('Allow', 'another method')} for this path, found {request.method}"
        return refusal(problem.status_code, message, headers)

    async def too_many(request: Request, problem: Exception) -> Response:
        return refusal(413, str(problem))

    async def busy(request: Request, problem: Exception) -> Response:
        return refusal(503, "too much waits already; ask again later", {"retry-after": "1"})

    async def left(request: Request, problem: Exception) -> Response:
        return refusal(CLIENT_GONE, "the client left before its answer")  # for the log

    async def failed(request: Request, problem: Exception) -> Response:
        number = request.scope["request_id"]
        return refusal(500, f"this failed inside the server, whose log tells more under the id {number}")

    app.add_exception_handler(Exception, failed)
    app.add_exception_handler(TooManyError, too_many)
    app.add_exception_handler(BusyError, busy)
    app.add_exception_handler(ClientLeftError, left)
    app.add_exception_handler(RequestValidationError, wrong_question)
    app.add_exception_handler(SeqnlpError, refused)
    app.add_exception_handler(HTTPException, plain)


def _described(error: dict[str, Any]) -> str:
    """What is wrong with a field. What was sent is not repeated."""
    place = ".".join(str(part)[:100] for part in error["loc"][1:])
    if error["type"] == "model_attributes_type" or (error["type"] == "missing" and not place):
        whole = "expected a JSON object and the header 'Content-Type: application/json'"
        return f"{place}: expected a JSON object" if place else whole
    if error["type"] == "json_invalid":
        why = str(error["ctx"]["error"])
        return f"the body is no JSON ({why[:1].lower()}{why[1:]}, at character {error['loc'][1] + 1:,})"
    return f"{place}: {error['msg']}" if place else str(error["msg"])


def _unread(problem: BaseException, encoding: str) -> str:
    """Why a body could not be read at all."""
    if encoding:
        return f"it is packed, Content-Encoding: {encoding[:40]}"
    if isinstance(problem, UnicodeDecodeError):
        return "it is not in UTF-8"
    return "it is nested too deeply" if isinstance(problem, RecursionError) else "it has a number too long to read"
