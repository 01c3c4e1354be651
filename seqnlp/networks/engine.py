"""Which engine computes: chosen by what is installed, or by name."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Literal, get_args

from seqnlp.errors import SeqnlpError, WrongValueError, did_you_mean
from seqnlp.networks.graph import Graph, Run
from seqnlp.networks.rowwise import rowwise, weight_levels

Engine = Literal["auto", "onnxruntime", "torch", "numpy"]
Precision = Literal["auto", "fp32", "int8"]
ENGINES: tuple[str, ...] = get_args(Engine)
PRECISIONS: tuple[str, ...] = get_args(Precision)

_NEEDS = {"onnxruntime": ("onnxruntime",), "torch": ("torch",), "numpy": ()}
_INSTALL = {"onnxruntime": "pip install onnxruntime", "torch": "pip install torch"}


def choose_engine(
    name: str = "auto", device: str = "cpu", precision: str = "auto", precisions: Sequence[str] = PRECISIONS
) -> str:
    """The engine's own name: ``auto`` is onnxruntime on a CPU, torch on a GPU or where there is no onnxruntime.

    Args:
        precision: one of ``precisions``; ``auto``: the engine's usual one, which is fp32.
        precisions: those that the model knows.

    Raises:
        WrongValueError: no such engine or precision.
        SeqnlpError: the engine is not installed, or does not compute on that device or in that precision.
    """
    _refuse_unknown("an engine", name, ENGINES)
    _refuse_unknown("a precision", precision, precisions)
    if precision == "int8" and (name == "torch" or device != "cpu"):
        raise SeqnlpError("torch does not compute in int8; use the engine onnxruntime or numpy, on the CPU")
    if name == "auto":
        order = ["onnxruntime", *(["torch"] if precision != "int8" else []), "numpy"] if device == "cpu" else ["torch"]
        name = next((engine for engine in order if not missing(engine)), order[-1])
    if device != "cpu" and name != "torch":
        raise SeqnlpError(f"the engine {name} computes on the CPU, found device '{device}'; use the engine torch")
    if lacking := missing(name):
        raise SeqnlpError(
            f"the engine {name} needs {' and '.join(lacking)}, which is not installed; `{_INSTALL[name]}`, "
            "or use the engine auto"
        )
    return name


def _refuse_unknown(what: str, word: object, known: Sequence[str]) -> None:
    if word not in known:
        close = did_you_mean(str(word), known)
        raise WrongValueError(f"expected {what} of {', '.join(known)}, found '{word}'{close}")


def missing(engine: str) -> list[str]:
    """The packages that an engine needs and that are not installed."""
    return [package for package in _NEEDS[engine] if not is_installed(package)]


def make_network(graph: Graph, engine: str, threads: int = 0, precision: str = "fp32") -> Run:
    """The graph, ready to be called.

    Args:
        engine: ``onnxruntime`` or ``numpy``.
        threads: see :class:`~seqnlp.networks.onnxruntime.OnnxNetwork`; numpy has its own.
        precision: ``int8``: its products in one byte a number, with a scale a row.
    """
    if precision == "int8":
        graph = rowwise(graph, weight_levels())
    if engine == "onnxruntime":
        from seqnlp.networks.onnxruntime import OnnxNetwork

        return OnnxNetwork(graph, threads)
    from seqnlp.networks.numpy import NumpyNetwork

    return NumpyNetwork(graph)


def is_installed(package: str) -> bool:
    """Whether a package can be imported; none is."""
    try:
        return find_spec(package) is not None
    except (ImportError, ValueError):  # blocked, or half removed
        return False
