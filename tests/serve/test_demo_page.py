"""The page at ``/``: what it is allowed to do, and what a browser draws with it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import quote

import pytest
from served import Server

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
EVIL = "<img src=x onerror=alert(1)> Ada Sorrel lives in 😀 Brinmoor"


def test_it_loads_nothing_from_elsewhere_and_writes_no_html(server: Server) -> None:
    status, page, headers = server.get("/")
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert headers["x-content-type-options"] == "nosniff"
    for path in re.findall(r'(?:src|href)="([^":]+)"', page.decode()):
        assert server.get(f"/{path}")[0] == 200
    script = server.get("/demo.mjs")[1].decode()
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|https?:|localStorage", script)
    assert "width=device-width" in page.decode()


@pytest.mark.skipif(BROWSER is None, reason="needs a browser")
@pytest.mark.parametrize(
    ("model", "text", "shown"),
    [
        ("names", EVIL, r'x onerror=alert\(1\)&gt;.*<mark class="colour\d">Brinmoor<span class="name"> LOC \d+ %'),
        pytest.param("moods", "Lovely.", r'class="row chosen"><span class="label">\w+</span>', marks=pytest.mark.slow),
        pytest.param("translation", "Ein Hund.", r'class="answer"[^>]*><div>', marks=pytest.mark.slow),
        pytest.param("words", "Mira gr", r'class="row"><span class="label">gr', marks=pytest.mark.slow),
        pytest.param("run", "day\n1", r'class="answer"[^>]*>series:1: ', marks=pytest.mark.slow),
    ],
)
def test_a_browser_draws_the_answers(server: Server, tmp_path: Path, model: str, text: str, shown: str) -> None:
    address = f"http://127.0.0.1:{server.port}/#model={model}&text={quote(text)}"
    command = [str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}"]
    options = ["--virtual-time-budget=20000", "--dump-dom", address]
    page = subprocess.run([*command, *options], capture_output=True, text=True, timeout=120, check=True).stdout
    assert re.search(shown, page, re.DOTALL), page
    assert "<img" not in page
