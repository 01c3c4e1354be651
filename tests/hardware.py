"""What tests need of the machine that they run on."""

from __future__ import annotations

import pytest

from seqnlp.training.device import cpu_has_bf16

NEEDS_BF16 = pytest.mark.skipif(not cpu_has_bf16(), reason="this CPU has no bf16 instructions; bf16 is refused here")
