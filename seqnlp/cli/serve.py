"""``seqnlp serve``: answers over HTTP."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from seqnlp.cli.engine_options import add_engine_arguments, engine_options
from seqnlp.cli.output import say

HELP = "answer over HTTP: JSON in and out, a page to try, health and metrics"
EXAMPLES = """\
examples:
  seqnlp serve RUN                                         then open http://127.0.0.1:8000
  curl --json '{"texts": ["Angela lives in Oslo."]}' http://127.0.0.1:8000/tag
  seqnlp serve names=runs/first german=runs/second         several models; requests say which: {"model": "names", ...}
  seqnlp serve RUN --host 0.0.0.0 --token-file token.txt   for others, who send 'Authorization: Bearer TOKEN'

Paths: /tag /classify /translate /score /complete /forecast /detect, as the models can; /models /health /metrics
/openapi.json. SIGTERM ends the server after the answers under way.
"""

TOKEN_VARIABLE = "SEQNLP_TOKEN"
_NEEDS = ("fastapi", "uvicorn", "httptools", "prometheus_client")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's arguments."""
    parser.add_argument("runs", nargs="+", metavar="RUN", help="a run or a saved model folder, or NAME=RUN")
    add_server_arguments(parser, 8000)


def add_server_arguments(parser: argparse.ArgumentParser, port: int, body_bytes: int = 0) -> None:
    """Declare what every server takes; ``body_bytes``: another default."""
    from seqnlp.serve.options import Limits

    limits = Limits(body_bytes=body_bytes) if body_bytes else Limits()
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1: this machine)")
    parser.add_argument("--port", type=int, default=port, help=f"0: any free one (default {port})")
    parser.add_argument(
        "--token-file",
        type=Path,
        metavar="FILE",
        help=f"requests must bear the token in this file (or in the variable {TOKEN_VARIABLE})",
    )
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="also a name under which the server may be asked, such as that of a proxy; may be repeated (default: "
        "localhost and addresses; any name where --host lets others in)",
    )
    group = parser.add_argument_group("limits")
    _number(group, "--max-bytes", limits.body_bytes, "of a request's body, else 413")
    _number(group, "--max-lines", limits.lines, "texts of a request, else 413")
    _number(group, "--max-waiting", limits.waiting, "texts that may wait, else 503")
    _number(group, "--max-connections", limits.connections, "connections at once, else 503")
    group.add_argument(
        "--client-seconds",
        type=float,
        default=limits.seconds,
        metavar="S",
        help=f"that a client has to send its request, and to take its answer (default {limits.seconds:g})",
    )
    group = parser.add_argument_group("log (a line of JSON for each request, on standard error)")
    group.add_argument("--quiet", action="store_true", help="errors only")
    group.add_argument("--log-texts", action="store_true", help="also what was asked; by default no text is logged")
    group = parser.add_argument_group("speed")
    add_engine_arguments(group)
    group.add_argument(
        "--precision",
        choices=("auto", "fp32", "bf16", "int8"),
        default="auto",
        help="int8: of all models that can; bf16: of translators, with --engine torch (default auto)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Load the models and serve."""
    require_extra("seqnlp serve")
    from seqnlp.serve.application import make_application

    return listen_and_serve(arguments, arguments.runs, make_application)


def listen_and_serve(arguments: argparse.Namespace, runs: Sequence[str], make: Callable[[Any, Any], Any]) -> int:
    """Load models and serve what ``make`` makes of them and the options, until the process is told to end."""
    options = server_options(arguments)
    engine = engine_options(arguments)
    from seqnlp.serve.logs import log_json
    from seqnlp.serve.models import load_models
    from seqnlp.serve.server import address_of, is_local, listen, serve

    listening = listen(arguments.host, arguments.port)
    with listening:
        models = load_models(runs, {**engine, "precision": arguments.precision})
        if is_local(listening):
            options = replace(options, hosts=(arguments.host, *(options.hosts or ())))
        elif not options.token:
            say("warning: everybody who reaches this machine can ask; --token-file FILE asks for a token")
        app = make(models, options)
        log_json(options.log_requests, options.log_texts)
        told = f"{', '.join(models.served)} on {address_of(listening)}; Ctrl-C ends"
        serve(app, listening, options, lambda: say(told))
    return 0


def require_extra(what: str) -> None:
    """Stop where the packages of the extra are not installed.

    Raises:
        SeqnlpError: with what to install.
    """
    from seqnlp.errors import SeqnlpError
    from seqnlp.networks.engine import is_installed

    missing = [name for name in _NEEDS if not is_installed(name)]
    if missing:
        raise SeqnlpError(
            f"{what} needs {', '.join(missing)}, which is not installed; `pip install 'seqnlp[serve]'`, or, where "
            "seqnlp is installed without torch, `pip install -r requirements/serve.txt`"
        )


def server_options(arguments: argparse.Namespace) -> Any:
    """The options of :mod:`seqnlp.serve.options` from what was typed.

    Raises:
        SeqnlpError: a limit below 1, a name of a host or a token that is none.
    """
    from seqnlp.errors import SeqnlpError
    from seqnlp.serve.options import Limits, Options

    for name in ("max_bytes", "max_lines", "max_waiting", "max_connections", "client_seconds"):
        if not getattr(arguments, name) > 0:
            raise SeqnlpError(f"--{name.replace('_', '-')}: expected more than 0, found {getattr(arguments, name):g}")
    for name in arguments.allow_host:
        if not re.fullmatch(r"[A-Za-z0-9._-]+", name):
            raise SeqnlpError(f"--allow-host: expected a name alone, such as models.example.org, found '{name}'")
    limits = Limits(
        body_bytes=arguments.max_bytes,
        lines=arguments.max_lines,
        waiting=arguments.max_waiting,
        connections=arguments.max_connections,
        seconds=arguments.client_seconds,
    )
    return Options(
        limits=limits,
        token=_token(arguments.token_file),
        hosts=tuple(arguments.allow_host) or None,
        log_requests=not arguments.quiet,
        log_texts=arguments.log_texts,
    )


def _token(file: Path | None) -> str:
    from seqnlp.errors import SeqnlpError

    if file is None:
        token, source = os.environ.get(TOKEN_VARIABLE, ""), TOKEN_VARIABLE
        if not token:
            return ""
    else:
        try:
            token, source = file.read_text(encoding="utf-8").strip(" \r\n"), str(file)
        except (OSError, UnicodeDecodeError) as problem:
            raise SeqnlpError(f"--token-file: {file} cannot be read ({problem})") from None
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise SeqnlpError(f"{source}: expected a token of letters, digits and signs, without spaces")
    return token


def _number(group: argparse._ArgumentGroup, name: str, default: int, text: str) -> None:
    group.add_argument(name, type=int, default=default, metavar="N", help=f"{text} (default {default:,})")
