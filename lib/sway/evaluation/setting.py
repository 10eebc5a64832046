"""What experiments are run with: versions, data sets, the size and seeds of generated worlds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sway.contracts.calibration import Calibration
from sway.contracts.method import Efficiency, Method
from sway.evaluation.files import DataFolder
from sway.evaluation.generated import TWITTER, Grown, grow
from sway.steps.in_arrays import Scores, World, score_arrays
from sway.worlds.parameters import Network
from sway.worlds.parameters import World as Parameters

Floats = NDArray[np.float64]

START = date(2016, 1, 1)
VERSION = "sway-1.0"
EARLIER = "sway-0.2"  # whose efficiency the score is held against
ALGORITHMS = (VERSION, "pagerank", "reactions", "reactors", "followers")

UNSCALED = Calibration(accounts=0, z50=0.0, z95=1.0, m0=0.0, has_profiles=True, has_posts=True)


@dataclass
class Setting:
    """accounts: of a generated world's Twitter; days: how long it runs; seeds: one world each."""

    methods: Mapping[str, Method]
    data: DataFolder
    accounts: int
    days: int
    seeds: tuple[int, ...]
    _grown: dict[tuple[int, int, int, str], Grown] = field(default_factory=dict)

    @property
    def method(self) -> Method:
        return self.methods[VERSION]

    def parameters(self, seed: int, *, accounts: int | None = None, days: int | None = None) -> Parameters:
        return Parameters(accounts=accounts or self.accounts, days=days or self.days, seed=seed, start=START)

    def grown(
        self, seed: int, network: Network = TWITTER, *, accounts: int | None = None, days: int | None = None
    ) -> Grown:
        """A network of the generated world of this seed, made once."""
        parameters = self.parameters(seed, accounts=accounts, days=days)
        key = (seed, parameters.accounts, parameters.days, network.name)
        if key not in self._grown:
            self._grown[key] = grow(parameters, network, self.method)
        return self._grown[key]

    def scored(self, world: World, network: str = "twitter") -> Scores:
        """By sway-1.0, on a scale of the world itself."""
        return score_arrays(world, self.method, network)

    def unscaled(self, world: World) -> Scores:
        """By sway-1.0 where only the order matters, or accounts are too few for a scale."""
        return score_arrays(world, self.method, "twitter", calibration=UNSCALED)

    def numbers(self, world: World) -> dict[str, Floats]:
        """(n,) each algorithm's raw score by its version, -inf where it has none."""
        own = {VERSION: self.scored(world).columns["raw_score"]}
        found = own | {name: self.raw(world, name) for name in ALGORITHMS[1:]}
        return {name: np.nan_to_num(of, nan=-np.inf) for name, of in found.items()}

    def raw(self, world: World, baseline: str, network: str = "twitter") -> Floats:
        """(n,) ln x by a baseline, NaN where it has none. No scale is taken: most accounts may have the same x."""
        return score_arrays(world, self.methods[baseline], network, calibration=UNSCALED).columns["raw_score"]

    def generated(
        self, *, accounts: int | None = None, days: int | None = None, seeds: tuple[int, ...] | None = None
    ) -> str:
        """The generated worlds in words; `seeds`: of those looked at, if not all are."""
        named = self.seeds if seeds is None else seeds
        many = "seed" if len(named) == 1 else "seeds"
        told = ", ".join(map(str, named))
        return f"generated, {accounts or self.accounts:,} accounts, {days or self.days} days, {many} {told}"


def with_half_life(method: Method, half_life_days: float) -> Method:
    """The version as it would be with another half-life."""
    return replace(method, strength=replace(method.strength, half_life_days=half_life_days))


def with_efficiency(method: Method, efficiency: Efficiency) -> Method:
    """The version as it would be with another efficiency term."""
    return replace(method, efficiency=efficiency)


def in_words(efficiency: Efficiency) -> str:
    """The efficiency term as the report's tables name it."""
    if efficiency.lowest == efficiency.highest == 1.0:
        return "none"
    return f"exponent {efficiency.exponent:g}, {efficiency.lowest:g} to {efficiency.highest:g}"
