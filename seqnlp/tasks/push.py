"""A model folder to the Hugging Face Hub."""

from __future__ import annotations

import tempfile
from pathlib import Path

from seqnlp.bundle import load_bundle
from seqnlp.bundle_files import CARD, find_model
from seqnlp.errors import SeqnlpError
from seqnlp.hub import FILES, endpoint, parts_of, progress_for_people
from seqnlp.storage import write_atomically
from seqnlp.tasks.hub_card import Given, hub_card
from seqnlp.tasks.model_folder import copy_model, files_of


def push_model(run: str | Path, name: str, given: Given, *, private: bool = False, message: str = "") -> str:
    """Upload a model, whole, as a new revision; returns the address of it.

    The model of the Hub is made if it is not there. Who may write to it is known to the Hub's own library, from
    ``hf auth login`` or the variable ``HF_TOKEN``.

    Args:
        name: ``OWNER/NAME``; ``OWNER/NAME@BRANCH`` is a branch, which is made if it is not there.

    Raises:
        RunError: there is no model, or it is damaged.
        SeqnlpError: the name is none of the Hub's, or the Hub refuses or cannot be reached.
    """
    bundle, (repository, branch) = load_bundle(run), place_of(name)
    from huggingface_hub import HfApi

    api = HfApi(endpoint=endpoint(), library_name="seqnlp")
    with tempfile.TemporaryDirectory(prefix="seqnlp_") as place, progress_for_people():
        folder = copy_model(files_of(find_model(run)), Path(place) / "model")
        write_atomically(folder / CARD, hub_card(bundle, repository, given).encode())
        try:
            api.create_repo(repository, private=private or None, exist_ok=True)
            if branch:
                api.create_branch(repository, branch=branch, exist_ok=True)
            done = api.upload_folder(
                repo_id=repository,
                folder_path=folder,
                revision=branch or None,
                commit_message=message or "A model of seqnlp",
                allow_patterns=list(FILES),
                delete_patterns=list(FILES),
            )
        except Exception as problem:  # a network can fail in many ways, for which the library has many classes
            raise SeqnlpError(f"{name} was not pushed: {_reason(problem)}") from None
    return str(done.commit_url)


def place_of(name: str) -> tuple[str, str]:
    """The model of the Hub and its branch (empty: the usual one).

    Raises:
        SeqnlpError: the name is none of the Hub's.
    """
    parts = parts_of(name)
    if parts is None:
        raise SeqnlpError(
            f"expected OWNER/NAME of the Hugging Face Hub, as in `seqnlp push RUN ada/tagger`, found '{name}'"
        )
    return parts


def _reason(problem: Exception) -> str:
    status = getattr(getattr(problem, "response", None), "status_code", None)
    if status in (401, 403):
        return f"the Hub does not let you write there ({status}); `hf auth login`, with a token that may write"
    return " ".join(str(problem).split("\n")[:2]).strip() or type(problem).__name__
