"""``seqnlp translate``: text on standard input, one translation per line on standard output."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqnlp.cli.engine_options import add_engine_arguments, engine_options
from seqnlp.cli.output import emit
from seqnlp.cli.rerank_options import add_rerank_arguments, check_rerank
from seqnlp.cli.worker_options import add_errors_argument, add_workers_argument, choose_workers, pieces

if TYPE_CHECKING:
    from seqnlp.api import Reranker, Translator
    from seqnlp.decode.sampling import SamplingOptions
    from seqnlp.tasks.translation.answers import OutputOptions

HELP = "translate text from standard input, one line out per line in"
EXAMPLES = """\
examples:
  seqnlp translate RUN < in.de > out.en
  seqnlp translate RUN --beam 5 --nbest 5 --output jsonl --alignments < in.de
  seqnlp translate RUN1 RUN2 RUN3 --input in.de.gz --threads 2 > out.en          an ensemble
  seqnlp translate RUN --mbr chrf < in.de                                        minimum Bayes risk over the 10 best
  seqnlp translate RUN --rerank REVERSE_RUN --language-model LM_RUN < in.de      noisy channel over the 10 best
  seqnlp translate RUN --sample --top-p 0.9 --temperature 0.8 --seed 1 < in.de
  seqnlp translate RUN --prefix begins.en < in.de                                forced start, a line each

--output text writes one line per line. With --nbest it is a Moses n-best list instead: several lines
`line ||| translation ||| score` per line (lines count from 0; `||| pairs` follows with --alignments).
"""

WINDOW = 4096
"""Lines of a file that are sorted by length and translated together."""
_PIECE = 512
"""They, of several workers; the last ones are smaller, so that all workers end at about one time."""
_BYTES_A_WORKER = 10_000
"""Of text: a second's work or so."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    from seqnlp.cli.translate_options import add_sampling_arguments, add_search_arguments

    parser.add_argument("runs", nargs="+", metavar="RUN", help="a run, or a saved model folder; several: an ensemble")
    parser.add_argument("--input", type=Path, metavar="FILE", help="plain or gzip (default: standard input)")
    parser.add_argument("--output", choices=("text", "jsonl"), default="text", help="default text")
    parser.add_argument("--nbest", type=int, default=1, metavar="N", help="the N best translations (default 1)")
    parser.add_argument(
        "--scores",
        action="store_true",
        help="what translations are ranked by; text: after a tab; jsonl: also the log probability of each subword",
    )
    parser.add_argument(
        "--alignments", action="store_true", help="pairs i-j of source and target words, from 0; text: after a tab"
    )
    parser.add_argument("--attention", action="store_true", help="jsonl: the weight of each source word for each word")
    parser.add_argument(
        "--prefix",
        type=Path,
        metavar="FILE",
        help="how each translation must begin, after a space at its end with a new word; blank: any",
    )
    add_search_arguments(parser)
    add_sampling_arguments(parser)
    group = parser.add_argument_group("choice among the best translations of a search")
    group.add_argument(
        "--mbr",
        choices=("chrf", "bleu"),
        default="",
        help="of the best translations the one that is most like the others (minimum Bayes risk)",
    )
    add_rerank_arguments(group)
    group.add_argument(
        "--candidates", type=int, metavar="N", help="of how many (default 10; with --rerank as tuned, if it was)"
    )
    group = parser.add_argument_group("speed")
    add_engine_arguments(group)
    add_workers_argument(group)
    group.add_argument(
        "--precision",
        choices=("auto", "fp32", "bf16", "int8"),
        default="auto",
        help="bf16: with --engine torch; int8: faster, in a quarter of the memory, nearly the same (default auto)",
    )
    group.add_argument("--batch-lines", type=int, default=64, metavar="N", help="most lines of a batch (default 64)")
    add_errors_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Stream the translations."""
    from seqnlp.cli.progress import bytes_to_read, is_file, line_progress
    from seqnlp.cli.rerank_options import reranker
    from seqnlp.cli.translate_notes import TranslateNotes
    from seqnlp.cli.translate_options import sampling_options, search_settings
    from seqnlp.workers import mapped

    settings, sampling = search_settings(arguments), sampling_options(arguments)
    _check(arguments)
    options = engine_options(arguments)
    workers, engine = choose_workers(arguments.workers, options, [arguments.input], _BYTES_A_WORKER)
    from seqnlp.api import Translator

    translator = Translator(*arguments.runs, **engine)
    answer = _answering(translator, reranker(arguments, engine), arguments, settings, sampling)
    notes = TranslateNotes(translator.rewritten(), (translator.source_language, translator.target_language))
    size = WINDOW if workers == 1 else _PIECE
    waiting = pieces(enumerate(_lines(arguments)), size, workers, arguments.input, full=is_file(arguments.input))
    with line_progress(bytes_to_read(arguments.input)) as advance:
        for done in mapped(answer, waiting, workers):
            emit(done.written)
            advance(done.texts)
            notes.add(done.texts, done.spelt, done.cut, done.parts)
    notes.say()
    return 0


def _answering(
    translator: Translator,
    rerank: Reranker | None,
    arguments: argparse.Namespace,
    settings: Mapping[str, Any],
    sampling: SamplingOptions | None,
) -> _Answering:
    """What translates a piece of the input as the arguments say.

    Args:
        settings: of the search, those that were given.
    """
    import dataclasses

    from seqnlp.errors import SeqnlpError
    from seqnlp.tasks.translation.answers import OutputOptions
    from seqnlp.tasks.translation.candidates import reranked
    from seqnlp.text.split_sentences import is_unspaced

    decoding = dataclasses.replace(translator.decoding, **settings)
    if "alpha" in settings and decoding.length_penalty == "none":
        raise SeqnlpError(
            "--alpha is the exponent of a length penalty, found none; add --length-penalty average or gnmt"
        )
    if not (sampling or rerank or arguments.mbr):
        _check_nbest(arguments.nbest, decoding.beam)
    if rerank is not None:
        rerank.check_languages(translator.source_language, translator.target_language)
        reranked(rerank, arguments.candidates, arguments.nbest, translator.reranking, translator.lexicon)
    by_piece = is_unspaced(translator.source_language), is_unspaced(translator.target_language)
    shown = OutputOptions(arguments.nbest, arguments.scores, arguments.alignments, arguments.attention, by_piece)
    options = {
        "decoding": decoding,
        "nbest": arguments.nbest,
        "attention": shown.alignments or shown.attention,
        "sampling": sampling,
        "mbr": arguments.mbr,
        "rerank": rerank,
        "candidates": arguments.candidates,
        "batch_lines": arguments.batch_lines,
    }
    return _Answering(translator, shown, arguments.output, bool(arguments.prefix), options)


@dataclass(frozen=True)
class _Answered:
    """A piece's lines, what is written of them, how many were cut, into how many parts, and which were spelt."""

    texts: list[str]
    written: list[str]
    cut: int
    parts: int
    spelt: list[str]


