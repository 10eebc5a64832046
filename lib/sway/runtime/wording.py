"""Counts and tables as people read them."""

from __future__ import annotations

from collections.abc import Sequence


def many(count: int, thing: str) -> str:
    """`1 day`, `2,000 days`."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def in_columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """A line for each row, the head being the first: cells of one column below each other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
