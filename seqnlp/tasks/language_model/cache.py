"""A neural cache: tokens that came after similar states of late become more probable (Grave et al. 2017)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import torch
from torch import Tensor

from seqnlp.tasks.language_model.mixture import Said
from seqnlp.tasks.language_model.reading import Read


def said_with_cache(windows: Iterable[Read], size: int, flatnesses: Sequence[float]) -> Said:
    """What the model and, for each flatness (theta), a cache give to the tokens (N,) of windows.

    A cache holds the last ``size`` tokens and begins empty: it gives 0 to the first one. The larger theta, the more
    only the most similar states count.
    """
    own: list[float] = []  # lists, as small tensors that are kept would lie between large ones that are freed
    remembered: list[list[float]] = [[] for _ in flatnesses]
    keys: Tensor | None = None  # (P, H) the states before the last P tokens
    values: Tensor | None = None  # (P,) those tokens
    for window in windows:
        outputs, targets = window.outputs, window.targets  # (T, H), (T,)
        all_keys = outputs if keys is None else torch.cat([keys, outputs])  # (P + T, H)
        all_values = targets if values is None else torch.cat([values, targets])  # (P + T,)
        similar = outputs @ all_keys.T  # (T, P + T)
        now = len(all_keys) - len(outputs) + torch.arange(len(outputs), device=outputs.device)[:, None]  # (T, 1)
        place = torch.arange(len(all_keys), device=outputs.device)  # (P + T,)
        hidden = (place >= now) | (place < now - size)  # (T, P + T)
        same = all_values == targets[:, None]  # (T, P + T)
        for flatness, part in zip(flatnesses, remembered, strict=True):
            weights = (flatness * similar).masked_fill(hidden, -torch.inf).softmax(dim=1).nan_to_num(0.0)
            part += (weights * same).sum(dim=1).tolist()
        own += torch.exp(-window.losses.double()).tolist()
        keys, values = all_keys[-size:], all_values[-size:]
    return Said(
        np.array(own), caches={theta: np.array(part) for theta, part in zip(flatnesses, remembered, strict=True)}
    )
