"""The language model as a network: by hand, window by window, every option doing what it says."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import Tensor

from seqnlp.config.language_model import RecurrentLanguageModelConfig
from seqnlp.models.language_model import RecurrentLanguageModel

V, B, T = 13, 3, 6
NO_DROPOUT = {f"{name}_dropout": 0.0 for name in ("embedding", "input", "hidden", "output")} | {"weight_drop": 0.0}
KINDS: list[dict[str, Any]] = [
    {},
    {"cell": "gru"},
    {"cell": "rnn"},
    {"cell": "peephole"},
    {"tie_embeddings": False, "num_layers": 1},
    {"adaptive_head": 4},
    {"adaptive_head": 4, "tie_embeddings": False},
]


def make(**changes: Any) -> RecurrentLanguageModel:
    torch.manual_seed(1)
    settings = {"embedding_dim": 5, "hidden_dim": 7, **NO_DROPOUT, **changes}
    return RecurrentLanguageModel(RecurrentLanguageModelConfig(**settings), V).double()


def text(seed: int = 0) -> tuple[Tensor, Tensor, Tensor]:
    tokens = torch.randint(V, (B, T + 1), generator=torch.Generator().manual_seed(seed))
    return tokens[:, :-1], tokens[:, 1:], torch.ones(B, T, dtype=torch.bool)


def test_perplexity_by_hand_on_a_toy_model() -> None:
    model = make(tie_embeddings=False, num_layers=1)
    with torch.no_grad():
        model.output_table.zero_()
        model.output.bias.copy_(torch.arange(V).double())
        model.output.bias[0] = 5.0
    logits = [5.0, *map(float, range(1, V))]
    log_mass = math.log(sum(map(math.exp, logits)))
    inputs, targets, mask = text()
    by_hand = sum(log_mass - logits[token] for token in targets.flatten().tolist())
    assert float(model.loss(inputs, targets, mask, model.start(B))[0]) == pytest.approx(by_hand)
    losses, _ = model.losses(inputs, targets, model.start(B))
    assert float(losses.sum()) == pytest.approx(by_hand)
    assert math.exp(float(losses.mean())) == pytest.approx(math.exp(by_hand / (B * T)))


@pytest.mark.parametrize("changes", KINDS, ids=str)
def test_a_text_in_windows_costs_what_it_costs_at_once(changes: dict[str, Any]) -> None:
    model = make(**changes).eval()
    inputs, targets, _ = text()
    whole, _ = model.losses(inputs, targets, model.start(B))
    state, parts = model.start(B), []
    for begin, end in ((0, 1), (1, 4), (4, 6)):
        part, state = model.losses(inputs[:, begin:end], targets[:, begin:end], state)
        parts.append(part)
    torch.testing.assert_close(torch.cat(parts, dim=1), whole)


@pytest.mark.parametrize("changes", KINDS, ids=str)
def test_every_weight_gets_a_gradient(changes: dict[str, Any]) -> None:
    model, (inputs, _, mask) = make(**changes), text()
    every = torch.arange(B * T).view(B, T) % V  # every token is wanted somewhere
    model.loss(inputs, every, mask, tuple(part + 0.1 for part in model.start(B)))[0].backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert float(parameter.grad.abs().sum()) > 0, name


def test_targets_that_are_masked_out_cost_nothing() -> None:
    model, (inputs, targets, mask) = make(activation_penalty=2.0, change_penalty=1.0), text()
    mask[1:, -1] = False
    actual, _ = model.loss(inputs, targets, mask, model.start(B))
    changed = torch.where(mask, targets, (targets + 1) % V)
    assert float(model.loss(inputs, changed, mask, model.start(B))[0]) == pytest.approx(float(actual))


def test_penalties_are_means_over_features_summed_over_tokens() -> None:
    inputs, targets, mask = text()
    plain, both = make(), make(activation_penalty=2.0, change_penalty=3.0)
    outputs, _ = plain(inputs, plain.start(B))
    extra = 2 * outputs.square().mean(dim=-1).sum() + 3 * (outputs[:, 1:] - outputs[:, :-1]).square().mean(dim=-1).sum()
    losses = [float(model.loss(inputs, targets, mask, model.start(B))[0]) for model in (plain, both)]
    assert losses[1] - losses[0] == pytest.approx(float(extra))


@pytest.mark.parametrize("name", [*NO_DROPOUT])
def test_every_dropout_drops_in_training_only(name: str) -> None:
    model, (inputs, targets, mask) = make(**{name: 0.5}), text()
    draws = {float(model.loss(inputs, targets, mask, model.start(B))[0]) for _ in range(4)}
    assert len(draws) == 4
    model.eval()
    calm = {float(model.loss(inputs, targets, mask, model.start(B))[0]) for _ in range(3)}
    assert len(calm) == 1
    assert calm == {float(make().loss(inputs, targets, mask, model.start(B))[0])}


def test_embedding_dropout_drops_a_unit_wherever_it_occurs() -> None:
    model = make(embedding_dropout=0.5)
    read: list[Tensor] = []
    model.input_dropout.register_forward_pre_hook(lambda module, inputs: read.extend(inputs))
    model(torch.arange(V).repeat(2, 3), model.start(2))
    rows = read[0].view(2, 3, V, -1)
    dropped = (rows == 0).all(dim=-1)  # (2, 3, V)
    assert (dropped == dropped[0, 0]).all()
    assert 0 < int(dropped[0, 0].sum()) < V


def test_a_stream_alone_is_as_beside_others() -> None:
    model, (inputs, targets, _) = make().eval(), text()
    together, _ = model.losses(inputs, targets, model.start(B))
    for row in range(B):
        alone, _ = model.losses(inputs[row : row + 1], targets[row : row + 1], model.start(1))
        torch.testing.assert_close(alone[0], together[row])


def test_tied_embeddings_are_one_table() -> None:
    tied, untied = make(), make(tie_embeddings=False)
    assert tied.table is tied.embedding.weight
    assert untied.table.shape == (V, 7)
    assert set(untied.state_dict()) - set(tied.state_dict()) == {"output_table"}
