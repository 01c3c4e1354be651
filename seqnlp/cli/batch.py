"""``seqnlp batch``: a table in, the same table with a model's answers out."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from seqnlp.cli.output import say
from seqnlp.cli.worker_options import add_workers_argument, choose_workers

if TYPE_CHECKING:
    from seqnlp.api import Model
    from seqnlp.api.mapping import BatchAnswers
    from seqnlp.tables.series import SeriesAnswers

HELP = "add a model's answers to a table: parquet, CSV or JSON lines"
EXAMPLES = """\
examples:
  seqnlp batch RUN mails.parquet tagged.parquet --text-column body
  seqnlp batch RUN reviews.csv labelled.csv --text-column review --workers 4
  seqnlp batch RUN lines.jsonl.gz translated.jsonl.gz
  seqnlp batch RUN sales.parquet forecasts.parquet --series-column store
  seqnlp batch RUN mails.parquet tagged.parquet --engine ray --address ray://head:10001 --workers 64

Every row is written, with the columns that it had; a row without an answer says why in the column `error`.
A tagger adds tags, tokens and spans (and reads a column of lists of words as well), a classifier label (labels, where a
text may have several) and the probability of the most probable one, a translator translation, a language model
log_probability, token_count and perplexity, a detector score, p_value and flagged. A forecaster writes other rows:
those ahead of each series, with its name. The rows of a series must follow each other. Tables of any size need the same
memory.
"""

_BYTES_A_WORKER = 200_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("run", metavar="RUN", help="a run, or a saved model folder")
    parser.add_argument(
        "source", metavar="IN", type=Path, help="a table: .parquet, .csv, .tsv, .jsonl, the last three also .gz"
    )
    parser.add_argument("target", metavar="OUT", type=Path, help="what to write; ends as IN does")
    parser.add_argument(
        "--text-column", default="", metavar="NAME", help="the column to read (default: text; a tagger's tokens)"
    )
    parser.add_argument(
        "--series-column",
        default="",
        metavar="NAME",
        help="of a forecaster or detector: the column that tells series apart, or several, as in 'store + item' "
        "(default: as in the model's training; without one the table is one series)",
    )
    parser.add_argument("--prefix", default="", metavar="P", help="what the names of the new columns begin with")
    add_workers_argument(parser)
    parser.add_argument(
        "--engine",
        choices=("local", "ray"),
        default="local",
        help="where the workers are: here, or actors of a Ray cluster, which see the model's folder under the same "
        "name (default local)",
    )
    parser.add_argument("--address", default="", metavar="A", help="with --engine ray: the cluster (default: one here)")


def run(arguments: argparse.Namespace) -> int:
    """Write the table, and say how many rows it has."""
    from seqnlp.errors import SeqnlpError
    from seqnlp.tables.job import MapPieces, answer_table
    from seqnlp.workers import mapped

    if arguments.address and arguments.engine != "ray":
        raise SeqnlpError("--address is that of a cluster; add --engine ray")
    if arguments.engine == "ray":
        from seqnlp.integrations.ray import spread as on_ray

        if arguments.workers is not None and arguments.workers < 1:
            raise SeqnlpError(f"--workers: expected 1 or more, found {arguments.workers}")
        map_pieces: MapPieces = partial(on_ray, workers=arguments.workers or 0, address=arguments.address)
        options = {"threads": 1}
    else:
        workers, options = choose_workers(arguments.workers, {"threads": 0}, [arguments.source], _BYTES_A_WORKER)
        map_pieces = partial(mapped, workers=workers, kind="rows")
    import seqnlp

    answers = _answers(seqnlp.load(arguments.run, threads=options["threads"]), arguments)
    counts = answer_table(answers, arguments.source, arguments.target, map_pieces, say=say)
    rows = "1 row" if counts.rows == 1 else f"{counts.rows:,} rows"
    wrong = f", {counts.errors:,} without an answer (column {arguments.prefix}error)" if counts.errors else ""
    say(f"{arguments.target}: {rows}{wrong}")
    return 0


def _answers(model: Model, arguments: argparse.Namespace) -> BatchAnswers | SeriesAnswers:
    """What the model is asked.

    Raises:
        SeqnlpError: an option is not one of such a model.
    """
    import seqnlp
    from seqnlp.config.series import columns_of
    from seqnlp.errors import SeqnlpError
    from seqnlp.tables.series import SeriesAnswers

    if isinstance(model, seqnlp.Forecaster | seqnlp.Detector):
        if arguments.text_column:
            raise SeqnlpError(f"--text-column is for models that read texts, found {model!r}; leave it out")
        named = arguments.series_column or model.loaded.data.series_column
        return SeriesAnswers(model, columns_of(named), arguments.prefix)
    if arguments.series_column:
        raise SeqnlpError(f"--series-column is for forecasters and detectors, found {model!r}; leave it out")
    return seqnlp.batch(model, arguments.text_column, arguments.prefix, errors="column")
