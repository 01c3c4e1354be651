"""A CRF by enumeration: every path of a short sentence, its score worked out token by token in plain Python."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import torch
from torch import Tensor

from seqnlp.nn.crf import CRF
from seqnlp.text.tags import legal_end, legal_start, legal_transitions, tag_set

Path = tuple[int, ...]


def paths_of(crf: CRF, emissions: Tensor, mask: Tensor, temperature: float = 1.0) -> dict[Path, float]:
    """Every legal path of one sentence's real tokens with its score; emissions (T, K), mask (T,)."""
    tokens = emissions[mask].tolist()
    paths = legal_paths(crf, len(tokens))
    start, end, moves = (values.tolist() for values in (crf.start_transitions, crf.end_transitions, crf.transitions))
    return {path: _score(tokens, path, start, end, moves) / temperature for path in paths}


def path_score(crf: CRF, tokens: list[list[float]], path: Path) -> float:
    """The score of one path, legal or not."""
    start, end, moves = (values.tolist() for values in (crf.start_transitions, crf.end_transitions, crf.transitions))
    return _score(tokens, path, start, end, moves)


def legal_paths(crf: CRF, length: int) -> list[Path]:
    """Every tag sequence of a length that the constraints allow."""
    start, end, moves = (flags.tolist() for flags in (crf.legal_start, crf.legal_end, crf.legal_transitions))
    paths = itertools.product(range(crf.num_tags), repeat=length)
    return [path for path in paths if not path or _is_legal(path, start, end, moves)]


def is_legal(crf: CRF, path: Path) -> bool:
    """Whether the constraints allow one path."""
    start, end, moves = (flags.tolist() for flags in (crf.legal_start, crf.legal_end, crf.legal_transitions))
    return not path or _is_legal(path, start, end, moves)


def _score(
    tokens: list[list[float]], path: Path, start: list[float], end: list[float], moves: list[list[float]]
) -> float:
    if not path:
        return 0.0
    moved = sum(moves[old][new] for old, new in itertools.pairwise(path))
    return start[path[0]] + moved + end[path[-1]] + sum(token[tag] for token, tag in zip(tokens, path, strict=True))


def _is_legal(path: Path, start: list[bool], end: list[bool], moves: list[list[bool]]) -> bool:
    return start[path[0]] and end[path[-1]] and all(moves[old][new] for old, new in itertools.pairwise(path))


def log_sum_exp(scores: list[float]) -> float:
    peak = max(scores)
    return peak + math.log(math.fsum(math.exp(score - peak) for score in scores))


def probabilities_of(crf: CRF, emissions: Tensor, mask: Tensor, temperature: float = 1.0) -> dict[Path, float]:
    """The probability of every legal path."""
    scores = paths_of(crf, emissions, mask, temperature)
    log_z = log_sum_exp(list(scores.values()))
    return {path: math.exp(score - log_z) for path, score in scores.items()}


def random_crf(num_tags: int, seed: int = 0, scale: float = 1.0) -> CRF:
    """No constraints, parameters of some size."""
    return randomized(CRF(num_tags), seed, scale)


def scheme_crf(scheme: str, types: int, seed: int = 0) -> CRF:
    """With the constraints of a tag scheme over some entity types."""
    labels = scheme_labels(scheme, types)
    flags = (legal_start(labels, scheme), legal_end(labels, scheme), legal_transitions(labels, scheme))
    return randomized(CRF(len(labels), *flags), seed)


def scheme_labels(scheme: str, types: int) -> list[str]:
    return tag_set(["XYZ"[index] for index in range(types)], scheme)


def randomized(crf: CRF, seed: int, scale: float = 1.0) -> CRF:
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in crf.parameters():
            parameter.normal_(0, scale, generator=generator)
    return crf


def random_batch(
    size: int, length: int, num_tags: int, seed: int = 0, scale: float = 1.0
) -> tuple[Tensor, Tensor, Tensor]:
    """Emissions (B, T, K), tags (B, T) and a ragged mask (B, T), the first sentence of full length."""
    generator = torch.Generator().manual_seed(seed)
    emissions = scale * torch.randn(size, length, num_tags, generator=generator)
    tags = torch.randint(num_tags, (size, length), generator=generator)
    lengths = torch.randint(1, length + 1, (size,), generator=generator)
    lengths[:1] = length
    return emissions, tags, torch.arange(length) < lengths[:, None]


def legal_tags(crf: CRF, emissions: Tensor, mask: Tensor) -> Tensor:
    """Tags (B, T) that the constraints allow, not the best ones."""
    return crf.viterbi(-emissions, mask)[0]


def masks() -> list[Tensor]:
    """Masks (5, 5): ragged, with holes, off at the first step, of one token, empty."""
    rows = ["11111", "11100", "10101", "01101", "00010"], ["00000", "10001", "01000", "11111", "00000"]
    return [torch.tensor([[cell == "1" for cell in row] for row in rows]) for rows in rows]


CRFS: dict[str, Callable[[], CRF]] = {
    "free": lambda: random_crf(4),
    "iob2": lambda: scheme_crf("iob2", 1),
    "bioes": lambda: scheme_crf("bioes", 1),
}
