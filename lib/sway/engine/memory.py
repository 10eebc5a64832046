"""How much memory this process can have, where Linux says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath


def available_bytes(root: Path = Path("/")) -> int | None:
    """What the machine can give, or the limit of a control group around this process if that is lower; None if unknown.

    root: of the files of the system.
    """
    return min([*_of_machine(root), *_of_groups(root)], default=None)


def _of_machine(root: Path) -> Iterator[int]:
    """What is free, and what caches would give back."""
    for line in _lines(root / "proc" / "meminfo"):
        name, _, size = line.partition(":")
        if name == "MemAvailable":
            yield int(size.removesuffix("kB")) * 1024


def _of_groups(root: Path) -> Iterator[int]:
    """Limits of control groups, of version 2 (which names no controller) and 1: this process's and all above."""
    mounted = root / "sys" / "fs" / "cgroup"
    for line in _lines(root / "proc" / "self" / "cgroup"):
        _, controllers, group = line.split(":", 2)
        if controllers in ("", "memory"):
            name = "memory.limit_in_bytes" if controllers else "memory.max"
            own = PurePosixPath(group)
            for folder in (own, *own.parents):
                limits = _lines(mounted / controllers / folder.relative_to("/") / name)
                yield from (int(limit) for limit in limits if limit.isdigit())  # `max` where there is none


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
