"""What all tests of the CRF are held to."""

from __future__ import annotations

import pytest
from crf_oracle import CRFS, masks
from torch import Tensor

from seqnlp.nn.crf import CRF


@pytest.fixture(params=CRFS)
def crf(request: pytest.FixtureRequest) -> CRF:
    return CRFS[request.param]()


@pytest.fixture(params=masks(), ids=["ragged-holes-late", "empty"])
def mask(request: pytest.FixtureRequest) -> Tensor:
    chosen: Tensor = request.param
    return chosen
