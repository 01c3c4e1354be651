"""An LSTM that reads its own additive attention, over a whole target at once, with the gradient in closed form.

The loop is sequential: the context found with one state is read by the next. Autograd would add to the weights'
gradients at every step; here the steps' inputs and gate gradients are kept, and each weight gets its gradient in one
large product.

Step t of one sentence, with ``z_t`` of the inputs, gates ``i f g o`` and positions s of the memory::

    i, f, o, g = sigmoid, sigmoid, sigmoid, tanh of the parts of  z_t + recurrent [h_t-1, context_t-1]
    cell_t = f cell_t-1 + i g                   h_t = o tanh(cell_t)
    u_s = sigmoid(query h_t + key_s)            a_s = softmax over s of (energy . u_s)
    context_t = sum_s a_s memory_s

Backwards, with ``d x`` for the gradient of the loss in x (the context's also comes from the next step's gates)::

    m_s = d context_t . memory_s                    d (energy . u_s) = a_s (m_s - sum_r a_r m_r)
    d (query h_t + key_s) = d (energy . u_s) energy u_s (1 - u_s)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from seqnlp.nn.steps import fast_tanh


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
    return _attentive_lstm(*arguments)


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
        dtype = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else inputs.dtype
        num_steps, batch, width = inputs.shape[0], *hidden.shape
        with torch.autocast(kind, enabled=False):
            low_recurrent, low_query, low_energy = recurrent.to(dtype).T, query.to(dtype).T, energy.to(dtype)
            low_keys, low_memory = keys.to(dtype), memory.to(dtype)
            blocked = torch.zeros_like(mask, dtype=inputs.dtype).masked_fill_(~mask, -torch.inf)  # (B, S)
            gates = inputs.clone()  # (T, B, 4H)
            cells = inputs.new_empty(num_steps + 1, batch, width)  # (T + 1, B, H)
            read = inputs.new_empty(num_steps + 1, batch, width + memory.shape[2], dtype=dtype)  # (T + 1, B, H + M)
            activated = inputs.new_empty(num_steps, *keys.shape, dtype=dtype)  # (T, B, S, A)
            attention = inputs.new_empty(num_steps, *mask.shape)  # (T, B, S)
            cells[0] = cell
            read[0, :, :width] = hidden
            read[0, :, width:] = 0
            for step in range(num_steps):
                gate = gates[step]  # (B, 4H)
                gate += read[step] @ low_recurrent
                input_gate, forget_gate, candidate, output_gate = gate.chunk(4, dim=1)  # 4 x (B, H)
                candidate *= 2
                gate.sigmoid_()
                candidate.mul_(2).sub_(1)  # tanh by the sigmoid, which is several times faster
                torch.addcmul(input_gate * candidate, forget_gate, cells[step], out=cells[step + 1])
                state = read[step + 1, :, :width]  # (B, H)
                state.copy_(output_gate * fast_tanh(cells[step + 1]))
                torch.add(low_keys, (state @ low_query)[:, None, :], out=activated[step])
                energies = activated[step].sigmoid_() @ low_energy  # (B, S)
                torch.softmax(energies.to(inputs.dtype) + blocked, dim=1, out=attention[step])
                context = torch.bmm(attention[step][:, None, :].to(dtype), low_memory)[:, 0]  # (B, M)
                read[step + 1, :, width:] = context
        ctx.save_for_backward(gates, cells, read, activated, attention, memory, recurrent, query, energy)
        ctx.dtype, ctx.key_dtype = dtype, keys.dtype
        return read[1:, :, :width].to(inputs.dtype), read[1:, :, width:].to(inputs.dtype)

    @staticmethod
    def backward(ctx: Any, state_gradient: Tensor, context_gradient: Tensor) -> tuple[Tensor | None, ...]:
        """Back through the steps; the weights' gradients come last, each in one product."""
        gates, cells, read, activated, attention, memory, recurrent, query, energy = ctx.saved_tensors
        dtype, (num_steps, batch, _) = ctx.dtype, gates.shape
        width = cells.shape[2]
        low_recurrent, low_query, low_energy = recurrent.to(dtype), query.to(dtype), energy.to(dtype)
        low_memory = memory.to(dtype).transpose(1, 2).contiguous()  # (B, M, S)
        slopes = torch.empty_like(activated[0])  # (B, S, A) of one step: it stays in the cache
        d_keys = torch.zeros(slopes.shape, dtype=gates.dtype, device=gates.device)  # (B, S, A)
        gate_gradient = torch.empty_like(gates)  # (T, B, 4H)
        energy_gradient = torch.empty_like(attention)  # (T, B, S)
        query_gradient = gates.new_empty(num_steps, batch, query.shape[0], dtype=dtype)  # (T, B, A)
        contexts = gates.new_empty(num_steps, batch, memory.shape[2], dtype=dtype)  # (T, B, M)
        back_state = torch.zeros_like(cells[0])  # (B, H)
        back_context = torch.zeros_like(context_gradient[0])  # (B, M)
        back_cell = torch.zeros_like(cells[0])  # (B, H)
        for step in reversed(range(num_steps)):
            contexts[step] = context_gradient[step] + back_context
            shift = torch.bmm(contexts[step][:, None, :], low_memory)[:, 0].to(attention.dtype)  # (B, S)
            weights = attention[step]  # (B, S)
            torch.mul(weights, shift - (weights * shift).sum(dim=1, keepdim=True), out=energy_gradient[step])
            low_energies = energy_gradient[step].to(dtype)  # (B, S)
            torch.addcmul(activated[step], activated[step], activated[step], value=-1, out=slopes)
            slope_sum = torch.bmm(low_energies[:, None, :], slopes)[:, 0]  # (B, A)
            d_keys += slopes.mul_(low_energies[..., None])
            torch.mul(slope_sum, low_energy, out=query_gradient[step])
            back = state_gradient[step] + back_state + (query_gradient[step] @ low_query)  # (B, H)
            input_gate, forget_gate, candidate, output_gate = gates[step].chunk(4, dim=1)  # 4 x (B, H)
            activated_cell = fast_tanh(cells[step + 1])  # (B, H)
            back_cell = back_cell + back * output_gate * (1 - activated_cell * activated_cell)
            d_input, d_forget, d_candidate, d_output = gate_gradient[step].chunk(4, dim=1)
            torch.mul(back_cell * candidate, input_gate * (1 - input_gate), out=d_input)
            torch.mul(back_cell * cells[step], forget_gate * (1 - forget_gate), out=d_forget)
            torch.mul(back_cell * input_gate, 1 - candidate * candidate, out=d_candidate)
            torch.mul(back * activated_cell, output_gate * (1 - output_gate), out=d_output)
            back_cell = back_cell * forget_gate
            back_read = (gate_gradient[step].to(dtype) @ low_recurrent).to(gates.dtype)  # (B, H + M)
            back_state, back_context = back_read[:, :width], back_read[:, width:]
        flat_gates = gate_gradient.flatten(0, 1).to(dtype)  # (T * B, 4H)
        d_recurrent = (flat_gates.T @ read[:-1].flatten(0, 1)).to(recurrent.dtype)  # (4H, H + M)
        d_query = (query_gradient.flatten(0, 1).T @ read[1:, :, :width].flatten(0, 1)).to(query.dtype)  # (A, H)
        d_energy = (energy_gradient.to(dtype).flatten() @ activated.flatten(0, 2)).to(energy.dtype)  # (A,)
        d_keys = (d_keys * energy).to(ctx.key_dtype)
        # Not in bf16: oneDNN would compile and keep a kernel for every pair of source and target lengths.
        seen = attention.permute(1, 2, 0)  # (B, S, T)
        d_memory = torch.bmm(seen, contexts.transpose(0, 1).to(seen.dtype)).to(memory.dtype)  # (B, S, M)
        return gate_gradient, back_state, back_cell, d_keys, d_memory, None, d_recurrent, d_query, d_energy


_attentive_lstm: Callable[..., tuple[Tensor, Tensor]] = _AttentiveLSTM.apply
