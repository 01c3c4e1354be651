"""One HTML file with a model inside, which works from a disk and may not use a network."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from numpy.typing import NDArray

from seqnlp.compact_weights import SCALES, compact
from seqnlp.errors import SeqnlpError
from seqnlp.page.program import joined_program, style_sheet

Array = NDArray[Any]

_ALIGNED = 8

_KINDS = {"int8": "i8", "float16": "f16", "float64": "f64"}
_WRITTEN = {"i8": "i1", "f16": "<f2", "f32": "<f4", "f64": "<f8"}


@dataclass(frozen=True)
class PageModel:
    """What a page needs of a model.

    Attributes:
        program: the module (``*.mjs``) that shows it.
        settings: all but the weights; written as JSON.
        weights: by name, floats or int8.
    """

    program: str
    settings: dict[str, Any]
    weights: Mapping[str, Array]


def page(model: PageModel, title: str, about: str, int8: bool) -> str:
    """The file.

    Args:
        title, about: plain text above the model; nothing for no ``about``.
        int8: matrices in one byte a number, with a scale a row.

    Raises:
        SeqnlpError: Jinja2 is not installed.
    """
    try:
        from jinja2 import Environment, PackageLoader, StrictUndefined
        from markupsafe import Markup
    except ImportError:
        raise SeqnlpError("--page needs Jinja2, which is not installed; `pip install jinja2`") from None

    tensors, content = packed(compact(model.weights) if int8 else model.weights)
    program, style = joined_program(model.program), style_sheet()
    templates = Environment(loader=PackageLoader("seqnlp.page", "."), autoescape=True, undefined=StrictUndefined)
    return templates.get_template("page.html.jinja").render(
        title=title,
        about=about,
        style=Markup(style),
        program=Markup(program),
        settings=Markup(json_for_script(model.settings)),
        tensors=Markup(json_for_script(tensors)),
        weights=Markup(b64encode(content).decode()),
        policy=f"default-src 'none'; script-src {_hash(program)}; style-src {_hash(style)}; "
        "base-uri 'none'; form-action 'none'",
    )


def packed(weights: Mapping[str, Array]) -> tuple[dict[str, Any], bytes]:
    """Where each weight stands in the bytes, and the bytes (little endian).

    Returns:
        ``{name: {shape, type, at, scales}}``: ``type`` is f16, f32, f64 or i8; ``scales``, the place of a scale for
        each row, is there only for what was rounded.
    """
    tensors: dict[str, Any] = {}
    content = bytearray()
    for name, array in weights.items():
        place = tensors.setdefault(name.removesuffix(SCALES), {})
        if name.endswith(SCALES):
            place["scales"] = len(content)
        else:
            kind = _KINDS.get(array.dtype.name, "f32")
            place |= {"shape": list(array.shape), "type": kind, "at": len(content)}
        content += array.astype(_WRITTEN[_KINDS.get(array.dtype.name, "f32")]).tobytes()
        content += bytes(-len(content) % _ALIGNED)
    return tensors, bytes(content)


def json_for_script(content: Any) -> str:
    """JSON that may stand inside a ``script`` element: no text in it can end the element or begin a comment."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _hash(text: str) -> str:
    """How a policy names the one script or style that is allowed."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
