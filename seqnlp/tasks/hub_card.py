"""What the Hugging Face Hub reads of a model: the YAML in front of its card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from seqnlp.bundle import Bundle

PIPELINES = {
    "tagging": "token-classification",
    "classification": "text-classification",
    "translation": "translation",
    "language_model": "text-generation",
    "forecasting": "time-series-forecasting",
    "anomaly_detection": "",
}
"""What the Hub calls the tasks; it has no name for the last."""

_METRICS = {"entity F1": "f1", "macro F1": "f1", "macro_f1": "f1", "BLEU": "bleu", "chrF": "chrf", "TER": "ter"}
"""What the Hub calls a score, where we call it otherwise."""
_NO_SCORES = ("ece", "ece by chance", "score", "threshold", "windows", "rate asked for")


@dataclass(frozen=True)
class Given:
    """What only its owner knows of a model.

    Attributes:
        license: as the Hub writes it (``mit``, ``cc-by-4.0``); empty: not stated.
        datasets: names of data sets on the Hub.
        languages: codes such as ``de``; a translator knows its own.
    """

    license: str = ""
    datasets: Sequence[str] = ()
    languages: Sequence[str] = ()


def hub_card(bundle: Bundle, name: str, given: Given) -> str:
    """The model's card with what the Hub reads before it; scores are those that were measured."""
    from huggingface_hub import ModelCardData

    task = bundle.task
    cell = str(bundle.description.get("model", {}).get("cell", "lstm"))
    data = ModelCardData(
        library_name="seqnlp",
        model_name=name,
        pipeline_tag=PIPELINES[task] or None,
        tags=["seqnlp", task.replace("_", "-"), cell],
        license=given.license or None,
        datasets=list(given.datasets) or None,
        language=list(given.languages) or _languages(bundle) or None,
        eval_results=_results(bundle, PIPELINES[task] or task, given.datasets),
    )
    usage = f'```python\nimport seqnlp\nmodel = seqnlp.load("{name}")\n```\n'
    return f"---\n{data.to_yaml()}\n---\n\n{_without_front(bundle.card).rstrip()}\n\n{usage}"


def _results(bundle: Bundle, task: str, datasets: Sequence[str]) -> Any:
    """The scores on test, or on dev where test was not scored yet; none is made up, nor another model's."""
    from huggingface_hub import EvalResult

    split = "test" if _scores(bundle, "test") else "dev"
    if split == "dev" and bundle.metrics.get("weights") == "int8":  # measured before its weights became bytes
        return None
    about = bundle.description.get("about", {})
    return [
        EvalResult(
            task_type=task,
            dataset_type=datasets[0] if datasets else "custom",
            dataset_name=str(about.get("data") or "its own data"),
            dataset_split="test" if split == "test" else "validation",
            metric_type=_METRICS.get(score, score.lower().replace(" ", "_")),
            metric_name=f"{score} on {split}",
            metric_value=value,
        )
        for score, value in _scores(bundle, split).items()
    ] or None


def _scores(bundle: Bundle, split: str) -> dict[str, float]:
    scores = bundle.metrics.get(split, {})
    return {
        name: round(value, 4)
        for name, value in scores.items()
        if isinstance(value, int | float) and not isinstance(value, bool) and name not in _NO_SCORES
    }


def _languages(bundle: Bundle) -> list[str]:
    """A translator's, if they are codes."""
    codes = (str(bundle.description.get(side, "")) for side in ("source", "target"))
    return [code for code in codes if code.isascii() and code.isalpha() and len(code) in (2, 3)]


def _without_front(card: str) -> str:
    """A card without the YAML of an earlier push."""
    if not card.startswith("---\n"):
        return card
    return card.partition("\n---\n")[2].lstrip("\n")
