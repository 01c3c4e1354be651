"""Clients that are slow, go away or close one half of their connection."""

from __future__ import annotations

import contextlib
import json
import select
import socket
import time

import pytest
from served import Server

BODY = json.dumps({"texts": ["Ada Sorrel lives in Brinmoor."]}).encode()
HEAD = b"POST /tag HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
HEAD += b"Content-Length: %d\r\n\r\n" % len(BODY)


def rest(client: socket.socket) -> bytes:
    """All that comes until the server closes the connection."""
    actual = b""
    while part := client.recv(65536):
        actual += part
    return actual


def is_over(client: socket.socket) -> bool:
    """Whether the server has closed the connection."""
    return bool(select.select([client], [], [], 0)[0])


def counted(server: Server, name: bytes) -> float:
    """A number among the server's metrics; 0 if it is not there."""
    lines = (line.rpartition(b" ") for line in server.get("/metrics")[1].splitlines())
    return next((float(number) for key, _, number in lines if key == name), 0)


def test_slow_headers_are_not_waited_for(server: Server) -> None:
    begun = time.monotonic()
    with server.socket() as silent, server.socket() as dripping:
        dripping.sendall(b"POST /tag HT")
        assert rest(silent) == b""
        with contextlib.suppress(ConnectionError):
            while not is_over(dripping):
                dripping.sendall(b"a")
                time.sleep(0.05)
    assert 1 < time.monotonic() - begun < 10


def test_slow_bodies_are_told_so(server: Server) -> None:
    begun = time.monotonic()
    with server.socket() as client:
        client.sendall(HEAD + BODY[:10])
        assert rest(client).startswith(b"HTTP/1.1 408 ")
    assert 1 < time.monotonic() - begun < 10


def test_a_second_request_may_not_drip_either(server: Server) -> None:
    with server.socket() as client:
        client.sendall(HEAD + BODY)
        reply = b""
        while not reply.endswith(b"]}]}"):
            reply += client.recv(65536)
        client.sendall(b"GET /health HTT")
        assert rest(client) == b""


def test_who_has_closed_its_half_still_gets_the_answer(server: Server) -> None:
    with server.socket() as client:
        client.sendall(HEAD + BODY)
        client.shutdown(socket.SHUT_WR)
        reply = rest(client).removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n")
    assert reply.startswith(b"HTTP/1.1 200 ")
    assert json.loads(reply.partition(b"\r\n\r\n")[2])["answers"]


def test_who_goes_in_the_middle_is_forgotten(server: Server) -> None:
    for sent in (b"", b"POST", HEAD, HEAD + BODY[:5], HEAD + BODY):
        with server.socket() as client:
            client.sendall(sent)
            if len(sent) % 2:
                client.shutdown(socket.SHUT_WR)
    assert server.answers("/tag", texts=["Ada"])
    gone = b'seqnlp_requests_total{path="/tag",status="499"}'
    for _ in range(100):
        if json.loads(server.get("/health")[1]) == {"status": "ok", "waiting": 0} and counted(server, gone):
            break
        time.sleep(0.05)
    else:
        raise AssertionError("something still waits")


def test_requests_sent_at_once_over_one_connection_are_answered_in_their_order(server: Server) -> None:
    last = b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    with server.socket() as client:
        client.sendall((HEAD + BODY) * 20 + last)
        reply = rest(client)
    assert reply.count(b"HTTP/1.1 200 OK") == 21
    assert reply.endswith(b'"waiting": 0}')


def test_many_idle_connections_keep_nobody_out(server: Server) -> None:
    idle = [server.socket() for _ in range(200)]
    try:
        assert server.answers("/tag", texts=["Ada"])
    finally:
        for client in idle:
            client.close()


@pytest.mark.slow  # its answer must be larger than what the system keeps for it
def test_who_never_reads_its_answer_is_let_go(server: Server) -> None:
    def open_files() -> float:
        return counted(server, b"process_open_fds")

    body = json.dumps({"texts": ["a . " * 40_000], "nbest": 1}).encode()
    head = HEAD.replace(b"%d" % len(BODY), b"%d" % len(body))
    before, begun = open_files(), time.monotonic()
    with contextlib.closing(socket.socket()) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", server.port))
        client.sendall(head + body)
        while open_files() <= before:  # until its answer is computed, or it is taken on
            time.sleep(0.02)
        while open_files() > before:
            assert time.monotonic() - begun < 60
            time.sleep(0.2)


def test_an_answer_does_not_wait_until_the_client_acknowledges_its_headers(server: Server) -> None:
    took = []
    with server.socket() as client:
        for _ in range(60):  # the first ones are acknowledged at once
            begun = time.perf_counter()
            client.sendall(HEAD + BODY)
            reply = b""
            while not reply.endswith(b"]}]}"):
                reply += client.recv(65536)
            took.append(time.perf_counter() - begun)
    assert min(took[-30:]) < 0.035
