"""Which device, and in which arithmetic."""

from __future__ import annotations

import os

import torch

from seqnlp.config.loop import LoopConfig
from seqnlp.errors import ConfigError, SeqnlpError

BF16_HIDDEN_DIM = 256
"""Recurrent width from which bf16 pays on a CPU; below it the conversions cost about what the products save."""


def choose_device(name: str) -> torch.device:
    """The device called ``auto``, ``cpu``, ``cuda`` or ``cuda:N``; under torchrun each process has its own GPU.

    Raises:
        ConfigError: no such device here.
    """
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(name)
    except RuntimeError:
        raise ConfigError([f"trainer.device: expected auto, cpu, cuda or cuda:N, found '{name}'"]) from None
    if device.type not in ("cpu", "cuda"):
        raise ConfigError([f"trainer.device: expected auto, cpu, cuda or cuda:N, found '{name}'"])
    if device.type == "cuda":
        if device.index is None:
            device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
        if not torch.cuda.is_available() or (device.index or 0) >= torch.cuda.device_count():
            raise ConfigError(
                [f"trainer.device: '{name}' is not there; this machine has {torch.cuda.device_count()} GPUs"]
            )
    return device


def choose_precision(config: LoopConfig, device: torch.device, hidden_dim: int) -> tuple[torch.dtype, str]:
    """The dtype of the matrix products, and the reason for it in words.

    Raises:
        ConfigError: bf16 was asked for and the hardware lacks it.
    """
    has_bf16 = torch.cuda.is_bf16_supported() if device.type == "cuda" else cpu_has_bf16()
    if config.precision == "fp32":
        return torch.float32, "fp32, as configured"
    if config.precision == "bf16":
        if not has_bf16:
            raise ConfigError(
                ["trainer.precision: bf16 asked for, but this hardware has no bf16 instructions; use auto"]
            )
        return torch.bfloat16, "bf16, as configured"
    if not has_bf16:
        return torch.float32, "fp32: the hardware has no bf16 instructions"
    if device.type == "cpu" and hidden_dim < BF16_HIDDEN_DIM:
        return torch.float32, f"fp32: on a CPU bf16 gains little for hidden_dim below {BF16_HIDDEN_DIM}"
    return torch.bfloat16, "bf16: the hardware has it"


def inference_precision(name: str, hidden_dim: int) -> torch.dtype:
    """The dtype in which a model on the CPU answers: ``fp32``, ``bf16``, or what is faster here (``auto``).

    Raises:
        SeqnlpError: bf16 was asked for and the hardware lacks it.
    """
    if name == "bf16" and not cpu_has_bf16():
        raise SeqnlpError("--precision: bf16 asked for, but this CPU has no bf16 instructions; use auto or fp32")
    fast = name == "auto" and cpu_has_bf16() and hidden_dim >= BF16_HIDDEN_DIM
    return torch.bfloat16 if name == "bf16" or fast else torch.float32


def cpu_has_bf16() -> bool:
    """Whether this CPU multiplies bf16 natively (AVX-512 BF16 or AMX)."""
    capabilities = torch.backends.cpu.get_cpu_capability()
    if not capabilities.startswith("AVX512"):
        return False
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())
