"""The translator as a network: alone as in a batch, step by step as at once, every option doing what it says."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from seqnlp.config.translation import TranslatorConfig
from seqnlp.data.flat_sequences import FlatSequences
from seqnlp.data.pair_batches import shifted, with_end
from seqnlp.models.translator import PairBatch, RecurrentTranslator

V = 23
SIZES = {"embedding_dim": 6, "encoder_hidden_dim": 4, "decoder_hidden_dim": 8, "attention_dim": 5}
KINDS: list[dict[str, Any]] = [
    {},
    {"input_feeding": False},
    {"decoder_layers": 2, "encoder_layers": 2},
    {"decoder_layers": 3, "input_feeding": False},
    {"attention": "dot"},
    {"attention": "general", "input_feeding": False},
    {"coverage": True},
    {"coverage": True, "input_feeding": False},
    {"cell": "gru"},
    {"cell": "rnn", "bridge": "zero"},
    {"cell": "peephole", "decoder_layers": 2},
    {"cell": "peephole", "input_feeding": False, "bridge": "final"},
    {"bridge": "final", "layer_norm": True},
    {"bidirectional": False, "tie_embeddings": "target"},
    {"tie_embeddings": "none"},
]


def make(**changes: Any) -> RecurrentTranslator:
    torch.manual_seed(1)
    model = RecurrentTranslator(TranslatorConfig(**{**SIZES, **changes}), V, V).double().eval()
    with torch.no_grad():
        model.output_bias.normal_()
        if changes.get("coverage"):
            model.decoder.attention.coverage.normal_()
    return model


def batch_of(pairs: list[tuple[list[int], list[int]]]) -> PairBatch:
    sides = [FlatSequences.of(side) for side in zip(*pairs, strict=True)]
    rows = torch.arange(len(pairs)).numpy()
    source, source_lengths = with_end(sides[0], rows)
    outputs, lengths = with_end(sides[1], rows)
    mask = torch.arange(outputs.size(1)) < lengths[:, None]
    return PairBatch(source, source_lengths, shifted(outputs), outputs, mask)


PAIRS = [([5, 6, 7, 8], [9, 10]), ([11], [12, 13, 14, 15, 16]), ([4, 4, 20], []), ([], [21])]


def step_by_step(model: RecurrentTranslator, pair: tuple[list[int], list[int]]) -> float:
    """The log probability of one pair by the decoder's step."""
    batch = batch_of([pair])
    memory, state = model.encode(batch.source, batch.source_lengths)
    attend, total = model.decoder.attend_to(memory), 0.0
    for read, wanted in zip(batch.inputs[0], batch.outputs[0], strict=True):
        features, weights, state = model.decoder.step(
            model.embed_target(read[None]), state, attend, model.decoder.products()
        )
        assert float(weights.detach().sum()) == pytest.approx(1)
        total += float(torch.log_softmax(model.logits(features).detach(), dim=-1)[0, wanted])
    return total


@pytest.mark.parametrize("changes", KINDS, ids=str)
def test_the_loss_of_a_batch_is_the_sum_over_steps_of_each_pair_alone(changes: dict[str, Any]) -> None:
    model = make(**changes)
    alone = [step_by_step(model, pair) for pair in PAIRS]
    assert float(model.loss(batch_of(PAIRS))) == pytest.approx(-sum(alone), rel=1e-9)
    scores = model.token_log_probs(batch_of(PAIRS)).sum(dim=1)
    assert scores.tolist() == pytest.approx(alone, rel=1e-5)


@pytest.mark.parametrize("changes", KINDS, ids=str)
def test_every_weight_gets_a_gradient(changes: dict[str, Any]) -> None:
    model = make(**changes)
    model.loss(batch_of(PAIRS)).backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert float(parameter.grad.abs().sum()) > 0, name


def test_coverage_reaches_the_attention() -> None:
    model = make(coverage=True)
    with_coverage = step_by_step(model, PAIRS[0])
    with torch.no_grad():
        model.decoder.attention.coverage.zero_()
    assert step_by_step(model, PAIRS[0]) != pytest.approx(with_coverage, rel=1e-6)


def test_scheduled_sampling_at_one_is_exactly_teacher_forcing() -> None:
    model = make(embedding_dropout=0.0, hidden_dropout=0.0, output_dropout=0.0).train()
    batch = batch_of(PAIRS)
    memory, state = model.encode(batch.source, batch.source_lengths)
    sampled = model._sampled(batch, memory, state, 1.0)
    forced = model.decoder.teacher_forced(model.embed_target(batch.inputs), memory, state)
    torch.testing.assert_close(sampled, forced)
    assert torch.equal(model.loss(batch, 1.0), model.loss(batch))


def test_scheduled_sampling_at_zero_reads_only_its_own_guesses() -> None:
    model = make(embedding_dropout=0.0, hidden_dropout=0.0, output_dropout=0.0).train()
    first, other = [5, 6, 7], [20, 21, 22]
    losses = [model.loss(batch_of([([8, 9], [*target, 10])]), 0.0) for target in (first, other)]
    features = []
    for target in (first, other):  # whatever the target, the same is read
        batch = batch_of([([8, 9], [*target, 10])])
        memory, state = model.encode(batch.source, batch.source_lengths)
        features.append(model._sampled(batch, memory, state, 0.0))
    torch.testing.assert_close(features[0], features[1])
    assert float(losses[0].detach()) != float(losses[1].detach())


def test_some_tokens_are_sampled_in_between() -> None:
    model = make().train()
    batch = batch_of([([5] * 6, list(range(4, 20)))] * 8)
    inputs: list[Tensor] = []
    model.target_embedding.register_forward_hook(lambda table, arguments, output: inputs.append(arguments[0]))
    model.loss(batch, 0.5)
    inputs = inputs[-batch.inputs.size(1) :]  # the source before them reads the same table
    read = torch.cat(inputs, dim=1)  # (B, T)
    same = (read[:, 1:] == batch.inputs[:, 1:]).double().mean()
    assert 0.3 < float(same) < 0.8
    assert torch.equal(read[:, 0], batch.inputs[:, 0])


def test_a_sentence_is_encoded_alone_as_in_a_batch() -> None:
    model = make(encoder_layers=2)
    together = batch_of(PAIRS)
    memory, state = model.encode(together.source, together.source_lengths)
    for row, pair in enumerate(PAIRS):
        one = batch_of([pair])
        alone, begun = model.encode(one.source, one.source_lengths)
        length = one.source.size(1)
        torch.testing.assert_close(memory.states[row, :length], alone.states[0])
        torch.testing.assert_close(state.hidden[0][row], begun.hidden[0][0])
