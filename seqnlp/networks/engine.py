"""Which engine computes: chosen by what is installed, or by name."""

from __future__ import annotations

from importlib.util import find_spec

from seqnlp.errors import SeqnlpError
from seqnlp.networks.graph import Graph, Run

ENGINES = ("auto", "onnxruntime", "torch", "numpy")

_NEEDS = {"onnxruntime": ("onnx", "onnxruntime"), "torch": ("torch",), "numpy": ()}
_INSTALL = {"onnxruntime": "pip install onnx onnxruntime", "torch": "pip install torch"}


def choose_engine(name: str = "auto", device: str = "cpu") -> str:
    """The engine's own name: ``auto`` is onnxruntime on a CPU, torch on a GPU or where there is no onnxruntime.

    Raises:
        SeqnlpError: no such engine, it is not installed, or it does not compute on that device.
    """
    if name not in ENGINES:
        raise SeqnlpError(f"expected an engine of {', '.join(ENGINES)}, found '{name}'")
    if name == "auto":
        order = ("onnxruntime", "torch", "numpy") if device == "cpu" else ("torch",)
        name = next((engine for engine in order if not missing(engine)), order[-1])
    if device != "cpu" and name != "torch":
        raise SeqnlpError(f"the engine {name} computes on the CPU, found device '{device}'; use --engine torch")
    if lacking := missing(name):
        raise SeqnlpError(
            f"the engine {name} needs {' and '.join(lacking)}, which is not installed; `{_INSTALL[name]}`, "
            "or use --engine auto"
        )
    return name


def missing(engine: str) -> list[str]:
    """The packages that an engine needs and that are not installed."""
    return [package for package in _NEEDS[engine] if not _is_there(package)]


def make_network(graph: Graph, engine: str, threads: int = 0) -> Run:
    """The graph, ready to be called.

    Args:
        engine: ``onnxruntime`` or ``numpy``.
        threads: see :class:`~seqnlp.networks.onnxruntime.OnnxNetwork`; numpy has its own.
    """
    if engine == "onnxruntime":
        from seqnlp.networks.onnxruntime import OnnxNetwork

        return OnnxNetwork(graph, threads)
    from seqnlp.networks.numpy import NumpyNetwork

    return NumpyNetwork(graph)


def _is_there(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except (ImportError, ValueError):  # blocked, or half removed
        return False
