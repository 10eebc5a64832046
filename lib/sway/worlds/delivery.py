"""Where a world is delivered to: what `generate` asks of a landing folder, whoever writes it."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any, Protocol, Self

import pyarrow as pa


class Day(AbstractContextManager["Day", None], Protocol):
    """One delivery day of one feed; leaving it without an error declares it complete."""

    rows: int
    bytes: int

    def __enter__(self) -> Self: ...

    def write_lines(self, batches: Iterable[list[str]], suffix: str) -> None: ...

    def write_table(self, table: pa.Table) -> None: ...


class Landing(Protocol):
    """A landing folder, and a place for notes beside the lake."""

    landing: Path
    beside: Path

    def alone(self) -> AbstractContextManager[None]: ...

    def is_empty(self) -> bool: ...

    def day(self, network: str, feed: str, delivered: date) -> Day: ...

    def remove(self, network: str, feed: str) -> None: ...

    def read_note(self, name: str) -> dict[str, Any] | None: ...

    def write_note(self, name: str, note: dict[str, Any]) -> None: ...

    def remove_note(self, name: str) -> None: ...

    def write_table_beside(self, name: str, table: pa.Table) -> None: ...
