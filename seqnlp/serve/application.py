"""The application: paths to models."""

from __future__ import annotations

from collections.abc import AsyncIterator, Hashable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from seqnlp import __version__
from seqnlp.errors import SeqnlpError
from seqnlp.serve.answers import Answered, Failure
from seqnlp.serve.bearer import BearerToken
from seqnlp.serve.limits import BodyLimits
from seqnlp.serve.metrics import CONTENT_TYPE, Metrics
from seqnlp.serve.model_thread import Answers, BusyError, ModelThread
from seqnlp.serve.models import VERBS_OF, Models, UnknownModelError
from seqnlp.serve.options import Options
from seqnlp.serve.pages import PAGES, add_pages
from seqnlp.serve.questions import Question
from seqnlp.serve.record import Recorded
from seqnlp.serve.replies import json_reply, refusal
from seqnlp.serve.verbs import VERBS, Verb

_REFUSALS = {
    404: "There is no such model",
    413: "The body is too large, or there are too many texts",
    422: "The question is not as expected",
    503: "Too much waits already; Retry-After says when to ask again",
}


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

    async def ask(self, name: str, verb: Verb, question: Question, request: Request) -> Response:
        """The answer to a question, or why there is none."""
        items, most = question.items(), self.options.limits.lines
        if len(items) > most:
            return refusal(413, f"expected at most {most:,} texts, found {len(items):,}; send them in parts")
        served = self.models.find(question.model, name)
        fields = request.scope["fields"]
        fields |= {"model": served.name, "lines": len(items)}
        if self.options.log_texts:
            fields["items"] = items
        key = (served.name, name, question.options())

        def answer(some: Sequence[Any]) -> Answers:
            return verb.answer(served.model, some, *key[2])

        assert self._thread is not None
        try:
            answers = await self._thread.ask(key, answer, items) if items else []
        except BusyError:
            return refusal(503, "too much waits already; ask again later", {"retry-after": "1"})
        return json_reply({"model": served.name, "answers": answers})

    def _observe(self, key: Hashable, lines: int, seconds: float) -> None:
        assert isinstance(key, tuple)
        self.metrics.batch(key[0], key[1], lines, seconds)


def make_application(models: Models, options: Options) -> ASGIApp:
    """Everything that answers, with its limits around it."""
    service = Service(models, options)
    app = FastAPI(
        title="seqnlp",
        version=__version__,
        description='Answers of trained models. Errors are `{"error": ...}`.',
        docs_url=None,  # those pages load scripts from elsewhere
        redoc_url=None,
        lifespan=service.running,
    )
    _add_errors(app)
    add_pages(app)
    for name in dict.fromkeys(name for one in models.served.values() for name in VERBS_OF[one.task]):
        _add_verb(app, service, name, VERBS[name])

    @app.get("/models", summary="The models of this server", response_model=None)
    async def models_() -> Response:
        return json_reply({"models": [one.described() for one in models.served.values()]})

    @app.get("/health", summary="Whether the server answers", response_model=None)
    async def health() -> Response:
        return json_reply({"status": "ok", "waiting": service.waiting})

    @app.get("/metrics", summary="Counters, in the text format of Prometheus", response_model=None)
    async def metrics() -> Response:
        return Response(service.metrics.text(), media_type=CONTENT_TYPE)

    inner: ASGIApp = BodyLimits(app, options.limits)
    if options.token:
        inner = BearerToken(inner, options.token, {*PAGES, "/health"})
    return Recorded(inner, service.metrics, {path for route in app.routes if (path := getattr(route, "path", ""))})


def _add_verb(app: FastAPI, service: Service, name: str, verb: Verb) -> None:
    async def handle(question: Question, request: Request) -> Response:
        return await service.ask(name, verb, question, request)

    handle.__annotations__ = {"question": verb.question, "request": Request, "return": Response}
    answered = Answered.__class_getitem__(verb.answered)
    responses: dict[int | str, dict[str, Any]] = {200: {"model": answered, "description": verb.answered.__doc__}}
    responses |= {status: {"model": Failure, "description": text} for status, text in _REFUSALS.items()}
    path = app.post(f"/{name}", summary=verb.summary, operation_id=name, response_model=None, responses=responses)
    path(handle)


def _add_errors(app: FastAPI) -> None:
    async def wrong_question(request: Request, problem: Exception) -> Response:
        assert isinstance(problem, RequestValidationError)
        found = [_told(error) for error in problem.errors()]
        return refusal(422, "; ".join(found[:5]) + ("; ..." if len(found) > 5 else ""))

    async def refused(request: Request, problem: Exception) -> Response:
        return refusal(404 if isinstance(problem, UnknownModelError) else 422, str(problem))

    async def plain(request: Request, problem: Exception) -> Response:
        assert isinstance(problem, HTTPException)
        return refusal(problem.status_code, str(problem.detail), dict(problem.headers or {}))

    app.add_exception_handler(RequestValidationError, wrong_question)
    app.add_exception_handler(SeqnlpError, refused)
    app.add_exception_handler(HTTPException, plain)


def _told(error: dict[str, Any]) -> str:
    """What is wrong with a field. What was sent is not repeated."""
    if error["type"] == "model_attributes_type":
        return "expected a JSON object and the header 'Content-Type: application/json'"
    place = ".".join(str(part)[:100] for part in error["loc"][1:])
    return f"{place}: {error['msg']}" if place else str(error["msg"])
