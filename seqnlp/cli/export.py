"""``seqnlp export``: a model for others to use."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "write a model in one byte a weight, as one HTML page, or as graphs for the runtimes of other languages"
EXAMPLES = """\
examples:
  seqnlp export RUN --int8 small_model          a model folder, used as any other, a quarter of the size
  seqnlp export RUN --page tagger.html          one file that anybody can open; it answers as you type
  seqnlp export RUN --onnx graphs               for C++, Java, C#, JavaScript; graphs/README.md says inputs and outputs
  seqnlp export RUN --onnx graphs --precision int8
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("run", metavar="RUN", help="a run, or a saved model folder")
    parser.add_argument("--int8", type=Path, metavar="DIR", help="write a model folder with weights in int8")
    parser.add_argument("--onnx", type=Path, metavar="DIR", help="write ONNX graphs")
    parser.add_argument("--page", type=Path, metavar="FILE.html", help="write one HTML file with the model inside")
    parser.add_argument(
        "--precision",
        choices=("fp32", "int8"),
        help="of the weights (default: graphs and models of series fp32, pages of models that read text int8)",
    )
    parser.add_argument("--title", default="", help="of the page (default: what the model is)")
    parser.add_argument("--text", default="", help="what the page shows at first")


def run(arguments: argparse.Namespace) -> int:
    """Write what was asked for."""
    from seqnlp.errors import SeqnlpError
    from seqnlp.tasks.export import describe_size, export_int8, export_onnx
    from seqnlp.tasks.export_page import export_page

    if not (arguments.int8 or arguments.onnx or arguments.page):
        raise SeqnlpError("expected --page FILE.html, --int8 DIR or --onnx DIR")
    if (arguments.title or arguments.text) and not arguments.page:
        raise SeqnlpError("--title and --text are those of a page; add --page FILE.html")
    if arguments.precision and not (arguments.onnx or arguments.page):
        raise SeqnlpError("--precision is that of graphs and pages; add --onnx DIR or --page FILE.html")
    if arguments.page and arguments.page.suffix.lower() not in (".html", ".htm"):
        raise SeqnlpError(f"--page: expected a name that ends in .html, found '{arguments.page}'")
    if arguments.int8:
        print(f"{arguments.int8}: {describe_size(export_int8(arguments.run, arguments.int8))}")
    if arguments.onnx:
        size = export_onnx(arguments.run, arguments.onnx, arguments.precision == "int8")
        print(f"{arguments.onnx}: {describe_size(size)}")
    if arguments.page:
        int8 = arguments.precision == "int8" if arguments.precision else None
        size = export_page(arguments.run, arguments.page, int8, arguments.title, arguments.text)
        print(f"{arguments.page}: {describe_size(size)}; open it in a browser")
    return 0