@dataclass(frozen=True)
class _Answering:
    """Translates pieces of numbered lines with what their translations must begin with."""

    translator: Translator
    shown: OutputOptions
    output: str
    forced: bool
    options: Mapping[str, Any]

    def __call__(self, lines: list[tuple[int, tuple[str, str]]]) -> _Answered:
        from seqnlp.cli.translate_output import choose_writer
        from seqnlp.text.spelt import is_spelt

        texts, prefixes = [text for _, (text, _) in lines], [prefix for _, (_, prefix) in lines]
        first = lines[0][0]
        begun = prefixes if self.forced else None
        answers = self.translator.translate_lines(texts, prefixes=begun, first_line=first, **self.options)
        write = choose_writer(self.output, self.shown.nbest)
        written = [write(answer, number, self.shown) for number, answer in enumerate(answers, first)]
        several = [answer.parts for answer in answers if answer.parts > 1]
        spelt = [text for text, answer in zip(texts, answers, strict=True) if is_spelt(text, answer.source_pieces)]
        return _Answered(texts, written, len(several), sum(several), spelt)


def _check(arguments: argparse.Namespace) -> None:
    """What can be refused before the model is loaded."""
    from seqnlp.errors import SeqnlpError

    for name in arguments.runs:
        if Path(name).is_file():
            raise SeqnlpError(f"expected a run, found the file {name}; its lines are translated with --input {name}")
    if arguments.nbest < 1:
        raise SeqnlpError(f"--nbest: expected 1 or more, found {arguments.nbest}")
    check_rerank(arguments)
    _check_choice(arguments)
    if arguments.beam is not None and not (arguments.mbr or arguments.rerank):
        _check_nbest(arguments.nbest, arguments.beam)
    if arguments.attention and arguments.output != "jsonl":
        raise SeqnlpError("--attention is written by --output jsonl only; add --output jsonl")
    if arguments.batch_lines < 1:
        raise SeqnlpError(f"--batch-lines: expected 1 or more, found {arguments.batch_lines}")


def _check_choice(arguments: argparse.Namespace) -> None:
    """One way to choose at most, and enough translations to choose from."""
    from seqnlp.errors import SeqnlpError

    if arguments.mbr and arguments.sample:
        raise SeqnlpError("--mbr compares the best translations of a search; leave --sample out")
    if arguments.rerank and arguments.sample:
        raise SeqnlpError("--rerank orders the best translations of a search; leave --sample out")
    if arguments.mbr and arguments.rerank:
        raise SeqnlpError("--mbr and --rerank both choose among the best translations; leave one of them out")
    if arguments.candidates is None:
        return
    if not arguments.mbr and not arguments.rerank:
        raise SeqnlpError("--candidates means something only with --mbr or --rerank; add one of them")
    if arguments.candidates < max(2, arguments.nbest):
        least = max(2, arguments.nbest)
        raise SeqnlpError(f"--candidates: expected at least {least}, found {arguments.candidates}")


def _check_nbest(nbest: int, beam: int) -> None:
    from seqnlp.errors import SeqnlpError

    if nbest > beam:
        raise SeqnlpError(f"--nbest: expected at most the beam ({beam}), found {nbest}; add --beam {nbest}")


def _lines(arguments: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """Each line with what its translation must begin with."""
    from seqnlp.cli.other_input import no_text_to_translate, said_of_first
    from seqnlp.cli.streams import read_file_lines, read_text_lines, standard_input
    from seqnlp.errors import DataError

    if arguments.input:
        lines = read_file_lines(arguments.input, arguments.errors)
    else:
        lines = read_text_lines(standard_input("translate"), arguments.errors)
    lines = said_of_first(lines, no_text_to_translate)
    if not arguments.prefix:
        yield from ((line, "") for line in lines)
        return
    prefixes = read_file_lines(arguments.prefix, arguments.errors)
    number = 0
    for number, line in enumerate(lines, 1):
        prefix = next(prefixes, None)
        if prefix is None:
            wanted = "one line per line of the input (a blank one forces nothing)"
            raise DataError(f"expected {wanted}, found only {number - 1:,} lines", arguments.prefix)
        yield line, prefix
    more = sum(1 for _ in prefixes)
    if more:
        raise DataError(f"expected {number:,} lines as in the input, found {number + more:,}", arguments.prefix)
