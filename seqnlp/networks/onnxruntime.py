"""Runs a graph in onnxruntime: the fast engine on a CPU."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from seqnlp.cpus import check_parallel, usable_cpus
from seqnlp.networks.graph import Array, Graph
from seqnlp.networks.onnx_model import onnx_model

if TYPE_CHECKING:
    from onnxruntime import InferenceSession


class OnnxNetwork:
    """A graph that is called with arrays by the names of its inputs.

    A row's answer does not depend on the other rows (of a plain RNN: but for the last bits).

    Args:
        threads: that compute a call together; 0: as many as there are CPUs for this process (``OMP_NUM_THREADS``).
    """

    def __init__(self, graph: Graph, threads: int = 0) -> None:
        _answer_after_fork()
        self._graph = graph
        self._threads = check_parallel(threads, "threads", least=0) or usable_cpus()
        self._dtypes = {value.name: value.dtype for value in graph.inputs}
        self._names = [value.name for value in graph.outputs]
        self._session: InferenceSession | None = self._start()
        _ALL.add(self)

    def __call__(self, **inputs: Array) -> dict[str, Array]:
        """The outputs by name."""
        if self._session is None:
            self._session = self._start()
        given = {name: inputs[name].astype(dtype, copy=False) for name, dtype in self._dtypes.items()}
        results = self._session.run(self._names, given)
        return dict(zip(self._names, results, strict=True))

    def __getstate__(self) -> dict[str, Any]:
        """A session cannot be copied or pickled; a copy has its own."""
        return {**self.__dict__, "_session": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        _ALL.add(self)

    def _start(self) -> InferenceSession:
        runtime = import_onnxruntime()
        options = runtime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = self._threads, 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # idle threads leave the CPU to others
        options.log_severity_level = 3  # errors only
        session: InferenceSession = runtime.InferenceSession(
            onnx_model(self._graph), options, providers=["CPUExecutionProvider"]
        )
        return session

    def _forget_threads(self) -> None:
        """In a process that was forked: the threads stayed in the parent, and a session would wait for them."""
        if self._threads > 1:
            if self._session is not None:
                _never_end(self._session)
            self._threads, self._session = 1, None


_ALL: WeakSet[OnnxNetwork] = WeakSet()


def import_onnxruntime() -> Any:
    """The module ``onnxruntime``, which by itself tells its makers of its use, from version 1.32 on.

    Its events would go over the network, from a thread that a forked process waits for in vain when it ends, and an
    identifier would be kept in the user's cache. ``ORT_DISABLE_TELEMETRY=0`` in the environment allows it.

    Raises:
        ModuleNotFoundError: it is not installed.
    """
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime

    return onnxruntime


def _never_end(session: InferenceSession) -> None:
    """Keep a session of the process that this one was forked from, also when Python ends: it would wait for threads."""
    import ctypes

    ctypes.pythonapi.Py_IncRef(ctypes.py_object(session))


@cache
def _answer_after_fork() -> None:
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_forget_all_threads)


def _forget_all_threads() -> None:
    for network in list(_ALL):
        network._forget_threads()
