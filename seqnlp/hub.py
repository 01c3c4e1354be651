"""Models of the Hugging Face Hub: ``OWNER/NAME`` or ``OWNER/NAME@REVISION`` in place of a folder."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from seqnlp import __version__
from seqnlp.errors import RunError

FILES = ("*.yaml", "*.json", "*.safetensors", "*.spm", "README.md")
"""What is downloaded: a model folder's files, no pickles and no code."""

_WORD = r"[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9_])?"
_NAME = re.compile(rf"({_WORD}/{_WORD})(?:@(\w[\w./-]*))?", re.ASCII)


def parts_of(name: str) -> tuple[str, str] | None:
    """The model and the revision of a name of the Hub (empty: the newest); nothing if it cannot be one."""
    match = _NAME.fullmatch(name)
    return (match[1], match[2] or "") if match else None


def endpoint() -> str | None:
    """The Hub's address; a variable that was set after its library was imported counts, too."""
    return os.environ.get("HF_ENDPOINT") or None


@contextmanager
def progress_for_people() -> Iterator[None]:
    """Within the block the Hub's library draws its progress bars only where somebody sees them."""
    from huggingface_hub.utils.tqdm import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars

    if are_progress_bars_disabled() or (sys.stderr is not None and sys.stderr.isatty()):
        yield
        return
    disable_progress_bars()
    try:
        yield
    finally:
        enable_progress_bars()


def hub_model(name: str, revision: str) -> Path:
    """The folder of a model of the Hub in its library's cache, downloaded if it is not there, or not the newest.

    Raises:
        RunError: there is no such model or revision, it was not made by seqnlp, or it cannot be reached.
    """
    return _downloaded(name, revision, endpoint())


@cache
def _downloaded(name: str, revision: str, address: str | None) -> Path:
    shown = f"{name}@{revision}" if revision else name
    try:
        import huggingface_hub
        from huggingface_hub import errors
    except ImportError:
        raise RunError(
            f"{shown}: no such folder; a model of the Hugging Face Hub needs `pip install huggingface_hub`"
        ) from None
    try:
        with progress_for_people():
            folder = huggingface_hub.snapshot_download(
                name,
                revision=revision or None,
                allow_patterns=list(FILES),
                library_name="seqnlp",
                library_version=__version__,
                endpoint=address,
            )
    except errors.GatedRepoError:
        raise RunError(f"{shown}: its owner asks for consent; ask on its page, then `hf auth login`") from None
    except errors.RepositoryNotFoundError:
        raise RunError(
            f"{shown}: neither a folder here nor a model of the Hugging Face Hub (one that is private needs "
            "`hf auth login`); expected a run (from `seqnlp train`), a saved model folder or OWNER/NAME"
        ) from None
    except (errors.RevisionNotFoundError, errors.RevisionResolutionError, errors.HFValidationError) as problem:
        if _is_unreachable(problem):
            raise _unreachable(shown, problem) from None
        raise RunError(f"{shown}: the Hugging Face Hub has no revision '{revision}' of {name}") from None
    except Exception as problem:  # whatever a network can do wrong; its library has a dozen classes for that
        raise _unreachable(shown, problem) from None
    if not (Path(folder) / "config.yaml").is_file():
        raise RunError(f"{shown}: a model of the Hugging Face Hub, but not one that seqnlp made")
    return Path(folder)


def _is_unreachable(problem: Exception) -> bool:
    return type(problem).__name__ == "RevisionResolutionError"


def _unreachable(shown: str, problem: Exception) -> RunError:
    reason = str(problem).strip().partition("\n")[0]
    return RunError(
        f"{shown}: neither a folder here, nor in the cache of the Hugging Face Hub, which cannot be reached ({reason})"
    )
