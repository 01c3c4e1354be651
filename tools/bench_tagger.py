"""Rates of the tagger beside spaCy's in the same run, and of a whole `seqnlp tag` process.

    python tools/bench_tagger.py [--data-dir DIR] [--threads 2] [--run RUN]

Shape: character CNN 50 + words 100 + BiLSTM 200 (100 a direction) + CRF, batches of 10 sentences of about 15 tokens (UD
English EWT, 17 tags), with the running mean of the weights that `seqnlp train` keeps. spaCy's is its blank English
tagger (`tok2vec` of four convolutions 96 wide, a softmax, of the characters prefix, suffix and shape) on the same
sentences, batches and threads: another model, so this compares rates, not scores. NCRF++ has our shape but is no
package that can be installed: who has its checkout finds its rate with the same data and a batch size of 10.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import torch

from seqnlp.config.loop import TrainerConfig
from seqnlp.config.tagging import DataConfig, ModelConfig, TaggingConfig
from seqnlp.data.collate import collate
from seqnlp.data.sources import load_split
from seqnlp.tasks.tagging.model import module_predictor
from seqnlp.tasks.tagging.task import TaggingTask
from seqnlp.text.sentence import TaggedSentence
from seqnlp.training.average import make_average
from seqnlp.training.optimizer import Optimizer

BATCH = 10


def main() -> None:
    """Run every measurement and print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data-dir", default="", help="default: $SEQNLP_DATA")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--steps", type=int, default=300, help="training steps in each of five blocks")
    parser.add_argument("--run", help="a trained entity tagger: also measure raw text to spans and whole processes")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    config = TaggingConfig(
        data=DataConfig(
            dir=arguments.data_dir,
            train="pos/ud-en-ewt/train.conllu.gz",
            format="conllu",
            tag_column="upos",
            scheme="none",
        ),
        model=ModelConfig(scheme="none", hidden_dim=100, casing_dim=0),
        trainer=TrainerConfig(batch_sentences=BATCH),
    )
    task = TaggingTask(config, Path(tempfile.mkdtemp()), torch.device("cpu"), lambda text: None)
    rate, share = training(task, arguments.steps)
    print(f"{'what':44} {'rate':>12}  ratio")
    peer = SpacyTagger(load_split(task.config.data, "train", print))
    theirs = peer.training(arguments.steps)
    line("training, batch 10, tokens/s", rate, rate / theirs, f"spaCy's {theirs:,.0f}")
    print(f"{'CRF share of a training step, 17 tags':44} {share:12.1%}")
    rate = decoding(task, probabilities=False)
    theirs = peer.decoding()
    line("decoding, batch 10, tokens/s", rate, rate / theirs, f"spaCy's {theirs:,.0f}")
    if arguments.run:
        whole_processes(arguments.run, arguments.data_dir)
    print(f"{'largest memory of this process, MB':44} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:12.0f}")


def line(what: str, rate: float, ratio: float, against: str) -> None:
    """One row of the table."""
    print(f"{what:44} {rate:12,.0f}  {ratio:.1f}x {against}")


class SpacyTagger:
    """spaCy's blank tagger for the same sentences."""

    def __init__(self, sentences: Sequence[TaggedSentence]) -> None:
        import spacy
        from spacy.tokens import Doc
        from spacy.training import Example

        self.model = spacy.blank("en")
        self.model.add_pipe("tagger")
        self.examples = [
            Example.from_dict(Doc(self.model.vocab, list(one.tokens)), {"tags": list(one.tags)}) for one in sentences
        ]
        self.optimizer = self.model.initialize(lambda: self.examples)

    def training(self, steps: int) -> float:
        """Tokens a second of training steps (median of five blocks)."""
        rates = []
        for block in range(6):
            begin = block * steps * BATCH % len(self.examples)
            examples = self.examples[begin : begin + steps * BATCH]
            started = time.perf_counter()
            for start in range(0, len(examples), BATCH):
                self.model.update(examples[start : start + BATCH], sgd=self.optimizer)
            if block:  # the first one warms up
                rates.append(sum(len(one.x) for one in examples) / (time.perf_counter() - started))
        return statistics.median(rates)

    def decoding(self) -> float:
        """Tokens a second from words to tags, ten sentences at a time."""
        from spacy.tokens import Doc

        words = [[token.text for token in one.reference] for one in self.examples[:5000]]
        rates = []
        for _ in range(5):
            docs = [Doc(self.model.vocab, one) for one in words]
            started = time.perf_counter()
            for _ in self.model.pipe(docs, batch_size=BATCH):
                pass
            rates.append(sum(map(len, words)) / (time.perf_counter() - started))
        return statistics.median(rates)


