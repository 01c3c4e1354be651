"""A model as one HTML file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from seqnlp.bundle import load_bundle
from seqnlp.compact_weights import compact, widened
from seqnlp.page.file import PageModel, page
from seqnlp.storage import write_atomically
from seqnlp.task_table import TASKS, part_of

_EXACT = ("forecasting", "anomaly_detection")
"""Tasks of small models, whose intervals and thresholds were fitted to exact weights."""


def export_page(run: str | Path, file: Path, int8: bool | None = None, title: str = "", text: str = "") -> int:
    """Write a page that answers as the model does; returns its bytes.

    Args:
        int8: matrices in one byte a number; the answers are then those of a folder that ``--int8`` writes. None: where
            it pays, for models that read text.
        title: above the page; nothing: what the model is and which recipe it is from.
        text: what the page shows at first.

    Raises:
        RunError: there is no model, or its weights do not fit.
        SeqnlpError: the model has something that a page cannot do.
        TrainingError: it cannot be written.
    """
    bundle = load_bundle(run)
    task = bundle.task
    int8 = task not in _EXACT if int8 is None else int8
    if int8:
        bundle = replace(bundle, weights=widened(compact(bundle.weights)))
    model: PageModel = part_of(task, "page")(bundle)
    model.settings["text"] = text
    recipe, about = bundle.metrics.get("recipe"), bundle.description.get("about", {})
    kind = TASKS[task].kind.capitalize()
    trained_on = f"Trained on {about['data']}." if about.get("data") else ""
    content = page(model, title or (f"{kind}: {recipe}" if recipe else kind), trained_on, int8).encode()
    write_atomically(file, content)
    return len(content)
