"""Which code runs: its release, and a fingerprint of its source and of the libraries that do its arithmetic."""

from __future__ import annotations

import hashlib
import platform
from functools import cache
from importlib.metadata import version
from pathlib import Path

from sway.contracts.libraries import LIBRARIES


@cache
def code_fingerprint() -> str:
    """SHA-256 of every source file of sway and of the versions of Python and LIBRARIES: the same, the same bits."""
    root = Path(__file__).resolve().parents[1]
    found = hashlib.sha256(platform.python_version().encode())
    for name in LIBRARIES:
        found.update(f"{name} {version(name)}\n".encode())
    for path in sorted(root.rglob("*.py")):
        found.update(f"{path.relative_to(root)}\n".encode() + path.read_bytes())
    return found.hexdigest()
