"""Where a lake is, as `--lake` names it."""

from __future__ import annotations

import re
from pathlib import Path

from sway.errors import ConfigError

UNFIT = set("*?[]{}\\%")  # Spark takes all but the last for patterns; delta-rs reads %20 as a space
NO_TEXT = re.compile(r"[\ud800-\udfff]")  # a name that is no UTF-8, as Python has it


def lake_root(lake: str) -> str:
    """The lake's folder as an absolute path, or its URI, without a slash at the end.

    Raises ConfigError where there is none, and where Spark or delta-rs would take it for another.
    """
    root = lake.rstrip("/") if "://" in lake else str(Path(lake).absolute())
    if not lake.strip() or root.endswith(":"):
        raise ConfigError(f"lake {lake!r}: expected a folder or a URI")
    if UNFIT & set(root) or NO_TEXT.search(root):
        raise ConfigError(f"lake {root!r}: expected a path in UTF-8 without any of {' '.join(sorted(UNFIT))}")
    return root