def training(task: TaggingTask, steps: int) -> tuple[float, float]:
    """Tokens a second of whole training steps, and the CRF's part of their time (medians of five blocks)."""
    optimizer, average = Optimizer(task.model, task.config.optimizer), make_average(task.model, task.config)
    task.model.train()
    plan = task.plan(0)
    rates, shares, done = [], [], 0
    for block in range(6):
        batches = plan[block * steps % len(plan) :][:steps]
        started = time.perf_counter()
        for batch in batches:
            optimizer.zero_grad()
            (task.loss(batch, 0.0) / task.count(batch)).backward()
            optimizer.clip(5.0)
            optimizer.step(1e-3)
            if average:
                average.update(done := done + 1)
        seconds = time.perf_counter() - started
        if block:  # the first one warms up
            rates.append(sum(map(task.count, batches)) / seconds)
            shares.append(crf_seconds(task, batches) / seconds)
    return statistics.median(rates), statistics.median(shares)


def crf_seconds(task: TaggingTask, batches: Sequence[torch.Tensor]) -> float:
    """Time of the CRF's loss and gradient alone, on the model's own emissions of the same batches."""
    total = 0.0
    for batch in batches:
        tensors = collate(task.train, batch, task.lexicon)
        with torch.no_grad():
            emissions = task.model(tensors)
        emissions.requires_grad_(True)
        started = time.perf_counter()
        task.model.crf(emissions, tensors.tags, tensors.mask, reduction="sum").backward()
        total += time.perf_counter() - started
    return total


def decoding(task: TaggingTask, probabilities: bool) -> float:
    """Tokens a second from words to tags, ten sentences at a time in file order; every word form is new once."""
    task.model.eval()
    sentences = [sentence.tokens for sentence in load_split(task.config.data, "train", print)][:5000]
    tokens = sum(map(len, sentences))
    rates = []
    for _ in range(5):
        predictor = module_predictor(task.model, task.features, task.tags, task.config.model.scheme)
        started = time.perf_counter()
        for start in range(0, len(sentences), BATCH):
            predictor.predict(sentences[start : start + BATCH], probabilities=probabilities)
        rates.append(tokens / (time.perf_counter() - started))
    return statistics.median(rates)


def whole_processes(run: str, data_dir: str) -> None:
    """Raw text to spans in one thread, and `seqnlp tag` on one line against an interpreter that only imports torch."""
    import seqnlp

    torch.set_num_threads(1)
    data = DataConfig(
        dir=data_dir, train="pos/ud-en-ewt/train.conllu.gz", format="conllu", tag_column="upos", scheme="none"
    )
    texts = [" ".join(sentence.tokens) for sentence in load_split(data, "train", print)][:8000]

    def tag_all() -> float:
        tagger = seqnlp.load(run)
        started = time.perf_counter()
        words = 0
        for start in range(0, len(texts), 1024):
            words += sum(len(answer.tokens) for answer in tagger.tag_texts(texts[start : start + 1024]))
        return words / (time.perf_counter() - started)

    rate = statistics.median(tag_all() for _ in range(3))
    print(f"{'raw text to spans, 1 thread, words/s':44} {rate:12,.0f}")
    command = [sys.executable, "-m", "seqnlp", "tag", run]
    tag, only_torch = paired(lambda: process(command), lambda: process([sys.executable, "-c", "import torch"]))
    print(f"{'echo ... | seqnlp tag RUN, whole process, s':44} {tag:12.2f}  {tag / only_torch:.2f}x of import torch")


def paired(first: Callable[[], float], second: Callable[[], float], times: int = 7) -> tuple[float, float]:
    """Medians of two measurements made in turn."""
    pairs = [(first(), second()) for _ in range(times)]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)


def process(command: list[str]) -> float:
    """Seconds of a whole process that reads one line."""
    started = time.perf_counter()
    subprocess.run(command, input=b"Angela lives in Oslo .\n", stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
