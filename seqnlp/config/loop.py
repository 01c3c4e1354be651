"""The settings of the training loop and of the optimizer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from seqnlp.config.schema import setting


@dataclass
class OptimizerConfig:
    """How weights follow gradients."""

    name: Literal["adam", "adamw", "sgd", "asgd"] = setting("adam", "update rule; asgd: SGD with averaged weights")
    learning_rate: float = setting(2e-3, "peak learning rate", above=0, high=100)
    weight_decay: float = setting(
        0.0, "adamw: decoupled decay; others: L2 (adam, adamw: not on a tagger's words)", low=0, high=1
    )
    trigger_epochs: int = setting(
        5,
        "asgd: average from when the dev score is worse than this many epochs ago or before; 0: from the start",
        low=0,
        only="name=asgd",
    )
    momentum: float = setting(0.0, "sgd: part of the last update that is kept in the next", low=0, below=1)
    beta1: float = setting(0.9, "adam, adamw: decay of the gradient's mean", low=0, below=1, only="name=adam,adamw")
    beta2: float = setting(
        0.999, "adam, adamw: decay of the squared gradient's mean", low=0, below=1, only="name=adam,adamw"
    )
    schedule: Literal["constant", "linear", "cosine", "step", "plateau"] = setting(
        "linear", "shape of the learning rate over training"
    )
    warmup_steps: int = setting(0, "steps over which the learning rate rises from 0", low=0)
    final_factor: float = setting(
        0.0, "linear, cosine: last learning rate as a part of the peak", low=0, high=1, only="schedule=linear,cosine"
    )
    factor: float = setting(
        0.5, "step, plateau: the learning rate is multiplied by this", above=0, below=1, only="schedule=step,plateau"
    )
    every_epochs: int = setting(
        10,
        "step: epochs between multiplications; plateau: epochs without a better score",
        low=1,
        only="schedule=step,plateau",
    )


@dataclass
class LoopConfig:
    """The training loop; each task's settings add what a batch is."""

    epochs: int = setting(30, "passes over the training split", low=1)
    accumulation: int = setting(1, "pieces a step's batch is cut into, to save memory; the result is the same", low=1)
    clip_norm: float = setting(5.0, "largest gradient norm; 0: no clipping", low=0)
    ema_decay: float = setting(
        0.99, "decay of the running mean of the weights that is evaluated and saved; 0: off", low=0, below=1
    )
    patience: int = setting(0, "stop after this many epochs without a better dev score; 0: never", low=0)
    precision: Literal["auto", "fp32", "bf16"] = setting("auto", "arithmetic of the matrix products")
    device: str = setting("auto", "where to compute: auto, cpu, cuda or cuda:N")
    threads: int = setting(0, "CPU threads of each process; 0: torch's choice", low=0, high=1024)
    freeze: str = setting(
        "",
        "groups of parameters that are not trained, such as [embeddings, encoder]; a wrong name lists those that exist",
        several=True,
    )
    checkpoint_steps: int = setting(
        1000, "steps between checkpoints inside an epoch; each epoch's end has one too", low=1
    )
    objective: str = setting(
        "score",
        "the dev score, by its name in log.csv, that a job of a sweep gives to Hydra's sweeper (hydra/sweeper=optuna); "
        "score is the one that chooses the best epoch: higher is better",
    )
    tensorboard: bool = setting(False, "also write TensorBoard logs (extra `tensorboard`)")
    progress: bool = setting(True, "draw a progress bar when standard error is a terminal")


@dataclass
class TrainerConfig(LoopConfig):
    """The training loop over batches of sentences."""

    batch_sentences: int = setting(32, "most sentences in one optimizer step", low=1)
    batch_tokens: int = setting(4096, "most padded tokens in one optimizer step (a longer sentence goes alone)", low=1)
