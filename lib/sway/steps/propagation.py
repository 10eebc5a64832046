"""One network as of one date: its members with their trust, its post counts, its influence and reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from pyspark.sql import functions as F

from sway.contracts.method import Method
from sway.contracts.tables.acts import ACCOUNTS, PAIR_DAYS, POSTS
from sway.contracts.tables.states import FOLLOWS, LABELS, PAGE_LINKS, PROFILES
from sway.engine.executor import DayFile, Executor, Figures, PairDays
from sway.runtime.lake import DataFile
from sway.runtime.run import Run, StepRecord
from sway.stages.members import to_members
from sway.stages.redirects import to_resolved_links
from sway.stages.standing import to_inlinks, to_standing
from sway.steps.executors import executor_of
from sway.steps.identify import to_silenced

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

FRAMES = (POSTS, ACCOUNTS, PROFILES, LABELS, FOLLOWS, PAGE_LINKS)
INPUTS = (PAIR_DAYS, *FRAMES)


@dataclass(frozen=True)
class Inputs:
    """The rows of each input table, all networks' or one's, at the versions the step began with."""

    pair_days: PairDays
    posts: DataFrame
    accounts: DataFrame
    profiles: DataFrame
    labels: DataFrame
    follows: DataFrame
    page_links: DataFrame

    data_files: Mapping[str, Sequence[DataFile]]

    def of(self, network: str) -> Inputs:
        """One network's rows."""
        frames = {c.name: getattr(self, c.name).where(F.col("network") == network) for c in FRAMES}
        files = {
            name: [file for file in files if file.partition["network"] == network]
            for name, files in self.data_files.items()
        }
        days = (DayFile(file.path, date.fromisoformat(file.partition["event_date"])) for file in files[PAIR_DAYS.name])
        acts = self.pair_days.frame.where(F.col("network") == network)
        pair_days = PairDays(acts, tuple(days), sum(file.rows for file in files[ACCOUNTS.name]))
        return Inputs(pair_days=pair_days, data_files=files, **frames)

    def has_profiles(self, on: date) -> bool:
        """Whether a profile was delivered by that date that says what trust looks at, not a name or a title alone."""
        says = F.coalesce(F.unix_seconds("created_at"), "followers", "following").isNotNull()
        return not self.profiles.where((F.col("valid_from") <= F.lit(on)) & says).isEmpty()

    def has_posts(self, on: date) -> bool:
        """Whether a post was delivered by that date."""
        return not self.posts.where(F.col("event_date") <= F.lit(on)).isEmpty()


@dataclass(frozen=True)
class Found:
    """NetworkState's frames as Arrow tables: account_key, account_id, trust; the columns of Propagated; inlinks."""

    members: pa.Table
    propagated: pa.Table
    inlinks: pa.Table | None = None


@dataclass(frozen=True)
class NetworkState:
    """What a network's scores are made of. Frames: see stages.members, engine.executor.

    inlinks: account_key, links of those that relations that hold lead to; None where acts are what counts.
    """

    members: DataFrame
    propagated: DataFrame
    inlinks: DataFrame | None
    figures: Figures
    executor: Executor

    def found(self) -> Found:
        """What propagation found, out of Spark: of this size, and no larger, is what follows."""
        members = self.members.select("account_key", "account_id", "trust").toArrow()
        inlinks = None if self.inlinks is None else self.inlinks.toArrow()
        return Found(members, self.propagated.toArrow(), inlinks)

    def release(self) -> None:
        """Let go of what is kept in memory and in work files."""
        self.executor.release()
        for frame in (self.members, self.propagated):
            frame.unpersist()


def pin_inputs(run: Run, record: StepRecord) -> Inputs:
    """Every input table at its newest version, which goes into the step's record."""
    versions = {contract.name: run.lake.version(contract) for contract in INPUTS}
    record.input_versions |= {name: version for name, version in versions.items() if version is not None}
    frames = {contract.name: run.lake.read(contract, version=versions[contract.name]) for contract in INPUTS}
    frames[POSTS.name] = frames[POSTS.name].where(F.col("set_aside").isNull())
    acts = frames.pop(PAIR_DAYS.name)
    files = {c.name: run.lake.data_files(c, version=versions[c.name]) for c in (PAIR_DAYS, ACCOUNTS)}
    return Inputs(pair_days=PairDays(acts), data_files=files, **frames)


def networks_with_acts(run: Run, method: Method, *, until: date) -> list[str]:
    """Networks of the version with acts on or before a date, or with page links, seen from files, without Spark."""
    acts = {network for network, day in run.lake.files_by_slice(PAIR_DAYS) if day <= until.isoformat()}
    links = {network for (network,) in run.lake.files_by_slice(PAGE_LINKS)}
    return sorted((acts | links) & method.networks.keys())


def propagate(
    run: Run,
    record: StepRecord,
    version: str,
    network: str,
    inputs: Inputs,
    on: date,
    *,
    has_profiles: bool,
) -> NetworkState:
    """Trust, then influence and reach, of everybody who acted, was acted upon or posted in the horizon."""
    method = run.config.method(version)
    horizon_days = method.strength.horizon_days
    # Pages are believed and heard alike, whatever the network says of them.
    has_profiles = has_profiles and method.networks[network].form == "acts"
    links = to_resolved_links(inputs.page_links, on)
    standing = to_standing(inputs.follows, links, inputs.accounts, method.networks[network].actions, as_of=on)
    silenced = to_silenced(run, record, version, on)
    executor = executor_of(run, record, version, network, inputs.pair_days, on, has_profiles=has_profiles)
    about: dict[str, Any] = {"network": method.networks[network], "method": method, "as_of": on}
    with record.timed(f"{network}.present"):
        acting = executor.present(inputs.pair_days, **about)
    members = to_members(
        acting,
        inputs.posts,
        inputs.accounts,
        inputs.profiles,
        inputs.labels,
        standing,
        None if silenced is None else silenced.where(F.col("network") == network),
        as_of=on,
        horizon_days=horizon_days,
        has_profiles=has_profiles,
        trust=method.trust,
    ).persist()
    with record.timed(f"{network}.propagate"):
        propagated = executor.propagate(inputs.pair_days, members, standing, **about)
    figures = propagated.figures
    record.figures |= {
        f"{network}.sweeps": float(figures.sweeps),
        f"{network}.residual": figures.residual,
        f"{network}.error_bound": figures.error_bound,
        f"{network}.accounts": float(figures.accounts),
        f"{network}.pairs": float(figures.pairs),
        f"{network}.blocks": float(figures.blocks),
        f"{network}.block_bytes": float(figures.block_bytes),
        **{f"{network}.{part}_seconds": round(seconds, 3) for part, seconds in figures.seconds.items()},
    }
    record.log.info(
        "propagated",
        network=network,
        accounts=figures.accounts,
        pairs=figures.pairs,
        residual=figures.residual,
    )
    inlinks = None if standing is None or method.networks[network].form == "acts" else to_inlinks(standing)
    return NetworkState(members, propagated.accounts, inlinks, figures, executor)
