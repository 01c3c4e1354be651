"""How fast `seqnlp serve` answers, whether it answers as the command line does, and whether its memory grows.

    python tools/bench_serve.py RUN LINES --requests 1000 --clients 32 [--minutes 10] [--precision int8]

Starts the server in a process of its own; every client sends one line after the other over one connection. Prints one
line a round; with --minutes rounds follow each other for so long.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

VERBS = {"tagging": "tag", "classification": "classify", "translation": "translate"}


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run")
    parser.add_argument("lines", type=Path)
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--minutes", type=float, default=0.0)
    parser.add_argument("--precision", default="auto")
    arguments = parser.parse_args()
    lines = [line for line in arguments.lines.read_text(encoding="utf-8").splitlines() if line]
    texts = [lines[number % len(lines)] for number in range(arguments.requests)]
    with server(arguments.run, arguments.precision) as (process, port):
        verb = VERBS[asyncio.run(task(port))]
        expected = command_line(verb, arguments.run, arguments.precision, texts)
        asyncio.run(measured(port, verb, texts[:100], arguments.clients))  # warm
        until = time.monotonic() + 60 * arguments.minutes
        while True:
            before, own = cpu_seconds(process.pid), time.process_time()
            answers, seconds, all_seconds = asyncio.run(measured(port, verb, texts, arguments.clients))
            own, of_server = time.process_time() - own, cpu_seconds(process.pid) - before
            fields = (
                f"{len(texts) / all_seconds:,.0f} requests/s",
                f"p50 {1000 * np.quantile(seconds, 0.5):.1f} ms",
                f"p99 {1000 * np.quantile(seconds, 0.99):.1f} ms",
                f"{1000 * of_server / len(texts):.2f} ms of CPU a request (the clients {1000 * own / len(texts):.2f})",
                f"other answers {sum(map(differ, answers, expected))}",
                f"{memory(process.pid):.1f} MB",
            )
            print(", ".join(fields), flush=True)
            if time.monotonic() >= until:
                return


@contextmanager
def server(run: str, precision: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A server on a free port, ended afterwards as a service manager would."""
    command = [sys.executable, "-m", "seqnlp", "serve", run, "--port", "0", "--threads", "1", "--precision", precision]
    process = subprocess.Popen([*command, "--quiet"], stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        actual = re.search(r":(\d+); Ctrl-C", process.stderr.readline())
        assert actual, process.stderr.read()
        yield process, int(actual[1])
    finally:
        process.terminate()
        print(f"ended with status {process.wait(timeout=60)}", process.stderr.read(), file=sys.stderr)


def command_line(verb: str, run: str, precision: str, texts: list[str]) -> list[object]:
    """What the command answers."""
    command = [sys.executable, "-m", "seqnlp", verb, run, "--output", "jsonl"]
    command += ["--precision", precision] if verb == "translate" else []
    actual = subprocess.run(command, input="\n".join(texts) + "\n", capture_output=True, text=True, check=True)
    return [json.loads(line) for line in actual.stdout.splitlines()]


def differ(answer: object, expected: object) -> bool:
    """Whether two answers are not the same, to the last digit."""
    return answer != expected


async def task(port: int) -> str:
    """What the model is for."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    actual: str = json.loads(await ask(reader, writer, b"GET /models HTTP/1.1\r\nHost: localhost\r\n\r\n"))["models"][
        0
    ]["task"]
    writer.close()
    return actual


async def measured(port: int, verb: str, texts: list[str], clients: int) -> tuple[list[object], np.ndarray, float]:
    """Answers, the seconds of each, and of all."""
    answers = [b""] * len(texts)
    seconds = np.zeros(len(texts))
    waiting = iter(range(len(texts)))

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in waiting:
            body = json.dumps({"texts": [texts[number]]}).encode()
            head = f"POST /{verb} HTTP/1.1\r\nHost: localhost\r\n"
            head += f"Content-Type: application/json\r\nContent-Length: {len(body)}"
            begun = time.perf_counter()
            answers[number] = await ask(reader, writer, head.encode() + b"\r\n\r\n" + body)
            seconds[number] = time.perf_counter() - begun
        writer.close()

    begun = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    took = time.perf_counter() - begun
    return [json.loads(answer)["answers"][0] for answer in answers], seconds, took


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> bytes:
    """The body of the answer."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200"), head
    length = re.search(rb"content-length: (\d+)", head)
    assert length, head
    return await reader.readexactly(int(length[1]))


def cpu_seconds(process: int) -> float:
    """Of a process so far: beside other work they tell more than the time."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(process: int) -> float:
    """Resident megabytes."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    resident = re.search(r"VmRSS:\s+(\d+)", status)
    assert resident, status
    return int(resident[1]) / 1024


if __name__ == "__main__":
    main()
