"""``--engine``, ``--device`` and ``--threads`` of the verbs that use a model."""

from __future__ import annotations

import argparse
from typing import Any

ENGINES = ("auto", "onnxruntime", "torch", "numpy")


def add_engine_arguments(parser: argparse._ActionsContainer, threads: int = 0, precision: bool = False) -> None:
    """Declare them.

    Args:
        threads: as many as are used unless told otherwise; 0: as many as the engine chooses.
        precision: declare ``--precision`` as well.
    """
    parser.add_argument(
        "--engine",
        choices=ENGINES,
        default="auto",
        help="what computes the network: auto is onnxruntime, or what is installed (default auto)",
    )
    parser.add_argument("--device", default="cpu", metavar="D", help="with --engine torch: cuda, or another of torch's")
    usual = str(threads) if threads else "the engine's choice"
    parser.add_argument("--threads", type=int, default=threads, metavar="N", help=f"CPU threads (default: {usual})")
    if precision:
        add_precision_argument(parser)


def add_precision_argument(parser: argparse._ActionsContainer) -> None:
    """Declare ``--precision`` of models that compute in fp32 or in int8."""
    parser.add_argument(
        "--precision",
        choices=("auto", "fp32", "int8"),
        default="auto",
        help="int8: weights and products in one byte a number, nearly the same (default auto: fp32)",
    )


def engine_options(arguments: argparse.Namespace) -> dict[str, Any]:
    """They as options of the models of ``seqnlp.api``.

    Raises:
        SeqnlpError: a negative number of threads, or far more than there are CPUs.
    """
    from seqnlp.cpus import check_parallel

    check_parallel(arguments.threads, "--threads", least=0)
    names = ("engine", "device", "threads", "precision")
    return {name: getattr(arguments, name) for name in names if hasattr(arguments, name)}
