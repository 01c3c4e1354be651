"""The language-model task: what the training loop needs to train and keep a language model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from seqnlp.bundle import Bundle, weights_of
from seqnlp.config.language_model import LanguageModelConfig
from seqnlp.config.splits import held_out_part
from seqnlp.data.corpus import Corpus, encode_corpus, load_text, text_digest
from seqnlp.data.stream_tensors import as_tensors
from seqnlp.data.streams import Streams
from seqnlp.data.text_notes import text_notes
from seqnlp.metrics.perplexity import perplexity
from seqnlp.models.language_model import RecurrentLanguageModel
from seqnlp.models.language_model_as_network import TorchLanguageModel
from seqnlp.models.size import count_parameters
from seqnlp.nn.cells import State, detached, select
from seqnlp.tasks.base import BaseTask
from seqnlp.tasks.language_model.card import model_card
from seqnlp.tasks.language_model.model import describe
from seqnlp.tasks.language_model.saved import in_direction
from seqnlp.tasks.language_model.scoring import score_tokens
from seqnlp.tasks.language_model.start import language_model_start
from seqnlp.tasks.start import name_of, start_digests, take_over_weights
from seqnlp.text.language_tokens import learn_tokens
from seqnlp.training.checkpoint import DEV, TRAIN
from seqnlp.training.task import Batch

UNLEARNT = 0.01
"""The part of dev that is unknown from which on it is said that nothing in train is."""

DEV_STREAMS = 10
"""Streams in which the dev text is scored after an epoch; `seqnlp evaluate` reads it as one."""


class LanguageModelTask(BaseTask[LanguageModelConfig, RecurrentLanguageModel]):
    """A language model, its text and its scores; implements ``training.task.Carrying``, too.

    The text is a ring that every epoch cuts elsewhere (see :class:`~seqnlp.data.streams.Streams`).

    Raises:
        DataError: a file is missing, empty or has too few different words.
    """

    higher_is_better = False

    def __init__(
        self, config: LanguageModelConfig, folder: Path, device: torch.device, say: Callable[[str], None]
    ) -> None:
        super().__init__(config, folder, device)
        self.digests = {TRAIN: text_digest(config.data, "train"), DEV: text_digest(config.data, "dev")}
        train, dev = load_text(config.data, "train"), load_text(config.data, "dev")
        if held_out_part(config.data) is not None:
            say(f"train: the last {len(dev):,} of {len(train) + len(dev):,} lines held out as dev")
        for note in text_notes(config, train, dev):
            say(note)
        begun = language_model_start(config)
        self.tokens = begun.saved.tokens if begun else learn_tokens(train, config.tokenizer, say)
        corpus = encode_corpus(train, self.tokens)
        self.train_tokens = in_direction(corpus.tokens, config.model.direction)  # (N,)
        self.dev = encode_corpus(dev, self.tokens) if dev else None
        torch.manual_seed(config.seed)
        self.model = RecurrentLanguageModel(config.model, len(self.tokens))
        if begun:
            self.digests |= start_digests(begun.bundle)
            take_over_weights(config, self.model, begun.bundle)
            say(f"begins with the weights and keeps the {len(self.tokens):,} {self._kind} of {config.start_from}")
        else:
            self.model.output.start_from(torch.from_numpy(np.bincount(corpus.tokens, minlength=len(self.tokens))))
        self.initialized_from = name_of(begun.bundle) if begun else ""
        self.model.to(device)
        self.streams = self._cut(0)
        self.state = self.model.start(self.streams.num_streams)
        self.ours = torch.zeros(self.streams.num_streams, dtype=torch.bool, device=device)  # (S,) read by this process
        self._say(corpus, say)

    def plan(self, epoch: int) -> Sequence[Batch]:
        """The windows of an epoch, those of all streams at one place together, place after place."""
        offset = np.random.default_rng([self.config.seed, epoch]).integers(len(self.train_tokens))
        self.streams = self._cut(int(offset))
        return self.streams.plan()

    def count(self, batch: Batch) -> int:
        """The tokens that windows predict."""
        return self.streams.count(batch)

    def loss(self, examples: Batch, done: float) -> Tensor:
        """The negative log likelihood of windows, summed; the state of their streams moves on."""
        window = as_tensors(self.streams.read(examples), self.device)
        rows = torch.from_numpy(self.streams.streams_of(examples)).to(self.device)
        first = self.model.start(len(examples)) if self.streams.begins(examples) else select(self.state, rows)
        loss, state = self.model.loss(window.inputs, window.targets, window.mask, first)
        for part, new in zip(self.state, detached(state), strict=True):
            part[rows] = new.to(part.dtype)
        self.ours[rows] = True
        return loss

    def carried(self) -> State:
        """The recurrent state of the streams that this process reads; of the others zeros."""
        return tuple(part * self.ours[:, None] for part in self.state)

    def load_state(self, tensors: Sequence[Tensor]) -> None:
        """Go on from a checkpoint's state."""
        for part, stored in zip(self.state, tensors, strict=True):
            part.copy_(stored)
        self.ours.zero_()

    def evaluate(self) -> dict[str, float]:
        """The dev text's perplexity per word."""
        if self.dev is None:
            return {}
        tokens = in_direction(self.dev.tokens, self.config.model.direction)
        losses = score_tokens(TorchLanguageModel(self.model), tokens, DEV_STREAMS)  # (N,)
        return {"perplexity": perplexity(float(losses.sum()), int(self.dev.words.sum()))}

    def more_metrics(self) -> dict[str, Any]:
        """The length of the text."""
        return {"train_tokens": len(self.train_tokens)}

    def saved(self, metrics: dict[str, Any]) -> Bundle:
        """The model as it is now."""
        return Bundle(
            description=describe(self.config),
            weights=weights_of(self.model.state_dict()),
            vocabulary=self.tokens.to_vocabulary(),
            labels=[],
            metrics=metrics,
            card=model_card(self.config, len(self.tokens), metrics),
            subwords=self.tokens.to_files(),
        )

    def next_commands(self, run: str) -> list[str]:
        """What one would type next."""
        if self.config.model.direction == "backward":
            return []
        begun = '"The beginning of"'
        return [f"seqnlp complete {run} {begun} --top 5", f"seqnlp generate {run} --prompt {begun}"]

    def _cut(self, offset: int) -> Streams:
        trainer = self.config.trainer
        return Streams(self.train_tokens, trainer.streams, trainer.window, offset)

    def _say(self, corpus: Corpus, say: Callable[[str], None]) -> None:
        dev = f"dev: {len(self.dev.tokens):,} ({self.dev.unknown:,} unknown)" if self.dev else "no dev text"
        say(
            f"train: {len(corpus.starts):,} lines, {len(corpus.tokens):,} {self._kind}, ends of lines included "
            f"({corpus.unknown:,} unknown); {dev}; {len(self.tokens):,} different ones; "
            f"{count_parameters(self.model):,} parameters"
        )
        if self.dev and not corpus.unknown and self.dev.unknown > UNLEARNT * len(self.dev.tokens):
            found = f"dev: {self.dev.unknown:,} of {len(self.dev.tokens):,} {self._kind} are unknown and train has none"
            remedy = "tokenizer.min_count=2 reads rare ones as unknown, tokenizer.kind=bpe knows all"
            say(f"{found}, so that nothing teaches what one costs, and dev's perplexity says little: {remedy}")
        asked = self.config.trainer.streams
        if self.streams.num_streams < asked:
            streams = "one stream" if self.streams.num_streams == 1 else f"{self.streams.num_streams} streams"
            say(
                f"train: too short for {asked} streams of a window of {self.config.trainer.window} each: "
                f"read in {streams} (trainer.streams, trainer.window)"
            )

    @property
    def _kind(self) -> str:
        kind = self.config.tokenizer.kind
        return kind if kind in ("words", "characters") else "subwords"
