"""The command line: ``seqnlp VERB ...``. One verb a module, imported when it is used.

A verb's module is called like it, with ``_`` for ``-``. It has ``HELP`` (one line), ``EXAMPLES``,
``add_arguments(parser)`` and ``run(arguments)``, which imports what is heavy and returns the exit status.
"""

from __future__ import annotations

import argparse
import errno
import importlib
import os
import re
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from seqnlp import __version__
from seqnlp.cli.messages import printed_messages
from seqnlp.cli.standard_streams import prepare_streams
from seqnlp.cli.visible import visible
from seqnlp.errors import SeqnlpError, did_you_mean
from seqnlp.task_table import TASKS

VERBS = (
    *("train", "resume", "evaluate", "verify"),
    *(verb for task in TASKS.values() for verb in task.verbs),
    *("batch", "score", "compare", "cross-validate", "learning-curve", "suggest", "plot", "export", "data", "vectors"),
    *("teach", "push", "serve", "label-studio", "recipes"),
)

_USAGE = "usage: seqnlp VERB ...    (seqnlp VERB --help explains one)"
_EXAMPLES = """\
completion of words, in .bashrc: eval "$(seqnlp --completion bash)"     (also zsh, fish)

examples: (demos come with their data)
  seqnlp recipes                                              what can be trained
  seqnlp train recipe=tagging/demo run=runs/first             a tagger, in less than a minute
  echo "Velisk Korrasel moved from Port Ombril to Yensa." | seqnlp tag runs/first
  seqnlp evaluate runs/first --split test
  seqnlp train recipe=translation/demo run=runs/second        a translator
  echo "Der alte Mann sieht einen kleinen Hund." | seqnlp translate runs/second
  seqnlp train recipe=classification/demo run=runs/third      a classifier
  echo "The soup was cold." | seqnlp classify runs/third
  seqnlp train recipe=language_model/demo run=runs/fourth     a language model
  seqnlp complete runs/fourth "She grew up in" --top 5
  seqnlp train recipe=forecasting/demo run=runs/fifth         a forecaster
  seqnlp forecast runs/fifth series.csv -o forecast.csv --plot forecast.png
  seqnlp train recipe=anomaly_detection/demo run=runs/sixth   an anomaly detector
  seqnlp detect runs/sixth series.csv --plot detect.png
  seqnlp export runs/first --page tagger.html                 a page that anybody can open\
"""

_NO_OUTPUT = {
    errno.ENOSPC: "there is no space left for the output; free some",
    errno.EDQUOT: "there is no space left for the output in your quota; free some",
    errno.EFBIG: "the output is larger than a file may be here (`ulimit -f`, or the file system); write it elsewhere",
    errno.EBADF: "standard output is closed; redirect it to a file, or to /dev/null",
}
"""Why output cannot be written, and what to do."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status: 2 for an error that a person can mend, 128 + signal if stopped."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    prepare_streams()
    try:
        try:
            with printed_messages():
                return _run(arguments)
        finally:  # also where argparse has written its help and ends the program
            sys.stdout.flush()
    except SeqnlpError as problem:
        print(f"error: {visible(str(problem))}", file=sys.stderr)
        return 2
    except KeyboardInterrupt as stop:
        return 128 + int(getattr(stop, "signal_number", signal.SIGINT))
    except BrokenPipeError:  # the reader (`| head`) has seen enough
        _drop_output()
        return 141  # as a shell reports a program that SIGPIPE ended
    except OSError as problem:
        if "usable temporary directory" in str(problem):  # libraries look for one when they are imported
            print(
                "error: no temporary file can be written; free some space, or name a folder in TMPDIR", file=sys.stderr
            )
            return 2
        if problem.errno not in _NO_OUTPUT:
            raise
        _drop_output()
        print(f"error: {_NO_OUTPUT[problem.errno]}, then run this again", file=sys.stderr)
        return 2


def _drop_output() -> None:
    """Send what is left to nowhere, or Python complains when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(arguments: list[str]) -> int:
    verb = arguments[0] if arguments else "--help"
    if verb in ("--help", "-h", "help"):
        print(_help())
        return 0
    if verb in ("--version", "-V"):
        print(f"seqnlp {__version__}")
        return 0
    if verb == "--completion":
        from seqnlp.cli.completion import script

        print(script(arguments[1] if len(arguments) > 1 else ""))
        return 0
    if verb == "--complete":
        from seqnlp.cli.completion import candidates

        print("\n".join(candidates(arguments[1:])))
        return 0
    if verb not in VERBS:
        close = did_you_mean(verb, VERBS)
        raise SeqnlpError(f"'{verb}' is no verb of seqnlp{close}; expected one of {', '.join(VERBS)}")
    arguments_of_verb = verb_parser(verb).parse_intermixed_args(arguments[1:])
    return int(_module(verb).run(arguments_of_verb))


def verb_parser(verb: str) -> argparse.ArgumentParser:
    """What reads the arguments of a verb and writes its help; the documentation is made from it, too."""
    module = _module(verb)
    sentence = f"{module.HELP[0].upper()}{module.HELP[1:]}"
    parser = _Parser(
        prog=f"seqnlp {verb}",
        description=sentence if sentence.endswith("?") else f"{sentence}.",
        epilog=module.EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    module.add_arguments(parser)
    return parser


class _Parser(argparse.ArgumentParser):
    """Refuses an empty name of a file, which would be the folder that one is in; takes ``-1,0,0`` for a value."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.register("type", Path, _named)
        self._negative_number_matcher = re.compile(
            r"-\.?\d"
        )  # no option begins so; the usual one knows no -1,0 or -1e3


def _named(name: str) -> Path:
    if not name:
        raise argparse.ArgumentTypeError("expected a name of a file or folder, found nothing")
    return Path(name)


def _module(verb: str) -> ModuleType:
    return importlib.import_module(f"seqnlp.cli.{verb.replace('-', '_')}")


def _help() -> str:
    verbs = [f"  {verb:<16}{_module(verb).HELP}" for verb in VERBS]
    return "\n".join([_USAGE, "", "verbs:", *verbs, "", _EXAMPLES])
