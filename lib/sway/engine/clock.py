"""Seconds by part of a propagation."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic


@dataclass
class Clock:
    """Seconds by part, in the order the parts ended."""

    laps: dict[str, float] = field(default_factory=dict)
    since: float = field(default_factory=monotonic)

    def lap(self, name: str) -> None:
        now = monotonic()
        self.laps[name], self.since = now - self.since, now
