"""Knowledge distillation: the trained models whose answers a run learns beside the labels (``teacher.runs``)."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import TypeVar

from seqnlp.bundle import Bundle
from seqnlp.bundle_files import LABELS, TENSORS, VOCABULARY
from seqnlp.config.classification import DocumentDataConfig
from seqnlp.config.common import Config
from seqnlp.config.splits import source_split
from seqnlp.config.tagging import DataConfig
from seqnlp.config.teacher import TeacherConfig, TextTeacherConfig
from seqnlp.data.overlap import normalized_text
from seqnlp.errors import DataError, RunError
from seqnlp.tasks.start import bundle_of_setting, name_of
from seqnlp.text.files import file_digest, read_lines

Data = TypeVar("Data", DocumentDataConfig, DataConfig)
Example = TypeVar("Example")

SECONDS_BETWEEN = 10.0
"""After which it is said how far a teacher is."""

SHOWN = 5
"""Labels that a message names."""

CONTENTS = {"texts": "texts without labels", "answers": "JSON lines with probabilities"}
"""What is expected in the file of each setting."""


def teacher_bundles(config: Config, teacher: TeacherConfig) -> list[Bundle]:
    """The models that a run learns from; none where it has no teachers.

    Raises:
        RunError: one is not there or of another task, or is named twice.
    """
    for number, folder in enumerate(teacher.folders):
        if folder in teacher.folders[:number]:
            raise RunError(f"teacher.runs: expected different models with ' + ' between them, found {folder} twice")
    return [bundle_of_setting(config, "teacher.runs", folder) for folder in teacher.folders]


def refuse_other(folder: Path, what: str, wanted: str, actual: str, advice: str = "") -> None:
    """Stop where a teacher cannot answer as this run must.

    Args:
        folder: of the teacher.
        what: that must be alike, such as ``labels``.

    Raises:
        RunError: with both.
    """
    if wanted != actual:
        found = f"found {actual} in {folder}{advice}"
        raise RunError(f"teacher.runs: expected models with {what} {wanted}, as this run has, {found}")


def refuse_other_labels(folder: Path, ours: Iterable[str], theirs: Iterable[str]) -> None:
    """Stop at a teacher whose labels are not those of this run.

    Raises:
        RunError: with what differs.
    """
    own, known = set(ours), set(theirs)
    differences = [
        f"{what} {_some(names)}" for what, names in (("without", own - known), ("with", known - own)) if names
    ]
    if differences:
        found = f"found one {' and '.join(differences)} in {folder}"
        raise RunError(f"teacher.runs: expected models with the labels of this run, {found}")


def _some(names: Iterable[str]) -> str:
    """The first few names."""
    shown = sorted(names)
    more = f" and {len(shown) - SHOWN} more" if len(shown) > SHOWN else ""
    return ", ".join(f"'{name}'" for name in shown[:SHOWN]) + more


def teacher_digests(bundles: Sequence[Bundle]) -> dict[str, str]:
    """The digest of all that teachers answer with, by what messages call it; nothing without teachers."""
    return {"a model of teacher.runs": "".join(map(_digest, bundles))} if bundles else {}


def _digest(bundle: Bundle) -> str:
    described = json.dumps([bundle.description, sorted(bundle.subwords)], sort_keys=True, default=str)
    digest = sha256(described.encode())
    for name in (TENSORS, VOCABULARY, LABELS, *sorted(bundle.subwords)):
        digest.update(file_digest(bundle.folder / name).encode())
    return digest.hexdigest()


def teacher_names(bundles: Sequence[Bundle]) -> list[str]:
    """What a model card calls them."""
    return [f"{name_of(bundle)} (seed {bundle.metrics.get('seed', 'unknown')})" for bundle in bundles]


def kept_out(
    data: Data,
    dev: Sequence[Example],
    load: Callable[[Data, str, Callable[[str], None]], Sequence[Example]],
    text_of: Callable[[Example], str],
) -> set[str]:
    """The texts that no teacher may teach, normalized: those of dev, and those of test if it is held out of train.

    With ``data.limit`` they are what both are with it and what they are without.

    Args:
        dev: as it is read; empty where it is learnt from.
        load: reads a split.
    """
    held_out = source_split(data, "test") == "train"
    splits: list[tuple[Data, str]] = [(data, "test")] if held_out else []
    if data.limit:
        whole = replace(data, limit=0)
        splits += [(whole, split) for split, wanted in (("dev", len(dev)), ("test", held_out)) if wanted]
    others = chain.from_iterable(load(one, split, lambda text: None) for one, split in splits)
    return {normalized_text(text_of(example)) for example in chain(dev, others)}


def unlabelled(
    teacher: TextTeacherConfig, texts_kept_out: Callable[[], Collection[str]], say: Callable[[str], None]
) -> list[str]:
    """The lines of ``teacher.texts`` that have text and are not kept out; none without teachers.

    Args:
        texts_kept_out: see :func:`kept_out`; asked for only where there are such lines.

    Raises:
        DataError: there is no such file, it is no text, or all its lines are blank.
    """
    if not teacher.runs or not teacher.texts:
        return []
    _refuse_missing(teacher.texts, "texts")
    lines, unwanted = lines_with_text(teacher.texts, "teacher.texts"), texts_kept_out()
    learnt = [line for line in lines if normalized_text(line) not in unwanted]
    dropped = f" ({len(lines) - len(learnt):,} of dev or test left out)" if len(learnt) < len(lines) else ""
    say(f"teacher.texts: {len(learnt):,} lines without labels{dropped}, {teacher.texts}")
    return learnt


def lines_with_text(path: str | Path, named_by: str) -> list[str]:
    """The lines of a file, without those that are blank.

    Raises:
        DataError: it cannot be read as text, or all its lines are blank; it is called as the setting that names it.
    """
    lines = [line for _, line in read_lines(path) if line.strip()]
    if not lines:
        raise DataError(f"expected texts for {named_by}, one a line; found blank lines only", path)
    return lines


def file_digests(teacher: TextTeacherConfig) -> dict[str, str]:
    """The digests of the files that are read, by what messages call them.

    Raises:
        DataError: one is not there.
    """
    found = {}
    for setting, name in teacher.files.items():
        _refuse_missing(name, setting)
        found[f"the file of teacher.{setting}"] = file_digest(name)
    return found


def _refuse_missing(name: str, setting: str) -> None:
    if not Path(name).is_file():
        raise DataError(f"no such file; expected one of {CONTENTS[setting]} (teacher.{setting})", name)


def progress_of(
    number: int, total: int, folder: str, count: int, unit: str, say: Callable[[str], None]
) -> Callable[[int], None]:
    """Say that a teacher answers; what is returned is told how many more answers there are, and says it now and then.

    Args:
        number, total: which teacher, from 1, of how many.
        count: sentences or texts to answer.
        unit: what they are called.
    """
    name = f"teacher {number} of {total}"
    say(f"{name} answers {count:,} {unit}: {folder}")
    return said_now_and_then(name, count, unit, say)


def said_now_and_then(name: str, count: int, unit: str, say: Callable[[str], None]) -> Callable[[int], None]:
    """What is told how many more of ``count`` are done, and says so when it has not for a while."""
    done, said = 0, time.monotonic()

    def report(more: int) -> None:
        nonlocal done, said
        done += more
        if time.monotonic() - said > SECONDS_BETWEEN:
            said = time.monotonic()
            say(f"{name}: {done:,} of {count:,} {unit}")

    return report
