"""A model that is sent to other processes answers there, also where its folder is not."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path

import pytest

import seqnlp
from seqnlp.errors import RunError
from seqnlp.integrations.packed import SentAnswers, SentModel


def test_files_travel_with_the_model(run: Path, tmp_path: Path) -> None:
    moved = tmp_path / "moved"
    shutil.copytree(run, moved)
    sent = pickle.dumps(SentAnswers(SentModel(moved, with_files=True), "body", "m_"))
    by_name = pickle.dumps(SentAnswers(SentModel(moved)))
    shutil.rmtree(moved)
    answers = pickle.loads(sent)
    columns = answers({"body": ["Velisk moved to Ombril .", None]})
    assert list(columns) == ["m_tags", "m_tokens", "m_spans", "m_error"]
    assert columns["m_tags"][0] == seqnlp.Tagger(run).tag("Velisk moved to Ombril .").tags
    assert columns["m_error"] == [None, "expected text, found nothing"]
    assert pickle.loads(sent).model is answers.model  # loaded once a process
    with pytest.raises(RunError):
        pickle.loads(by_name).answers(["Velisk"])


def test_a_model_that_is_not_there_is_refused_before_it_is_sent(tmp_path: Path) -> None:
    with pytest.raises(RunError):
        SentModel(tmp_path / "none")
