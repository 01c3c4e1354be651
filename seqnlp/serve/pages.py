"""The page at ``/`` and what it is made of, which it shares with the pages that ``seqnlp export --page`` writes."""

from __future__ import annotations

from importlib.resources import files

from fastapi import FastAPI
from starlette.responses import Response

_HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
}
_FILES = {
    "/": ("seqnlp.serve", "index.html", "text/html"),
    "/demo.mjs": ("seqnlp.serve", "demo.mjs", "text/javascript"),
    "/view.mjs": ("seqnlp.page", "view.mjs", "text/javascript"),
    "/page.css": ("seqnlp.page", "page.css", "text/css"),
}
PAGES = tuple(_FILES)
"""Paths that tell nothing of the models and compute nothing."""


def add_pages(app: FastAPI) -> None:
    """Let an application serve them."""
    for path, (package, name, kind) in _FILES.items():
        _add(app, path, (files(package) / name).read_bytes(), kind)


def _add(app: FastAPI, path: str, content: bytes, kind: str) -> None:
    @app.head(path, include_in_schema=False, response_model=None)
    @app.get(path, include_in_schema=False, response_model=None)
    async def page() -> Response:
        return Response(content, headers=_HEADERS, media_type=kind)
