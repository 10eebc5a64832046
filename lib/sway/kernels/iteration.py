"""Repeating a contraction until it stands still: fixed sweeps or a tolerance, and mixing that needs fewer of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sway.errors import NotConverged
from sway.kernels.sweep import error_bound

Floats = NDArray[np.float64]
# From a vector to G of it, written into the second argument; returns the summed change between the two.
Step = Callable[[Floats, Floats], float]
STIFF = 1e-12  # what steadies the mixing of differences that are all but the same


class Iterated(NamedTuple):
    """The last vector, which a plain step made, and how it was reached: see `iterate`."""

    vector: Floats
    sweeps: int
    residual: float
    error_bound: float


@dataclass(frozen=True)
class Goal:
    """When to stop: after exactly `sweeps`, or once the residual is at most `tolerance`, in `most_sweeps` at most.

    residual and tolerance: the summed change of one sweep over the sum of the vector, a share of the whole. depth:
    earlier sweeps that Anderson mixing looks back at; 0 is plain repetition.
    """

    sweeps: int | None = None
    tolerance: float | None = None
    most_sweeps: int = 1000
    depth: int = 0

    def __post_init__(self) -> None:
        if (self.sweeps is None) == (self.tolerance is None):
            raise ValueError("expected either sweeps or a tolerance")


@dataclass
class Anderson:
    """Mixes the last sweeps of y -> G(y) into a vector that is nearer to standing still.

    next = g - sum over k of w_k (g_k+1 - g_k), w the least squares solution of f = sum of w_k (f_k+1 - f_k), f = g - y.
    On linear G this is GMRES in other clothes. Guard: entries stay 0 and up, and where the residual grew instead of
    falling the best g so far is taken up again, plainly, until `depth` new sweeps are known; since every plain sweep
    shrinks the residual by G's contraction, the best one falls for ever.

    Source: Walker and Ni 2011, Anderson acceleration for fixed-point iterations.
    """

    depth: int
    best: Floats | None = None
    best_residual: float = np.inf
    moved: list[Floats] = field(default_factory=list)  # f of the last sweeps, the newest at the end
    reached: list[Floats] = field(default_factory=list)  # and g

    def next(self, y: Floats, g: Floats, residual: float) -> Floats:
        """The vector to sweep next, after a sweep took y to g and moved it by `residual` in sum."""
        if residual >= self.best_residual:
            self.moved, self.reached = [], []
            assert self.best is not None, "a residual was better, so its g is kept"
            self.best_residual = np.inf
            return self.best
        self.best, self.best_residual = g, residual
        self.moved = [*self.moved[-self.depth :], g - y]
        self.reached = [*self.reached[-self.depth :], g]
        return self._mixed() if len(self.moved) > 1 else g

    def _mixed(self) -> Floats:
        f, steps = self.moved[-1], range(len(self.moved) - 1)
        moves = [self.moved[k + 1] - self.moved[k] for k in steps]
        products = np.array([[_dot(a, b) for b in moves] for a in moves])
        products += STIFF * np.trace(products) * np.eye(len(steps))
        weights = np.linalg.solve(products, [_dot(move, f) for move in moves])
        mixed = self.reached[-1].copy()
        for k in steps:
            mixed -= weights[k] * (self.reached[k + 1] - self.reached[k])
        return np.maximum(mixed, 0.0, out=mixed)


def _dot(a: Floats, b: Floats) -> float:
    """Sum of products; not BLAS's, whose order depends on its threads."""
    return float(np.einsum("i,i->", a, b))


def iterate(step: Step, start: Floats, goal: Goal, *, contraction: float, about: str) -> Iterated:
    """Repeat y -> G(y) from `start` until the goal is met.

    Args:
        step: writes G(y). start: (n,) float64, kept. contraction: G shrinks summed distances to this part or less.
        about: what is iterated, in an error: "PageRank".

    The error bound is residual * contraction / (1 - contraction), whatever vector the last, plain, step began with.
    Raises NotConverged where the tolerance is not met within the goal's most_sweeps.
    """
    mixer = Anderson(goal.depth) if goal.depth else None
    y, spare = start.copy(), np.empty_like(start)
    most = goal.sweeps if goal.sweeps is not None else goal.most_sweeps
    relative = 0.0
    for sweep in range(1, most + 1):
        change = step(y, spare)
        whole = float(spare.sum())
        relative = change / whole if whole else 0.0
        is_met = goal.tolerance is not None and relative <= goal.tolerance
        if is_met or sweep == goal.sweeps:
            return Iterated(spare, sweep, relative, error_bound(relative, contraction))
        if mixer is None:
            y, spare = spare, y
        else:
            y, spare = mixer.next(y, spare, change), np.empty_like(start)
    raise NotConverged(
        f"{about} residual {relative:.1e} after {most} sweeps, wanted {goal.tolerance:.0e} or less"
        f" (contraction {contraction:g}, {len(start):,} vertices)"
    )
