"""The answer for a line depends neither on the batch, nor on the order of the lines, nor on the number of threads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from hardware import NEEDS_BF16

from seqnlp.api import Translator
from seqnlp.config.translation import DecodingConfig
from seqnlp.text.files import read_lines

SEARCH = DecodingConfig(beam=3, max_ratio=1.0, max_extra=5)


@pytest.fixture
def threads() -> Iterator[None]:
    """Put the number of threads back."""
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def real_lines(shared_data: Path, count: int) -> list[str]:
    path = shared_data / "translation" / "multi30k" / "test_2016_flickr.de.gz"
    return [line for _, line in read_lines(path)][:count]


@pytest.mark.parametrize("precision", ["fp32", pytest.param("bf16", marks=NEEDS_BF16)])
@pytest.mark.parametrize("count", [20, pytest.param(1000, marks=pytest.mark.slow)])
@pytest.mark.usefixtures("threads")
def test_real_lines_at_batch_1_and_64(translator_run: Path, shared_data: Path, precision: str, count: int) -> None:
    translator, lines = Translator(translator_run, precision=precision), real_lines(shared_data, count)
    together = [answer.text for answer in translator.translate_lines(lines, decoding=SEARCH, batch_lines=64)]
    assert [translator.translate(line, decoding=SEARCH).text for line in lines] == together
    torch.set_num_threads(2)
    turned = translator.translate_lines(lines[::-1], decoding=SEARCH, batch_lines=7)
    assert [answer.text for answer in turned[::-1]] == together
