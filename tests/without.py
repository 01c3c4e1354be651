"""A command in a process where some packages are missing."""

from __future__ import annotations

import subprocess
import sys

CODE = """\
import sys
for name in filter(None, sys.argv[1].split(",")):
    sys.modules[name] = None
sys.argv = ["seqnlp", *sys.argv[2:]]
from seqnlp.cli import main
raise SystemExit(main())
"""


def run_without(packages: str, *arguments: object, text: str = "") -> subprocess.CompletedProcess[str]:
    """Run ``seqnlp`` with arguments where the packages, joined by commas, cannot be imported."""
    command = [sys.executable, "-c", CODE, packages, *map(str, arguments)]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=False)
