"""A setting for tests: the repository's versions, a tiny world, and data sets drawn into a folder."""

import gzip
from pathlib import Path

from sway.evaluation.files import DataFolder
from sway.evaluation.setting import Setting
from sway.runtime import config

METHODS = config.load().methods
METHOD = METHODS["sway-1.0"]
ACTIONS = sorted(METHOD.networks["twitter"].actions)


def setting(*, data: Path | None = None, accounts: int = 400, days: int = 12, seeds: tuple[int, ...] = (3,)) -> Setting:
    return Setting(METHODS, DataFolder(data), accounts, days, seeds)


def data_set(folder: Path, name: str, files: dict[str, list[str]]) -> Path:
    """Write gzip files of lines by their names; returns the folder of data sets."""
    (folder / name).mkdir(parents=True, exist_ok=True)
    for file, lines in files.items():
        with gzip.open(folder / name / file, "wt", encoding="utf-8") as out:
            out.writelines(f"{line}\n" for line in lines)
    return folder
