"""An LSTM that reads its own additive attention, over a whole target at once, with the gradient in closed form.

The loop is sequential: the context found with one state is read by the next. Autograd would add to the weights'
gradients at every step; here the steps' inputs and gate gradients are kept, and each weight gets its gradient in one
large product.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from seqnlp.nn.cells import fast_tanh


@dataclass(frozen=True)
class AttentiveWeights:
    """What the loop multiplies with: ``recurrent`` (4H, H + M), ``query`` (A, H) and ``energy`` (A,)."""

    recurrent: Tensor
    query: Tensor
    energy: Tensor


def attentive_lstm(
    inputs: Tensor, hidden: Tensor, cell: Tensor, keys: Tensor, memory: Tensor, mask: Tensor, weights: AttentiveWeights
) -> tuple[Tensor, Tensor]:
    """Run the loop ``h = LSTM(input, [h, context])``, ``context = attend(h)`` (context 0 before the first step).

    The energy of a position is ``energy . sigmoid(query h + key)`` (see :class:`~seqnlp.nn.attention.Attention` for how
    that is additive attention). Products follow autocast; gates, cells and softmax are in the dtype of ``inputs``.

    Args:
        inputs: (T, B, 4H) what the current subword adds to the gates (input, forget, cell, output), biases included.
        hidden, cell: (B, H) first state.
        keys: (B, S, A), memory: (B, S, M), mask: (B, S) bool.

    Returns:
        The hidden states (T, B, H) and the contexts (T, B, M).
    """
    arguments = (inputs, hidden, cell, keys, memory, mask, weights.recurrent, weights.query, weights.energy)
    states, contexts = _AttentiveLSTM.apply(*arguments)  # type: ignore[no-untyped-call]  # torch gives `apply` no types
    return states, contexts


class _AttentiveLSTM(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        inputs: Tensor,
        hidden: Tensor,
        cell: Tensor,
        keys: Tensor,
        memory: Tensor,
        mask: Tensor,
        recurrent: Tensor,
        query: Tensor,
        energy: Tensor,
    ) -> tuple[Tensor, Tensor]:
        """The loop; what the gradient needs is written into arrays made once."""
        kind = inputs.device.type
        low = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else inputs.dtype
        num_steps, batch, width = inputs.shape[0], *hidden.shape
        with torch.autocast(kind, enabled=False):
            recurrent_low, query_low, energy_low = recurrent.to(low).T, query.to(low).T, energy.to(low)
            keys_low, memory_low = keys.to(low), memory.to(low)
            blocked = torch.zeros_like(mask, dtype=inputs.dtype).masked_fill_(~mask, -torch.inf)  # (B, S)
            gates = inputs.clone()  # (T, B, 4H)
            cells = inputs.new_empty(num_steps + 1, batch, width)  # (T + 1, B, H)
            read = inputs.new_empty(num_steps + 1, batch, width + memory.shape[2], dtype=low)  # (T + 1, B, H + M)
            bent = inputs.new_empty(num_steps, *keys.shape, dtype=low)  # (T, B, S, A)
            attention = inputs.new_empty(num_steps, *mask.shape)  # (T, B, S)
            cells[0] = cell
            read[0, :, :width] = hidden
            read[0, :, width:] = 0
            for step in range(num_steps):
                gate = gates[step]  # (B, 4H)
                gate += read[step] @ recurrent_low
                enter, keep, new, leave = gate.chunk(4, dim=1)  # 4 x (B, H)
                new *= 2
                gate.sigmoid_()
                new.mul_(2).sub_(1)  # tanh by the sigmoid, which is several times faster
                torch.addcmul(enter * new, keep, cells[step], out=cells[step + 1])
                state = read[step + 1, :, :width]  # (B, H)
                state.copy_(leave * fast_tanh(cells[step + 1]))
                torch.add(keys_low, (state @ query_low)[:, None, :], out=bent[step])
                energies = bent[step].sigmoid_() @ energy_low  # (B, S)
                torch.softmax(energies.to(inputs.dtype) + blocked, dim=1, out=attention[step])
                context = torch.bmm(attention[step][:, None, :].to(low), memory_low)[:, 0]  # (B, M)
                read[step + 1, :, width:] = context
        ctx.save_for_backward(gates, cells, read, bent, attention, memory, recurrent, query, energy)
        ctx.low, ctx.key_dtype = low, keys.dtype
        return read[1:, :, :width].to(inputs.dtype), read[1:, :, width:].to(inputs.dtype)

    @staticmethod
    def backward(ctx: Any, state_gradient: Tensor, context_gradient: Tensor) -> tuple[Tensor | None, ...]:
        """Back through the steps; the weights' gradients come last, each in one product."""
        gates, cells, read, bent, attention, memory, recurrent, query, energy = ctx.saved_tensors
        low, (num_steps, batch, _) = ctx.low, gates.shape
        width = cells.shape[2]
        recurrent_low, query_low, energy_low = recurrent.to(low), query.to(low), energy.to(low)
        memory_low = memory.to(low).transpose(1, 2).contiguous()  # (B, M, S)
        slopes = bent * bent  # (T, B, S, A)
        torch.sub(bent, slopes, out=slopes)
        gate_gradient = torch.empty_like(gates)  # (T, B, 4H)
        energy_gradient = torch.empty_like(attention)  # (T, B, S)
        query_gradient = gates.new_empty(num_steps, batch, query.shape[0], dtype=low)  # (T, B, A)
        contexts = gates.new_empty(num_steps, batch, memory.shape[2], dtype=low)  # (T, B, M)
        back_state = torch.zeros_like(cells[0])  # (B, H)
        back_context = torch.zeros_like(context_gradient[0])  # (B, M)
        back_cell = torch.zeros_like(cells[0])  # (B, H)
        for step in reversed(range(num_steps)):
            contexts[step] = context_gradient[step] + back_context
            shift = torch.bmm(contexts[step][:, None, :], memory_low)[:, 0].to(attention.dtype)  # (B, S)
            weights = attention[step]  # (B, S)
            torch.mul(weights, shift - (weights * shift).sum(dim=1, keepdim=True), out=energy_gradient[step])
            bend = torch.bmm(energy_gradient[step][:, None, :].to(low), slopes[step])[:, 0]  # (B, A)
            torch.mul(bend, energy_low, out=query_gradient[step])
            back = state_gradient[step] + back_state + (query_gradient[step] @ query_low)  # (B, H)
            enter, keep, new, leave = gates[step].chunk(4, dim=1)  # 4 x (B, H)
            bent_cell = fast_tanh(cells[step + 1])  # (B, H)
            back_cell = back_cell + back * leave * (1 - bent_cell * bent_cell)
            d_enter, d_keep, d_new, d_leave = gate_gradient[step].chunk(4, dim=1)
            torch.mul(back_cell * new, enter * (1 - enter), out=d_enter)
            torch.mul(back_cell * cells[step], keep * (1 - keep), out=d_keep)
            torch.mul(back_cell * enter, 1 - new * new, out=d_new)
            torch.mul(back * bent_cell, leave * (1 - leave), out=d_leave)
            back_cell = back_cell * keep
            back_read = (gate_gradient[step].to(low) @ recurrent_low).to(gates.dtype)  # (B, H + M)
            back_state, back_context = back_read[:, :width], back_read[:, width:]
        flat_gates = gate_gradient.flatten(0, 1).to(low)  # (T * B, 4H)
        d_recurrent = (flat_gates.T @ read[:-1].flatten(0, 1)).to(recurrent.dtype)  # (4H, H + M)
        d_query = (query_gradient.flatten(0, 1).T @ read[1:, :, :width].flatten(0, 1)).to(query.dtype)  # (A, H)
        low_energies = energy_gradient.to(low)  # (T, B, S)
        d_energy = (low_energies.flatten() @ bent.flatten(0, 2)).to(energy.dtype)  # (A,)
        slopes.mul_(low_energies[..., None])
        d_keys = (slopes.sum(dim=0, dtype=gates.dtype) * energy).to(ctx.key_dtype)  # (B, S, A)
        # Not in bf16: oneDNN would compile and keep a kernel for every pair of source and target lengths.
        seen = attention.permute(1, 2, 0)  # (B, S, T)
        d_memory = torch.bmm(seen, contexts.transpose(0, 1).to(seen.dtype)).to(memory.dtype)  # (B, S, M)
        return gate_gradient, back_state, back_cell, d_keys, d_memory, None, d_recurrent, d_query, d_energy
