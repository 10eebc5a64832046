"""Pictures for people, drawn with matplotlib where it is installed: by `make setup`, or as the extra `pictures`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any, Literal

from sway.errors import ConfigError

Square = tuple[str, Sequence[str], Sequence[Sequence[float | None]]]  # title, names, rows


@dataclass(frozen=True)
class Series:
    """A named row of points of a plot; bars stand evenly spaced, in the middle of what they count."""

    name: str
    x: Sequence[float]
    y: Sequence[float]
    kind: Literal["line", "bars"] = "line"


@dataclass(frozen=True)
class Panel:
    """One plot: what its axes say, and what is drawn. marks: heights of thin lines."""

    title: str
    x: str
    y: str
    series: Sequence[Series]
    marks: Sequence[float] = ()
    is_x_logarithmic: bool = False


def heat_maps(path: str, grid: Sequence[Sequence[Square]]) -> None:
    """Square tables of numbers from -1 to 1, rows of them below each other. Writes an image file.

    Raises ConfigError where matplotlib is missing, or the path's ending is no image's.
    """
    width = max(map(len, grid))
    figure = _figure(1.5 + 4.5 * width, 4.5 * len(grid))
    for i, squares in enumerate(grid):
        for j, (title, names, rows) in enumerate(squares, start=1):
            _panel(figure.add_subplot(len(grid), width, i * width + j), title, names, rows)
    _write(figure, path)


def plots(path: str, panels: Sequence[Panel]) -> None:
    """Plots side by side; the same bytes for the same numbers. Raises ConfigError as heat_maps does."""
    figure = _figure(4.2 * len(panels), 3.2)
    for number, panel in enumerate(panels, start=1):
        _plot(figure.add_subplot(1, len(panels), number), panel)
    _write(figure, path)


def _figure(width: float, height: float) -> Any:
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ConfigError(
            "pictures need matplotlib, which is not installed: run `make setup`, or, where that is not used, "
            "`pip install '.[pictures]'` in the project folder"
        ) from error
    return Figure(figsize=(width, height), layout="constrained")


def _write(figure: Any, path: str) -> None:
    """Without a date, and with names in SVG that do not change from run to run."""
    from matplotlib import rc_context

    about = {"metadata": {"Date": None}} if path.endswith(".svg") else {}
    try:
        with rc_context({"svg.hashsalt": "sway", "svg.fonttype": "none"}):
            figure.savefig(path, **about)
    except (ValueError, OSError) as error:
        raise ConfigError(f"{path}: cannot be written as a picture: {error}") from error


def _plot(plot: Any, panel: Panel) -> None:
    for one in panel.series:
        if one.kind == "bars":
            spacing = one.x[1] - one.x[0] if len(one.x) > 1 else 1.0
            plot.bar(one.x, one.y, width=0.8 * spacing, label=one.name)
        else:
            plot.plot(one.x, one.y, ".-" if len(one.x) < 25 else "-", label=one.name)
    for mark in panel.marks:
        plot.axhline(mark, color="grey", linewidth=0.7, linestyle=":")
    if panel.is_x_logarithmic:
        plot.set_xscale("log")
    plot.set_title(panel.title)
    plot.set_xlabel(panel.x)
    plot.set_ylabel(panel.y)
    if len(panel.series) > 1:
        plot.legend(fontsize=8)


def _panel(plot: Any, title: str, names: Sequence[str], rows: Sequence[Sequence[float | None]]) -> None:
    values = [[float("nan") if value is None else value for value in row] for row in rows]
    plot.imshow(values, vmin=-1.0, vmax=1.0, cmap="RdBu")
    plot.set_title(title)
    plot.set_xticks(range(len(names)), names, rotation=45, ha="right")
    plot.set_yticks(range(len(names)), names)
    for i, row in enumerate(values):
        for j, value in enumerate(row):
            told = "-" if isnan(value) else f"{value:.2f}"
            plot.text(j, i, told, ha="center", va="center", color="white" if abs(value) > 0.6 else "black")
