"""Pictures for people, drawn with matplotlib where it is installed (`pip install sway[pictures]`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sway.errors import ConfigError


def heat_maps(path: str, panels: Sequence[tuple[str, Sequence[str], Sequence[Sequence[float | None]]]]) -> None:
    """Square tables of numbers from -1 to 1, side by side: (title, names, rows). Writes an image file.

    Raises ConfigError where matplotlib is missing, or the path's ending is no image's.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ConfigError("pictures need matplotlib, which is not installed: pip install 'sway[pictures]'") from error
    figure = Figure(figsize=(1.5 + 4.5 * len(panels), 4.5), layout="constrained")
    for number, (title, names, rows) in enumerate(panels, start=1):
        _panel(figure.add_subplot(1, len(panels), number), title, names, rows)
    try:
        figure.savefig(path)
    except (ValueError, OSError) as error:
        raise ConfigError(f"{path}: cannot be written as a picture: {error}") from error


def _panel(plot: Any, title: str, names: Sequence[str], rows: Sequence[Sequence[float | None]]) -> None:
    values = [[float("nan") if value is None else value for value in row] for row in rows]
    plot.imshow(values, vmin=-1.0, vmax=1.0, cmap="RdBu")
    plot.set_title(title)
    plot.set_xticks(range(len(names)), names, rotation=45, ha="right")
    plot.set_yticks(range(len(names)), names)
    for i, row in enumerate(values):
        for j, value in enumerate(row):
            plot.text(j, i, f"{value:.2f}", ha="center", va="center", color="white" if abs(value) > 0.6 else "black")
