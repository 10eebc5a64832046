"""One network as of one date: its members with their trust, its post counts, its influence and reach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from sway.contracts.contract import Contract
from sway.contracts.method import Method
from sway.contracts.tables import ACCOUNTS, LABELS, PAIR_DAYS, POSTS, PROFILES
from sway.engine.dataframe import DataFrameExecutor
from sway.engine.executor import Executor, Figures
from sway.runtime.config import Environment
from sway.runtime.run import Run, StepRecord
from sway.stages.members import to_members
from sway.stages.post_counts import to_post_counts

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

INPUTS = (PAIR_DAYS, POSTS, ACCOUNTS, PROFILES, LABELS)


@dataclass(frozen=True)
class NetworkInputs:
    """One network's rows of each input table, all at the versions the step began with."""

    name: str
    pair_days: DataFrame
    posts: DataFrame
    accounts: DataFrame
    profiles: DataFrame
    labels: DataFrame

    def has_profiles(self, on: date) -> bool:
        """Whether the network delivered a profile by that date."""
        return not self.profiles.where(F.col("valid_from") <= F.lit(on)).isEmpty()

    def has_posts(self, on: date) -> bool:
        """Whether the network delivered a post by that date."""
        return not self.posts.where(F.col("event_date") <= F.lit(on)).isEmpty()


@dataclass(frozen=True)
class NetworkState:
    """What a network's scores are made of. Frames: see stages.members, stages.post_counts, engine.executor."""

    members: DataFrame
    post_counts: DataFrame
    propagated: DataFrame
    figures: Figures

    def release(self) -> None:
        """Let go of what is kept in memory."""
        for frame in (self.members, self.post_counts, self.propagated):
            frame.unpersist()


def inputs_of(run: Run, record: StepRecord, network: str) -> NetworkInputs:
    """The network's rows; the first call of a step pins every table's version in its record."""
    for contract in INPUTS:
        if contract.name not in record.input_versions:
            version = run.lake.version(contract)
            if version is not None:
                record.input_versions[contract.name] = version

    def rows(contract: Contract) -> DataFrame:
        frame = run.lake.read(contract, version=record.input_versions.get(contract.name))
        return frame.where(F.col("network") == network)

    return NetworkInputs(network, *(rows(contract) for contract in INPUTS))


def propagate(
    run: Run, record: StepRecord, inputs: NetworkInputs, method: Method, on: date, *, has_profiles: bool
) -> NetworkState:
    """Trust, then influence and reach, of everybody who acted, was acted upon or posted in the horizon."""
    horizon_days = method.strength.horizon_days
    members = to_members(
        inputs.pair_days,
        inputs.posts,
        inputs.accounts,
        inputs.profiles,
        inputs.labels,
        as_of=on,
        horizon_days=horizon_days,
        has_profiles=has_profiles,
        trust=method.trust,
    ).persist()
    post_counts = to_post_counts(inputs.posts, inputs.accounts, as_of=on, horizon_days=horizon_days).persist()
    with record.timed(f"{inputs.name}.propagate"):
        propagated = executor(run.config.environment).propagate(
            inputs.pair_days, members, network=method.networks[inputs.name], method=method, as_of=on
        )
    figures = propagated.figures
    record.figures |= {
        f"{inputs.name}.sweeps": float(figures.sweeps),
        f"{inputs.name}.residual": figures.residual,
        f"{inputs.name}.error_bound": figures.error_bound,
        f"{inputs.name}.accounts": float(figures.accounts),
        f"{inputs.name}.pairs": float(figures.pairs),
    }
    record.log.info(
        "propagated", network=inputs.name, accounts=figures.accounts, pairs=figures.pairs, residual=figures.residual
    )
    return NetworkState(members, post_counts, propagated.accounts, figures)


def executor(environment: Environment) -> Executor:
    """The executor the environment names."""
    return {"dataframe": DataFrameExecutor}[environment.executor]()
