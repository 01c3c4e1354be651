"""``--rerank`` and what goes with it, of ``seqnlp translate`` and ``seqnlp evaluate``."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqnlp.errors import SeqnlpError

if TYPE_CHECKING:
    from seqnlp.api import Reranker


def add_rerank_arguments(group: argparse._ActionsContainer) -> None:
    """Declare all but ``--candidates``."""
    group.add_argument(
        "--rerank",
        type=Path,
        metavar="REVERSE_RUN",
        help="of the best translations the one that a translator of the other direction likes as well (noisy channel)",
    )
    group.add_argument(
        "--language-model", type=Path, metavar="LM_RUN", help="with --rerank: and a language model of the target"
    )
    group.add_argument(
        "--weights",
        metavar="A,B,C[,D]",
        help="with --rerank: of the reverse model, the language model, the length and the model's lexicon (default: as "
        "found by `seqnlp evaluate --rerank --tune`)",
    )


def check_rerank(arguments: argparse.Namespace) -> None:
    """Refuse what makes no sense, before any model is loaded.

    Raises:
        SeqnlpError: options of reranking without it, weights that are no three or four numbers, or one of a language
            model that is not there.
    """
    if not arguments.rerank:
        for flag, value in (("--language-model", arguments.language_model), ("--weights", arguments.weights)):
            if value is not None:
                raise SeqnlpError(f"{flag} means something only with --rerank; add --rerank REVERSE_RUN")
        return
    weights = read_weights(arguments.weights)
    if weights and weights[1] and not arguments.language_model:
        raise SeqnlpError(
            f"--weights: the second, {weights[1]:g}, is of a language model; name it with --language-model, or make "
            "the weight 0"
        )


def read_weights(text: str | None) -> list[float] | None:
    """Three or four numbers between commas, or nothing.

    Raises:
        SeqnlpError: it is something else.
    """
    from seqnlp.config.translation import LARGEST_WEIGHT

    if text is None:
        return None
    try:
        weights = [float(one) for one in text.split(",")]
    except ValueError:
        weights = []
    if len(weights) not in (3, 4) or not all(abs(weight) <= LARGEST_WEIGHT for weight in weights):
        raise SeqnlpError(
            f"--weights: expected three numbers from {-LARGEST_WEIGHT:g} to {LARGEST_WEIGHT:g} between commas, of the "
            "reverse model, the language model and the length, such as 0.5,0.1,0, or a fourth of the lexicon; "
            f"found '{text}'"
        )
    return weights


def reranker(arguments: argparse.Namespace, engine: Mapping[str, Any]) -> Reranker | None:
    """What is named, loaded.

    Args:
        engine: options of the models; language models know no bf16.
    """
    if not arguments.rerank:
        return None
    from seqnlp.api import LanguageModel, Reranker, Translator

    reverse, language_model = Translator(arguments.rerank, **engine), None
    if arguments.language_model:
        known = {name: value for name, value in engine.items() if value != "bf16"}
        language_model = LanguageModel(arguments.language_model, **known)
    return Reranker(reverse, language_model, read_weights(arguments.weights))
