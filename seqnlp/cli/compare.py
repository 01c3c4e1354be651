"""``seqnlp compare``: which of two translators is better, and whether that could be chance."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from seqnlp.cli.json_text import json_text

if TYPE_CHECKING:
    from seqnlp.api import Translator
    from seqnlp.config import ParallelDataConfig
    from seqnlp.metrics.comparison import Comparison

HELP = "tell which of two translators is better, and whether that could be chance"
EXAMPLES = """\
examples:
  seqnlp compare RUN_A RUN_B --split test
  seqnlp compare RUN_A RUN_B --split dev --json > comparison.json
  seqnlp compare a.en b.en --reference reference.en --language en        translations by any system
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("a", type=Path, metavar="RUN_A", help="a run; with --reference a file of translations")
    parser.add_argument("b", type=Path, metavar="RUN_B", help="the other one")
    parser.add_argument("--split", choices=("train", "dev", "test"), help="what both translate (default test)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--data-dir", metavar="DIR", help="where the data is now, if it moved since training")
    parser.add_argument("--reference", type=Path, metavar="FILE", help="compare two files with this one, line by line")
    parser.add_argument("--language", metavar="CODE", help="with --reference: the language of the translations")
    parser.add_argument("--threads", type=int, default=0, metavar="N", help="CPU threads (default: torch's choice)")


def run(arguments: argparse.Namespace) -> int:
    """Compare and print."""
    from seqnlp.errors import SeqnlpError

    if arguments.reference and arguments.split:
        raise SeqnlpError("--reference compares two files and --split two runs; leave one of them out")
    if bool(arguments.reference) != bool(arguments.language):
        raise SeqnlpError("--reference and --language belong together, as in --reference reference.en --language en")
    if arguments.threads < 0:
        raise SeqnlpError(f"--threads: expected 0 or more, found {arguments.threads}")
    if arguments.threads:
        import torch

        torch.set_num_threads(arguments.threads)
    comparison = _compare_files(arguments) if arguments.reference else _compare_runs(arguments)
    systems = {"a": str(arguments.a), "b": str(arguments.b)}
    if arguments.json:
        print(json_text({**systems, **comparison.to_dict()}, indent=1))
    else:
        print(f"A: {arguments.a}\nB: {arguments.b}\n{comparison.format()}")
    return 0


def _compare_files(arguments: argparse.Namespace) -> Comparison:
    from seqnlp.cli.streams import read_file_lines
    from seqnlp.errors import DataError
    from seqnlp.metrics.translation_comparison import compare

    files = arguments.a, arguments.b, arguments.reference
    texts = [list(read_file_lines(path, "strict")) for path in files]
    if len(set(map(len, texts))) > 1:
        counts = ", ".join(f"{path} has {len(lines):,}" for path, lines in zip(files, texts, strict=True))
        raise DataError(f"expected three files of the same length, line by line; {counts}")
    a, b, references = texts
    return compare(a, b, references, arguments.language)


def _compare_runs(arguments: argparse.Namespace) -> Comparison:
    from seqnlp.api import Translator
    from seqnlp.data.pairs import load_pairs, pairs_digest
    from seqnlp.errors import SeqnlpError
    from seqnlp.metrics.translation_comparison import compare

    split = arguments.split or "test"
    data_a, data_b = (_data(run, split, arguments.data_dir) for run in (arguments.a, arguments.b))
    if (data_a.source, data_a.target) != (data_b.source, data_b.target):
        raise SeqnlpError(
            f"expected two runs of the same languages; {arguments.a} translates {data_a.source} to {data_a.target}, "
            f"{arguments.b} {data_b.source} to {data_b.target}"
        )
    if pairs_digest(data_a, split) != pairs_digest(data_b, split):
        raise SeqnlpError(f"the {split} splits of {arguments.a} and {arguments.b} differ; only the same text compares")
    pairs = load_pairs(data_a, split, _say)
    sources, references = [pair.source for pair in pairs], [pair.target for pair in pairs]
    a, b = (_translate(Translator(run), run, sources) for run in (arguments.a, arguments.b))
    return compare(a, b, references, data_a.target)


def _data(run: Path, split: str, folder: str | None) -> ParallelDataConfig:
    """The data of a translator's run.

    Raises:
        SeqnlpError: the run is none of a translator, or has no such split.
    """
    from seqnlp.config import TranslationConfig
    from seqnlp.errors import SeqnlpError
    from seqnlp.launch import read_run_config

    config = read_run_config(run)
    if not isinstance(config, TranslationConfig):
        raise SeqnlpError(f"{run} holds a {config.task} model; `seqnlp compare` is for translators")
    if not getattr(config.data, split):
        raise SeqnlpError(f"data.{split}: {run} was trained without a {split} split; choose another --split")
    if folder:
        config.data.dir = folder
    return config.data


def _translate(translator: Translator, run: Path, sources: list[str]) -> list[str]:
    _say(f"{run}: translating {len(sources):,} lines")
    return [answer.text for answer in translator.translate_lines(sources)]


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
