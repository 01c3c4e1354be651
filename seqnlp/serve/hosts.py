"""Under which names a server may be asked that trusts whoever reaches it, as one for this machine alone does.

A page of a stranger in a browser on this machine can have the stranger's name point here (DNS rebinding) and then read
answers as its own; its requests bear that name. An address, or localhost, nobody can have point elsewhere.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from seqnlp.serve.replies import refusal

_HOST = re.compile(r"(?:\[(?P<address>[0-9A-Fa-f:.]+)\]|(?P<name>[A-Za-z0-9._-]+))(?::\d*)?")


class KnownHosts:
    """ASGI: answers 403 to requests for another host than addresses, ``localhost``, names below it, and ``names``."""

    def __init__(self, app: ASGIApp, names: Collection[str]) -> None:
        self.app, self._names = app, {name.lower().rstrip(".") for name in names}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or self._is_known(Headers(scope=scope).getlist("host")):
            await self.app(scope, receive, send)
            return
        message = "expected the header 'Host' to be localhost, an address, or a name given to the server's --allow-host"
        await refusal(403, message)(scope, receive, send)

    def _is_known(self, hosts: list[str]) -> bool:
        """Whether all are known; no browser leaves the header out."""
        return all(self._is_known_host(host) for host in hosts)

    def _is_known_host(self, host: str) -> bool:
        if not (parts := _HOST.fullmatch(host)):
            return False
        name = (parts["address"] or parts["name"]).lower().rstrip(".")
        return name in self._names or name == "localhost" or name.endswith(".localhost") or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
