"""``seqnlp compare``: which of two models is better, and whether that could be chance."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from seqnlp.cli.other_file import told_whose_settings, use_file
from seqnlp.cli.output import say
from seqnlp.cli.threads import add_threads, use_threads
from seqnlp.errors import SeqnlpError
from seqnlp.json_text import json_text

if TYPE_CHECKING:
    from seqnlp.api import Translator
    from seqnlp.config.common import Config
    from seqnlp.config.translation import TranslationConfig
    from seqnlp.metrics.comparison import Comparison

HELP = "tell which of two models is better, and whether that could be chance"
EXAMPLES = """\
examples:
  seqnlp compare RUN_A RUN_B --split test
  seqnlp compare RUN_A RUN_B --split dev --json > comparison.json
  seqnlp compare RUN_A RUN_B --data new.conll --by document     # draw whole documents, not sentences
  seqnlp compare a.en b.en --reference reference.en --language en        translations by any system
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("a", type=Path, metavar="RUN_A", help="a run; with --reference a file of translations")
    parser.add_argument("b", type=Path, metavar="RUN_B", help="the other one")
    parser.add_argument("--split", choices=("train", "dev", "test"), help="what both answer (default test)")
    parser.add_argument("--data", metavar="FILE", help="compare on this file instead of a split")
    parser.add_argument(
        "--by",
        choices=("example", "document"),
        default="example",
        help="what chance draws: sentences by themselves, or (taggers) the documents of the file",
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--data-dir", metavar="DIR", help="where the data is now, if it moved since training")
    parser.add_argument("--reference", type=Path, metavar="FILE", help="compare two files with this one, line by line")
    parser.add_argument("--language", metavar="CODE", help="with --reference: the language of the translations")
    add_threads(parser)


def run(arguments: argparse.Namespace) -> int:
    """Compare and print."""
    from seqnlp.report.comparison import comparison_text

    if arguments.reference and (arguments.split or arguments.data):
        raise SeqnlpError("--reference compares two files and --split two runs; leave one of them out")
    if arguments.reference and (arguments.by != "example" or arguments.data_dir):
        raise SeqnlpError("--by and --data-dir are for two runs, --reference compares two files: leave them out")
    if arguments.split and arguments.data:
        raise SeqnlpError("--data compares on a file and --split on a split of the runs: give one of them")
    if bool(arguments.reference) != bool(arguments.language):
        raise SeqnlpError("--reference and --language belong together, as in --reference reference.en --language en")
    use_threads(arguments.threads)
    comparison = _compare_files(arguments) if arguments.reference else compare_runs(arguments)
    systems = {"a": str(arguments.a), "b": str(arguments.b)}
    if not arguments.reference:
        systems = {name: f"{run}{_label(Path(run))}" for name, run in systems.items()}
    if arguments.json:
        print(json_text({**systems, **comparison.to_dict()}, indent=1))
    else:
        print(f"A: {systems['a']}\nB: {systems['b']}\n{comparison_text(comparison)}")
    return 0


def _label(run: Path) -> str:
    """What must be known of a run's score: that it, or a model that it learnt from, learnt from dev."""
    from seqnlp.run_config import read_run_config
    from seqnlp.tasks.train_on_dev import label_of

    label = label_of(read_run_config(run))
    return f" {label}" if label else ""


def _compare_files(arguments: argparse.Namespace) -> Comparison:
    from seqnlp.cli.other_input import said_of_files
    from seqnlp.errors import DataError
    from seqnlp.metrics.translation_comparison import compare
    from seqnlp.text.files import read_lines

    files = arguments.a, arguments.b, arguments.reference
    texts = [[line for _, line in read_lines(path)] for path in files]
    if len(set(map(len, texts))) > 1:
        counts = ", ".join(f"{path} has {len(lines):,}" for path, lines in zip(files, texts, strict=True))
        raise DataError(f"expected three files of the same length, line by line; {counts}")
    said_of_files(files, "a translation")
    a, b, references = texts
    return compare(a, b, references, arguments.language)


def compare_runs(arguments: argparse.Namespace) -> Comparison:
    """Compare two runs of one task on the same examples.

    Raises:
        SeqnlpError: other tasks, or other examples.
    """
    from seqnlp.config.translation import TranslationConfig

    configs = [_config(run, arguments) for run in (arguments.a, arguments.b)]
    first, second = configs
    if first.task != second.task:
        raise SeqnlpError(f"{arguments.a} holds a model for {first.task} and {arguments.b} one for {second.task}")
    split = arguments.split or "test"
    with told_whose_settings(arguments.data, first):
        if isinstance(first, TranslationConfig) and isinstance(second, TranslationConfig):
            if arguments.by == "document":
                raise SeqnlpError("--by document is for taggers")
            return _compare_translators(arguments, first, second, split)
        return _compare_counted(arguments, configs, split)


def _compare_counted(arguments: argparse.Namespace, configs: list[Config], split: str) -> Comparison:
    from seqnlp.metrics.paired_counts import compare_counts, grouped
    from seqnlp.tasks.counted import counted_answers, where_both_read_the_same

    a, b = (
        counted_answers(run, config, split, say)
        for run, config in zip((arguments.a, arguments.b), configs, strict=True)
    )
    place = arguments.data or f"the {split} splits of {arguments.a} and {arguments.b}"
    if list(a.examples) != list(b.examples):
        raise SeqnlpError(
            f"{place}: the two runs read other examples or other right answers; only models that are asked the same "
            "compare (the same file, tokenizer and tags)"
        )
    a, b = where_both_read_the_same(a, b, place, say)
    same = list(a.answers) == list(b.answers)
    if arguments.by == "example":
        return compare_counts(a.scores, b.scores, a.unit, same)
    if not len(a.documents):
        raise SeqnlpError(f"--by document: {place} name no documents (-DOCSTART- lines, # newdoc, longer texts)")
    of_a, of_b = (grouped(each.scores, a.documents) for each in (a, b))
    return compare_counts(of_a, of_b, "documents", same)


def _compare_translators(
    arguments: argparse.Namespace, a: TranslationConfig, b: TranslationConfig, split: str
) -> Comparison:
    from seqnlp.api import Translator
    from seqnlp.data.pairs import load_pairs, pairs_digest
    from seqnlp.metrics.translation_comparison import compare

    if (a.data.source, a.data.target) != (b.data.source, b.data.target):
        raise SeqnlpError(
            f"expected two runs of the same languages; {arguments.a} translates {a.data.source} to {a.data.target}, "
            f"{arguments.b} {b.data.source} to {b.data.target}"
        )
    if pairs_digest(a.data, split) != pairs_digest(b.data, split):
        raise SeqnlpError(f"the {split} splits of {arguments.a} and {arguments.b} differ; only the same text compares")
    pairs = load_pairs(a.data, split, say)
    sources, references = [pair.source for pair in pairs], [pair.target for pair in pairs]
    of_a, of_b = (_translate(Translator(run), run, sources) for run in (arguments.a, arguments.b))
    return compare(of_a, of_b, references, a.data.target)


def _config(run: Path, arguments: argparse.Namespace) -> Config:
    """The configuration of a run, its data where the command says.

    Raises:
        SeqnlpError: no run is there, or it has no such split.
    """
    from seqnlp.run_config import config_of_run

    config = config_of_run(run)
    if arguments.data_dir:
        config.data.dir = arguments.data_dir
    if arguments.data:
        use_file(arguments.data, config)
    split = arguments.split or "test"
    if not getattr(config.data, split):
        raise SeqnlpError(f"data.{split}: {run} was trained without a {split} split; choose another --split")
    return config


def _translate(translator: Translator, run: Path, sources: list[str]) -> list[str]:
    say(f"{run}: translating {len(sources):,} lines")
    return [answer.text for answer in translator.translate_lines(sources)]
