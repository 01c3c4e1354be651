"""The step function of a translator as wide as the recipes': bit for bit the same alone and in a batch, in bf16."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hardware import NEEDS_BF16

from seqnlp.config.translation import DecodingConfig, TranslatorConfig
from seqnlp.decode.beam import beam_search
from seqnlp.decode.hypotheses import Decoded
from seqnlp.models.translator import PairBatch, RecurrentTranslator
from seqnlp.models.translator_step import TranslatorStep
from seqnlp.text.subwords import END

V = 500
LENGTHS = [3, 3, 4, 5, 6, 6, 7, 9, 12]


@pytest.fixture(scope="module", params=[{}, {"encoder_hidden_dim": 640, "bridge": "final"}], ids=["recipes", "wide"])
def model(request: pytest.FixtureRequest) -> RecurrentTranslator:
    torch.manual_seed(5)
    made = RecurrentTranslator(TranslatorConfig(**request.param), V, V)
    for parameter in made.parameters():
        if parameter.dim() == 2:
            parameter.data.mul_(2)  # so that its answers are not all alike
    return made.eval().requires_grad_(False)


def sources() -> list[list[int]]:
    draw = torch.Generator().manual_seed(6)
    return [[*torch.randint(END + 1, V, (length,), generator=draw).tolist(), END] for length in LENGTHS]


def search(model: RecurrentTranslator, lines: list[list[int]]) -> list[list[Decoded]]:
    step, lengths = TranslatorStep(model), np.array([len(line) for line in lines])  # (B,)
    padded = np.zeros((len(lines), int(lengths.max())), np.int64)  # (B, S)
    for row, line in enumerate(lines):
        padded[row, : len(line)] = line
    longest, shortest = np.full(len(lines), 12), np.full(len(lines), 8)
    return beam_search(step, step.start(padded, lengths), len(lines), longest, shortest, DecodingConfig(beam=3))


@NEEDS_BF16
def test_tokens_and_scores_in_bf16_are_bit_for_bit_those_of_a_line_alone(model: RecurrentTranslator) -> None:
    narrow = RecurrentTranslator(model.config, V, V).eval().requires_grad_(False)
    narrow.load_state_dict(model.state_dict())
    narrow = narrow.bfloat16()
    together = search(narrow, sources())
    alone = [search(narrow, [line])[0] for line in sources()]
    assert [actual[0].tokens for actual in alone] == [actual[0].tokens for actual in together]
    assert [actual[0].token_log_probs for actual in alone] == [actual[0].token_log_probs for actual in together]


def test_scores_of_given_translations_in_bf16_are_near_those_in_fp32(model: RecurrentTranslator) -> None:
    line = torch.tensor(sources()[5])[None]  # (1, S)
    target = torch.tensor([[*range(20, 28), END]])  # (1, T)
    begin = torch.tensor([[2, *range(20, 28)]])  # (1, T)
    batch = PairBatch(line, torch.tensor([line.size(1)]), begin, target, torch.ones_like(target, dtype=torch.bool))
    exact = model.token_log_probs(batch)  # (1, T)
    narrow = RecurrentTranslator(model.config, V, V).eval()
    narrow.load_state_dict(model.state_dict())
    actual = narrow.bfloat16().token_log_probs(batch)  # (1, T)
    torch.testing.assert_close(actual, exact, rtol=0.05, atol=0.15)
