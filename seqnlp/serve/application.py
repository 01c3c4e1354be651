"""The application of ``seqnlp serve``: paths to models."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from seqnlp import __version__
from seqnlp.errors import SeqnlpError
from seqnlp.serve.answers import Answered, Failure
from seqnlp.serve.models import VERBS_OF, Models
from seqnlp.serve.options import Options
from seqnlp.serve.pages import PAGES, add_pages
from seqnlp.serve.questions import Question
from seqnlp.serve.replies import json_reply
from seqnlp.serve.service import Service, guarded
from seqnlp.serve.verbs import VERBS, Verb

_REFUSALS = {
    404: "There is no such model",
    413: "The body is too large, or there are too many texts",
    422: "The question is not as expected",
    503: "Too much waits already; Retry-After says when to ask again",
}


def make_application(models: Models, options: Options) -> ASGIApp:
    """Everything that answers, with its limits around it."""
    service = Service(models, options)
    app = FastAPI(
        title="seqnlp",
        version=__version__,
        description='Answers of trained models. Errors are `{"error": ...}`.',
        docs_url=None,  # those pages load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,  # behind a proxy it would lead elsewhere
        lifespan=service.running,
    )
    add_pages(app)
    for name in dict.fromkeys(name for one in models.served.values() for name in VERBS_OF[one.task]):
        _add_verb(app, service, name, VERBS[name])

    @app.get("/models", summary="The models of this server", response_model=None)
    async def models_() -> Response:
        return json_reply({"models": [one.described() for one in models.served.values()]})

    @app.head("/health", include_in_schema=False, response_model=None)
    @app.get("/health", summary="Whether the server answers", response_model=None)
    async def health() -> Response:
        return json_reply({"status": "ok", "waiting": service.waiting})

    return guarded(app, service, {*PAGES, "/health"})


def _add_verb(app: FastAPI, service: Service, name: str, verb: Verb) -> None:
    async def handle(question: Question, request: Request) -> Response:
        if misplaced := [field for field in request.query_params if field in verb.question.model_fields]:
            raise SeqnlpError(f"{misplaced[0]}: expected in the JSON body, found in the address, where it is not read")
        served = service.models.find(question.model, name)
        answers = await service.ask(served, name, question.items(), question.options(), request)
        return json_reply({"model": served.name, "answers": answers})

    handle.__annotations__ = {"question": verb.question, "request": Request, "return": Response}
    answered = Answered.__class_getitem__(verb.answered)
    responses: dict[int | str, dict[str, Any]] = {200: {"model": answered, "description": verb.answered.__doc__}}
    responses |= {status: {"model": Failure, "description": text} for status, text in _REFUSALS.items()}
    path = app.post(f"/{name}", summary=verb.summary, operation_id=name, response_model=None, responses=responses)
    path(handle)
