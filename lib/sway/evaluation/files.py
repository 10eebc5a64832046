"""The files evaluation reads and writes: data sets of a folder the caller names, and the report with its pictures."""

from __future__ import annotations

import csv
import gzip
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sway.errors import ConfigError
from sway.evaluation.outcome import Absent


class DataFolder:
    """Data sets by name, each a folder with gzip files; nothing of them is kept."""

    def __init__(self, folder: Path | None) -> None:
        if folder is not None and not folder.is_dir():
            raise ConfigError(f"--data {folder}: expected a folder with data sets in it, found none")
        self._folder = folder

    def lines(self, data_set: str, file: str) -> Iterator[str]:
        """Lines without their ends. Raises Absent, at once, where there is no such file."""
        if self._folder is None:
            raise Absent(f"needs {data_set}, and no folder with data sets was named: give --data or set SWAY_DATA")
        path = self._folder / data_set / file
        if not path.is_file():
            raise Absent(f"needs {data_set}/{file}, which is not in the folder with data sets")
        return _lines(path)

    def table(self, data_set: str, file: str, separator: str = ",") -> Iterator[dict[str, str]]:
        """Rows of a file whose first line names the columns."""
        lines = self.lines(data_set, file)
        if separator == ",":
            return csv.DictReader(lines)
        return csv.DictReader(lines, delimiter=separator, quoting=csv.QUOTE_NONE)

    def objects(self, data_set: str, file: str) -> Iterator[dict[str, Any]]:
        """A file of one JSON object a line."""
        return map(json.loads, self.lines(data_set, file))


def _lines(path: Path) -> Iterator[str]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        for line in lines:
            yield line.rstrip("\r\n")


class ReportFolder:
    """Where the report goes, and the folder of its pictures beside it: evaluation.md and evaluation/.

    Made before experiments are run, which take their time: raises ConfigError where the report could not be written.
    """

    def __init__(self, report: Path) -> None:
        if report.suffix != ".md":
            raise ConfigError(f"--out {report}: expected the name of a Markdown file such as docs/evaluation.md")
        self._report = report
        self.pictures = report.with_suffix("")
        if report.is_dir():
            raise ConfigError(f"{report}: cannot be written: it is a folder")
        try:
            report.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=report.parent):
                pass
        except OSError as error:
            raise ConfigError(f"{report}: cannot be written: {error.strerror}") from error

    def picture(self, name: str) -> str:
        """The path of a picture, its folder made."""
        try:
            self.pictures.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(f"{self.pictures}: cannot be made: {error.strerror}") from error
        return str(self.pictures / name)

    def write(self, text: str) -> None:
        try:
            self._report.write_text(text, encoding="utf-8")
        except OSError as error:
            raise ConfigError(f"{self._report}: cannot be written: {error.strerror}") from error
