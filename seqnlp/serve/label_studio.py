"""A machine learning backend of Label Studio: pre-annotations of taggers and classifiers, with scores."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from seqnlp import __version__
from seqnlp.errors import DataError, SeqnlpError
from seqnlp.serve.label_config import Control, find_control
from seqnlp.serve.models import Models, ServedModel
from seqnlp.serve.options import Options
from seqnlp.serve.replies import json_reply
from seqnlp.serve.service import Service, guarded

KINDS = {"tagging": ("tag", "Labels"), "classification": ("classify", "Choices")}
"""The verb of a task, and the tag of a labelling configuration that its answers fill."""

_USUAL = Control("label", "text", "text")
"""What tags are called where no configuration says so, as in what `seqnlp tag --output label-studio` writes."""


_OPEN = {"/webhook"}
"""What Label Studio asks without the password; nothing is read of it. (/health tells it whether that is right.)"""


class Setup(BaseModel):
    """A project that is connected."""

    model_config = ConfigDict(extra="ignore")
    layout: str | None = Field(None, alias="schema")


class Task(BaseModel):
    """A task; all that is read of it is its data."""

    data: dict[str, Any]


class Question(BaseModel):
    """Tasks to annotate."""

    model_config = ConfigDict(extra="ignore")
    tasks: list[Task]
    label_config: str | None = None


def make_backend(served: ServedModel, options: Options) -> ASGIApp:
    """The backend, with its limits around it.

    Raises:
        SeqnlpError: the model's answers are no annotations.
    """
    if served.task not in KINDS:
        raise SeqnlpError(f"Label Studio: expected a tagger or a classifier, found a model for {served.task}")
    service = Service(Models([served]), options)
    app = FastAPI(
        title="Label Studio",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=service.running,
    )
    version = version_of(served)
    verb, kind = KINDS[served.task]

    async def health() -> Response:
        return json_reply({"status": "UP", "model_class": type(served.model).__name__})

    async def setup(question: Setup, request: Request) -> Response:
        with _logged(request):
            if question.layout:
                _check_labels(find_control(question.layout, kind), served)
        return json_reply({"model_version": version})

    async def versions() -> Response:
        return json_reply({"versions": [version]})

    async def predict(question: Question, request: Request) -> Response:
        with _logged(request):
            control = _USUAL if question.label_config is None else find_control(question.label_config, kind)
            texts = [_text(task, control, number) for number, task in enumerate(question.tasks)]
        read = [text for text in texts if text is not None]
        answers = iter(await service.ask(served, verb, read, (0, 0.0) if verb == "tag" else ("",), request))
        results = [_prediction(None if text is None else next(answers), control) for text in texts]
        named = {"model_version": version}
        return json_reply({"results": [one | named for one in results], **named})

    async def is_training() -> Response:
        return json_reply({"is_training": False})

    async def nothing_learnt() -> Response:
        return json_reply({"status": "nothing is learnt here; train a model on exported annotations"})

    _add(app, "GET", "/health", health)
    _add(app, "GET", "/", health)
    _add(app, "POST", "/setup", setup)
    _add(app, "GET", "/versions", versions)
    _add(app, "POST", "/versions", versions)
    _add(app, "POST", "/predict", predict)
    _add(app, "GET", "/is_training", is_training)
    _add(app, "POST", "/webhook", nothing_learnt)
    _add(app, "POST", "/train", nothing_learnt)
    return guarded(app, service, _OPEN)


def version_of(served: ServedModel) -> str:
    """Another one for every model: its recipe and the beginning of its identity."""
    return f"{served.model.metrics.get('recipe') or served.name} {served.model.identity[:8]}"


@contextmanager
def _logged(request: Request) -> Iterator[None]:
    """Log why a request is refused: Label Studio shows the status alone, and points to this log."""
    try:
        yield
    except DataError as problem:
        request.scope["fields"]["refused"] = str(problem)
        raise


def _add(app: FastAPI, method: str, path: str, handle: Callable[..., Any]) -> None:
    app.add_api_route(path, handle, methods=[method], response_model=None)


def _check_labels(control: Control, served: ServedModel) -> None:
    """Refuse a configuration none of whose labels the model knows: without this nothing would be annotated.

    Raises:
        DataError: with both.
    """
    if not any(control.written(label) for label in served.model.labels):
        ours, theirs = ", ".join(served.model.labels), ", ".join(control.labels)
        raise DataError(f"'{control.name}' has none of the model's labels; expected some of {ours}, found {theirs}")


def _text(task: Task, control: Control, number: int) -> str | None:
    """The text of a task; nothing where it has none.

    Raises:
        DataError: what stands there is no text.
    """
    value: Any = task.data
    path = [control.key] if control.key in task.data else control.key.split(".")  # $article.text: one in another
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    if not isinstance(value, str | None):
        raise DataError(f"task {number}: expected text in '{control.key}', found {type(value).__name__}")
    return value


def _prediction(answer: dict[str, Any] | None, control: Control) -> dict[str, Any]:
    """An answer as Label Studio has it; its score is that of its least certain part, if it has any.

    Unknown labels are left out.
    """
    if answer is None:
        return {"result": []}
    make = _choices if "label" in answer else _regions
    result = [
        {"id": f"p{number}", "from_name": control.name, "to_name": control.to_name, **fields}
        for number, fields in enumerate(make(answer, control), 1)
    ]
    return {"result": result, **({"score": min(one["score"] for one in result)} if result else {})}


def _choices(answer: dict[str, Any], control: Control) -> list[dict[str, Any]]:
    written = {label: control.written(label) for label in answer["labels"]}
    chosen = [alias for alias in written.values() if alias is not None]
    score = min((answer["probabilities"][label] for label, alias in written.items() if alias is not None), default=0.0)
    return [{"type": "choices", "value": {"choices": chosen}, "score": score}] if chosen else []


def _regions(answer: dict[str, Any], control: Control) -> list[dict[str, Any]]:
    spans = answer.get("spans")
    if spans is None:
        words = zip(answer["tokens"], answer["tags"], answer["probabilities"], strict=True)
        spans = [{**word, "label": tag, "probability": probability} for word, tag, probability in words]
    regions = []
    for span in spans:
        if (label := control.written(span["label"])) is not None:
            value = {"start": span["start"], "end": span["end"], "text": span["text"], "labels": [label]}
            regions.append({"type": "labels", "value": value, "score": span["probability"]})
    return regions
