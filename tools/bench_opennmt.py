"""Our translator beside one of OpenNMT-py with a beam of 5, in turns, in one process.

    TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD=1 python tools/bench_opennmt.py RUN MODEL.pt LINES [--lines 128] [--length 14]

LINES is a file with one text a line; MODEL.pt a model of OpenNMT-py that reads the subwords of RUN (cutting and
joining them is counted for ours alone). A model that has hardly been trained does not end its lines as ours do: with
--length it writes so many subwords for each, and no batch waits for its longest line, which is in its favour. Rates are
lines a second of CPU time, medians of rounds, one thread.

OpenNMT-py needs an environment of its own with this package in it, and a model of equal shape: for RUN of
`translation/multi30k_de_en` one that `onmt_train` made with `encoder_type: brnn`, `word_vec_size: 256`,
`hidden_size: 512`, `enc_layers: 1`, `dec_layers: 1`, `global_attention: mlp`, `input_feed: 1`, `share_vocab: true` and
`share_embeddings: true`.
"""

from __future__ import annotations

import argparse
import importlib
import os
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from bench_runtime import rates

from seqnlp.api import Translator
from seqnlp.config.translation import DecodingConfig
from seqnlp.text.files import read_lines

BATCHES = (64, 1)
OURS = (("torch", "auto"), ("torch", "fp32"), ("onnxruntime", "fp32"), ("onnxruntime", "int8"))
PEER = "OpenNMT-py"


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("model", type=Path)
    parser.add_argument("file", type=Path)
    parser.add_argument("--lines", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--length", type=int, default=0)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    texts = list(islice((line for _, line in read_lines(arguments.file) if line.strip()), arguments.lines))
    pieces = [" ".join(line) for line in cut(arguments.run, texts)]
    decoding = DecodingConfig(beam=5)
    ours = {f"{e} {p}": Translator(str(arguments.run), engine=e, precision=p, threads=1) for e, p in OURS}
    columns: list[dict[str, float]] = []
    for size in BATCHES:
        count = len(texts) if size > 1 else max(1, len(texts) // 4)
        ways: dict[str, Any] = {
            name: lambda m=model, n=count, s=size: m.translate_lines(texts[:n], batch_lines=s, decoding=decoding)
            for name, model in ours.items()
        }
        theirs = peer(arguments.model, size, arguments.length)
        ways[PEER] = lambda t=theirs, n=count: t.infer_list(pieces[:n])
        columns.append(rates(ways, count, arguments.rounds))
    written = {
        name: cut(arguments.run, [one.text for one in model.translate_lines(texts, decoding=decoding)])
        for name, model in ours.items()
    }
    written[PEER] = [best.split() for best, *_ in peer(arguments.model, 64, arguments.length).infer_list(pieces)[1]]
    print("| | " + " | ".join(f"lines/s, batch {size}" for size in BATCHES) + " | subwords a line |\n|---|---|---|---|")
    for name in columns[0]:
        shown = (f"{column[name]:,.1f} ({column[name] / column[PEER]:.1f}x)" for column in columns)
        print(f"| {name} | {' | '.join(shown)} | {sum(map(len, written[name])) / len(texts):.1f} |")


def cut(run: Path, texts: list[str]) -> list[list[str]]:
    """The subwords of texts."""
    (model,) = (run / "model").glob("*.spm")
    processor = importlib.import_module("sentencepiece").SentencePieceProcessor(model_file=str(model))
    pieces: list[list[str]] = processor.encode(texts, out_type=str)
    return pieces


def peer(model: Path, batch: int, length: int) -> Any:
    """What answers ``infer_list``: a translator of OpenNMT-py on the CPU; with a length it writes so many subwords."""
    kind = importlib.import_module("onmt.utils.parse").ArgumentParser
    parser = kind()
    importlib.import_module("onmt.opts").translate_opts(parser)
    typed = ["-model", str(model), "-src", "none", "-beam_size", "5", "-batch_size", str(batch), "-batch_type", "sents"]
    typed += ["-min_length", str(length), "-max_length", str(length)] if length else ["-max_length", "60"]
    options = parser.parse_args([*typed, "-output", os.devnull])
    kind.validate_translate_opts(options)
    kind._get_all_transform_translate(options)
    kind._validate_transforms_opts(options)
    kind.validate_translate_opts_dynamic(options)
    return importlib.import_module("onmt.inference_engine").InferenceEnginePY(options)


if __name__ == "__main__":
    main()
