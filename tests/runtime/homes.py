"""A home with the shipped configuration, to be spoilt."""

import re
import shutil
from pathlib import Path

from tests.places import REPOSITORY

SCORING = "conf/scoring/sway-0.1.toml"


def shipped(folder: Path) -> Path:
    """The folder, with a copy of conf/ in it."""
    shutil.copytree(REPOSITORY / "conf", folder / "conf", ignore=shutil.ignore_patterns("locks"))
    return folder


def change(home: Path, file: str, old: str, new: str) -> None:
    """Put `new` in the place of the first match of the pattern `old`, which must be there."""
    path = home / file
    text = path.read_text()
    assert len(re.findall(old, text, re.MULTILINE)) >= 1, f"{old} is not in {file}"
    path.write_text(re.sub(old, new, text, count=1, flags=re.MULTILINE))
