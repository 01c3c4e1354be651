"""``seqnlp data``: what a person should know of data before training on them, and other formats for labelled text."""

from __future__ import annotations

import argparse
import itertools
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from seqnlp.cli.action_options import refuse_unread
from seqnlp.cli.named_texts import named_config, names_and_settings, texts_of_file, told_texts
from seqnlp.cli.output import say
from seqnlp.json_text import json_text

if TYPE_CHECKING:
    from seqnlp.data.overlap import Overlap, Text

HELP = "check whether splits share texts; convert labelled text; list doubtful gold labels; select texts like one's own"
EXAMPLES = """\
examples:
  seqnlp data check classification/sst2                                # dev and test of a recipe against its train
  seqnlp data check runs/first                                    # of a run
  seqnlp data check classification/sentence_polarity classification/sst2    # and of each against the other's train
  seqnlp data check task=classification data.train=a.csv data.test=b.csv    # of settings, as for `seqnlp train`
  seqnlp data check train.tsv test.tsv                            # two files (or folders): their sentences or texts
  seqnlp data doubts runs/folds --number 50                       # gold labels found improbable: errors, perhaps
  seqnlp data select web.txt --like tagging/wnut17 -o more.txt    # texts most like those of a recipe's train
  seqnlp data select translation/tatoeba_de_en --like translation/multi30k_de_en --number 20000 -o more     # pairs
  seqnlp data convert labels.jsonl labels.conll                   # any format of a tagger's data to any other
  seqnlp data convert train.conll tasks.json --to label_studio
  seqnlp data convert corpus/ corpus.jsonl --to doccano           # a folder of brat
  seqnlp data convert a.tsv b.conll data.token_column=1 data.scheme=bioes --scheme iob2

normalised: equal but for case, spaces, punctuation and accents. Sentence pairs are compared side by side.
doubts: of the folder of a `seqnlp cross-validate`, every gold annotation of train is judged by the model that did not
see it; of one run, those of its --split.
select: the texts of POOL (a recipe, run, file or settings) that are most like those of DOMAIN, the most alike first; no
text that DOMAIN has in any split, and none twice. Pairs are written as OUT.de and OUT.en, which data.train=OUT reads.
convert: settings such as data.format and data.scheme say how IN is written, where its name and content do not. Offsets
of entities stay as they are; texts are cut into words only for conll, conllu and csv (data.tokenizer).
"""
ACTIONS = ("check", "convert", "doubts", "select")
_READERS = {
    "json": ("check", "doubts"),
    "number": ("doubts", "select"),
    "like": ("select",),
    "output": ("select",),
    "split": ("doubts",),
    "data_dir": ("check", "doubts", "select"),
    "to": ("convert",),
    "scheme": ("convert",),
    "offsets": ("convert",),
    "config_dir": ("check", "select"),
}
"""The actions that read an option."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument(
        "action",
        metavar="|".join(ACTIONS),
        help="check: texts that splits share; convert: to another format; doubts: gold labels that are improbable; "
        "select: texts like one's own",
    )
    parser.add_argument(
        "names",
        nargs="+",
        metavar="NAME",
        help="check: one or two recipes, runs or files; convert: IN OUT; doubts: a folder of `seqnlp cross-validate` "
        "or a run; select: POOL, a recipe, run or file; KEY=VALUE: settings",
    )
    parser.add_argument("--json", action="store_true", help="check, doubts: print JSON instead of a table")
    parser.add_argument(
        "--number",
        type=int,
        metavar="N",
        help="doubts: how many to list (default 50); select: how many to choose (default: as many as DOMAIN has)",
    )
    parser.add_argument(
        "--like", nargs="+", metavar="DOMAIN", help="select: a recipe, run, file or settings whose texts are one's own"
    )
    parser.add_argument("-o", "--output", metavar="OUT", help="select: where the chosen texts go (OUT.gz: packed)")
    parser.add_argument("--split", choices=("dev", "test"), default="test", help="doubts: of one run (default test)")
    parser.add_argument("--data-dir", metavar="DIR", help="where the data are, if not where the recipe or run says")
    parser.add_argument("--to", metavar="FORMAT", default="", help="convert: OUT's format, if its name does not tell")
    parser.add_argument("--scheme", help="convert: scheme of the tags in OUT (default: as in IN)")
    parser.add_argument(
        "--offsets", choices=("codepoints", "utf16"), default="codepoints", help="convert: what spans in OUT count"
    )
    parser.add_argument("--config-dir", metavar="DIR", help="a folder with recipes/ of your own")


def run(arguments: argparse.Namespace) -> int:
    """Hand over to the action."""
    from seqnlp.errors import SeqnlpError, did_you_mean

    if arguments.action not in ACTIONS:
        close = did_you_mean(arguments.action, ACTIONS)
        expected = (
            "expected `seqnlp data check NAME [NAME]`, `seqnlp data convert IN OUT`, `seqnlp data doubts STUDY` or "
            "`seqnlp data select POOL --like DOMAIN -o OUT`"
        )
        raise SeqnlpError(f"{expected}, found '{arguments.action}'{close}")
    refuse_unread(arguments, "data", arguments.action, _READERS, add_arguments)
    if arguments.action == "convert":
        from seqnlp.cli.data_convert import convert_file

        return convert_file(arguments.names, arguments.to, arguments.scheme, arguments.offsets, say)
    if arguments.action == "doubts":
        from seqnlp.cli.data_doubts import list_doubts

        return list_doubts(arguments, say)
    if arguments.action == "select":
        from seqnlp.cli.data_select import select_texts

        return select_texts(arguments, say)
    return _check(arguments)


def _check(arguments: argparse.Namespace) -> int:
    """Print which texts splits share.

    Raises:
        SeqnlpError: the names are of nothing that can be compared.
    """
    from seqnlp.errors import SeqnlpError

    names, overrides = names_and_settings(arguments.names)
    if len(names) > 2:
        raise SeqnlpError(f"expected one or two recipes, runs or files, found {len(names)}")
    if overrides and any(name and Path(name).exists() for name in names):
        raise SeqnlpError(f"'{overrides[0]}' changes a recipe; a run or a file is read as it is")
    overlaps = _compare([_splits(name, overrides, arguments) for name in names])
    if not overlaps:
        raise SeqnlpError("nothing to compare: expected a train split and a dev or test split; name two files, perhaps")
    if arguments.json:
        print(json_text([{"of": of, "in": where, **asdict(one)} for of, where, one in overlaps]))
    else:
        print(_table(overlaps))
    return 0


Named = dict[tuple[str, str], "list[Text]"]
"""The texts of a recipe, run or file by split (a file has the one split ``file``) and side."""


def _splits(name: str, overrides: list[str], arguments: argparse.Namespace) -> tuple[str, Named]:
    from seqnlp.tasks.split_texts import split_texts

    texts = texts_of_file(name, told_texts(name))
    if texts is not None:
        return name, {("file", "text"): texts}
    config = named_config(name, overrides, arguments)
    named: Named = {}
    for split in ("train", "dev", "test"):
        named |= {(split, side): texts for side, texts in split_texts(config, split, say).items()}
    return name or "data", named


def _compare(all_named: list[tuple[str, Named]]) -> list[tuple[str, str, Overlap]]:
    """Every dev and test split against every train split of equal side; of two files the second against the first."""
    from seqnlp.data.overlap import find_overlap

    sides = [(name, split, side, texts) for name, named in all_named for (split, side), texts in named.items()]
    overlaps = []
    for (here, split, side, texts), (there, other, other_side, others) in itertools.product(sides, repeat=2):
        if _are_compared(here, split, there, other, all_named) and _same(side, other_side):
            suffix = "" if side == "text" else f" ({side})"
            overlaps.append((f"{here} {split}{suffix}", f"{there} {other}", find_overlap(texts, others)))
    return overlaps


def _are_compared(here: str, split: str, there: str, other: str, all_named: list[tuple[str, Named]]) -> bool:
    """Whether it matters that texts of a split are in another one."""
    if "file" in (split, other):
        return here == all_named[-1][0] and there == all_named[0][0] and here != there
    return split in ("dev", "test") and (other == "train" or (here == there and (split, other) == ("test", "dev")))


def _same(side: str, other: str) -> bool:
    return side == other or "text" in (side, other)


def _table(overlaps: list[tuple[str, str, Overlap]]) -> str:
    """Counts, then examples of each overlap that there is."""
    from seqnlp.report.tables import Table
    from seqnlp.report.text import format_table

    rows = [(of, where, f"{o.total:,}", f"{o.exact:,}", f"{o.normalized:,}") for of, where, o in overlaps]
    parts = [Table("Texts that are also in another split", ("of", "in", ">texts", ">exact", ">normalised"), rows)]
    for of, where, overlap in overlaps:
        if overlap.examples:
            lines = [(f"{here:,}", f"{there:,}", text) for here, there, text in overlap.examples]
            parts.append(Table(f"{of} in {where}, for example", (">line", ">line there", "text"), lines))
    return "\n\n".join(map(format_table, parts))
