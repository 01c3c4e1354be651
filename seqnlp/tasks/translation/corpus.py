"""The training pairs as subwords: read once, in slices, into flat arrays; large ones are kept in a file for other runs.

The files are in a folder of the cache whose name is a digest of the data, the settings that shape them and the
subwords, so that other seeds, other settings of the model and other processes find them. They may be deleted.
"""

from __future__ import annotations

import json
import os
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seqnlp.config.translation import TranslationConfig
from seqnlp.data.flat_sequences import FlatSequences
from seqnlp.data.pairs import training_pairs
from seqnlp.data.repeated_texts import shared
from seqnlp.errors import DataError
from seqnlp.storage import cache_folder, write_atomically
from seqnlp.tasks.translation.model import learn_vocabularies, say_rewritten
from seqnlp.tasks.translation.saved import Vocabularies
from seqnlp.text.flat_texts import FlatTexts
from seqnlp.text.parallel import SentencePair
from seqnlp.text.sentence_ends import ANY_SENTENCES, SentenceHabits, learn_habits

VERSION = 4
"""Raised whenever the same data and settings would give other subwords, or more is kept of them."""

SIDES = ("source", "target")

_SLICE = 8192
"""Pairs that are Python lists at the same time."""
_LOOKED_AT = 20_000
"""Sources whose sentences are counted."""
_PART_OF_MEMORY = 1 / 256
"""Of a machine's memory: a larger corpus is kept in a file, unless ``data.cache`` says otherwise."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class TrainingCorpus:
    """Pairs within ``data.max_tokens``.

    Attributes:
        vocabularies: their subwords.
        encoded: source and target, each pair's best segmentation.
        texts: source and target, where other segmentations are drawn from them; else empty.
        habits: how many sentences the sources have.
    """

    vocabularies: Vocabularies
    encoded: tuple[FlatSequences, FlatSequences]
    texts: tuple[FlatTexts, ...] = ()
    habits: SentenceHabits = ANY_SENTENCES


def training_corpus(config: TranslationConfig, digest: str, given: Vocabularies | None, say: Say) -> TrainingCorpus:
    """Read the corpus, or find it among those that were kept.

    Args:
        digest: of the data.
        given: subwords that are not learned from it.

    Raises:
        DataError: the data are not as configured, or no pair is short enough.
        TrainingError: the files cannot be written.
    """
    keeps = config.data.cache != "never" and not config.tokenizer.sampling
    folder = cache_folder() / "pairs" / _name(config, digest, given)
    about = _about(folder) if keeps else None
    if about:
        for line in about["said"]:
            say(line)
        say(f"train: subwords from {folder}")
        vocabularies = given or _kept_vocabularies(folder, about["subwords"])
        habits = SentenceHabits(**about["habits"] | {"abbreviations": tuple(about["habits"]["abbreviations"])})
        return TrainingCorpus(vocabularies, _opened(folder), habits=habits)
    said: list[str] = []

    def tell(line: str) -> None:
        said.append(line)
        say(line)

    corpus = _read(config, given, tell)
    size = sum(side.items.nbytes for side in corpus.encoded)
    if not keeps or (config.data.cache == "auto" and size < _PART_OF_MEMORY * _memory()):
        return corpus
    _keep(folder, corpus, said)
    say(f"train: subwords kept in {folder} ({size / 1e6:.0f} MB)")
    return replace(corpus, encoded=_opened(folder))


def shared_pairs(dev: Sequence[SentencePair], corpus: TrainingCorpus) -> list[str]:
    """What to say where many pairs of dev are among those of train, compared as subwords."""
    given = [pair for pair in dev if pair.source and pair.target]
    vocabularies = corpus.vocabularies
    encoded = (
        FlatSequences.of(vocabularies.source.encode_together([pair.source for pair in given])),
        FlatSequences.of(vocabularies.target.encode_together([pair.target for pair in given])),
    )
    return shared(_rows(encoded), _rows(corpus.encoded), "dev")


def _rows(sides: tuple[FlatSequences, FlatSequences]) -> Iterator[tuple[bytes, bytes]]:
    """The bytes of both sides of each pair."""
    source, target = ((side.items, side.starts.tolist()) for side in sides)
    for row in range(len(source[1]) - 1):
        yield (
            source[0][source[1][row] : source[1][row + 1]].tobytes(),
            target[0][target[1][row] : target[1][row + 1]].tobytes(),
        )


def _read(config: TranslationConfig, given: Vocabularies | None, say: Say) -> TrainingCorpus:
    sources, targets = FlatTexts(), FlatTexts()
    for pair in training_pairs(config.data, say):
        sources.append(pair.source)
        targets.append(pair.target)
    vocabularies = given or learn_vocabularies(sources, targets, config, say)
    say_rewritten(vocabularies, sources, targets, say)
    most, samples = config.data.max_tokens, bool(config.tokenizer.sampling)
    encoded, kept = (_Growing(), _Growing()), (FlatTexts(), FlatTexts())
    for source, target in _slices(sources, targets):
        ids = vocabularies.source.encode_together(source)
        for row, both in enumerate(zip(ids, vocabularies.target.encode_together(target), strict=True)):
            if max(map(len, both)) > most:
                continue
            for side, one in zip(encoded, both, strict=True):
                side.append(one)
            if samples:
                kept[0].append(source[row])
                kept[1].append(target[row])
    count = len(encoded[0])
    if left_out := len(sources) - count:
        say(f"train: {left_out:,} pairs with more than {most} subwords are left out (data.max_tokens)")
    if not count:
        raise DataError(f"no training pair has at most {most} subwords a side; raise data.max_tokens")
    flat = encoded[0].sequences(), encoded[1].sequences()
    return TrainingCorpus(vocabularies, flat, kept if samples else (), _habits(sources))


def _habits(sources: FlatTexts) -> SentenceHabits:
    """How many sentences the sources have, by some of them from all places."""
    return learn_habits([*islice(sources, 0, None, max(1, len(sources) // _LOOKED_AT))])


class _Growing:
    """Sequences that are added at the end."""

    def __init__(self) -> None:
        self._items, self._ends = array("i"), array("q", [0])

    def append(self, ids: list[int]) -> None:
        self._items.extend(ids)
        self._ends.append(len(self._items))

    def __len__(self) -> int:
        return len(self._ends) - 1

    def sequences(self) -> FlatSequences:
        """All of them, without a copy."""
        return FlatSequences(np.frombuffer(self._items, np.int32), np.frombuffer(self._ends, np.int64))


def _slices(sources: Iterable[str], targets: Iterable[str]) -> Iterator[tuple[list[str], list[str]]]:
    pairs = zip(sources, targets, strict=True)
    while some := list(islice(pairs, _SLICE)):
        yield [source for source, _ in some], [target for _, target in some]


def _name(config: TranslationConfig, digest: str, given: Vocabularies | None) -> str:
    """What the subwords of a corpus depend on."""
    data = {name: value for name, value in asdict(config.data).items() if name not in ("dir", "cache", "train")}
    begins = [sha256(content).hexdigest() for _, content in sorted((given.to_files() if given else {}).items())]
    shapes = json.dumps([VERSION, digest, data, asdict(config.tokenizer), begins], sort_keys=True)
    return sha256(shapes.encode()).hexdigest()


def _about(folder: Path) -> dict[str, Any] | None:
    """What is known of a corpus that was kept, if all its files are there."""
    try:
        about: dict[str, Any] = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        known = about.get("habits", {}).keys() == asdict(ANY_SENTENCES).keys()  # not of an older version
        whole = known and all((folder / name).stat().st_size == size for name, size in about["sizes"].items())
    except (OSError, ValueError, KeyError):
        return None
    return about if whole else None


def _keep(folder: Path, corpus: TrainingCorpus, said: list[str]) -> None:
    """Write what :func:`training_corpus` finds again; ``about.json``, the last file, tells how large the others are."""
    subwords = corpus.vocabularies.to_files()
    files: dict[str, bytes | memoryview] = {**subwords}
    for name, side in zip(SIDES, corpus.encoded, strict=True):
        files |= {f"{name}.items": side.items.data.cast("B"), f"{name}.starts": side.starts.data.cast("B")}
    for name, content in files.items():
        write_atomically(folder / name, content)
    sizes = {name: len(content) for name, content in files.items()}
    about = {"said": said, "subwords": list(subwords), "habits": asdict(corpus.habits), "sizes": sizes}
    write_atomically(folder / "about.json", json.dumps(about, ensure_ascii=False).encode())


def _opened(folder: Path) -> tuple[FlatSequences, FlatSequences]:
    """Both sides, read from their files where they are needed (memory mapping)."""

    def mapped(name: str, kind: type[np.signedinteger[Any]]) -> NDArray[Any]:
        return np.memmap(folder / name, kind, "r")

    source, target = (FlatSequences(mapped(f"{s}.items", np.int32), mapped(f"{s}.starts", np.int64)) for s in SIDES)
    return source, target


def _kept_vocabularies(folder: Path, names: Iterable[str]) -> Vocabularies:
    return Vocabularies.from_files({name: (folder / name).read_bytes() for name in names})


def _memory() -> int:
    """Bytes of this machine; a gigabyte where the system does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 1 << 30
