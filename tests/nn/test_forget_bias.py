"""Every model's LSTMs begin with the forget bias that was set; other cells have none."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn

from seqnlp.config.language_model import RecurrentLanguageModelConfig
from seqnlp.config.reading import read_config
from seqnlp.config.translation import TranslatorConfig
from seqnlp.errors import ConfigError
from seqnlp.models.language_model import RecurrentLanguageModel
from seqnlp.models.translator import RecurrentTranslator
from seqnlp.nn.peephole import PeepholeLSTM
from seqnlp.nn.recurrent import Recurrent
from seqnlp.nn.stateful import StatefulRNN

H = 6


def translator(cell: str, bias: float) -> nn.Module:
    sizes = {"encoder_hidden_dim": H, "decoder_hidden_dim": H, "embedding_dim": 4, "attention_dim": 4}
    return RecurrentTranslator(TranslatorConfig(cell=cell, forget_bias=bias, decoder_layers=2, **sizes), 9, 9)


def language_model(cell: str, bias: float) -> nn.Module:
    config = RecurrentLanguageModelConfig(cell=cell, forget_bias=bias, embedding_dim=H, hidden_dim=H)
    return RecurrentLanguageModel(config, 9)


MODELS: dict[str, Callable[[str, float], nn.Module]] = {
    "recurrent": lambda cell, bias: Recurrent(3, H, cell=cell, num_layers=2, forget_bias=bias),
    "carried": lambda cell, bias: StatefulRNN(3, [H, H], cell=cell, forget_bias=bias),
    "translator": translator,
    "language model": language_model,
}


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS.keys())
@pytest.mark.parametrize("bias", [0.0, 1.0, 2.5])
@pytest.mark.parametrize("cell", ["lstm", "peephole"])
def test_every_forget_gate_begins_with_it_and_no_other_gate(
    cell: str, bias: float, make: Callable[[str, float], nn.Module]
) -> None:
    layers = [part for part in make(cell, bias).modules() if isinstance(part, nn.LSTM | PeepholeLSTM)]
    assert len(layers) >= 2
    expected = torch.tensor([0.0, bias, 0.0, 0.0]).repeat_interleave(H)
    for layer in layers:
        assert torch.equal(layer.bias_ih_l0 + layer.bias_hh_l0, expected)


@pytest.mark.parametrize("task", ["tagging", "classification", "language_model", "translation"])
@pytest.mark.parametrize("cell", ["rnn", "gru"])
def test_it_is_refused_for_cells_without_a_forget_gate(task: str, cell: str) -> None:
    with pytest.raises(ConfigError) as actual:
        read_config({"task": task, "model": {"cell": cell, "forget_bias": 0}})
    assert f"model.forget_bias: only for model.cell=lstm and peephole, found '{cell}'" in str(actual.value)
