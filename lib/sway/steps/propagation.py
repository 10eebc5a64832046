"""One network as of one date: its members with their trust, its influence and reach. Tables are read without Spark."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from sway.contracts.contract import Contract
from sway.contracts.dates import is_valid, is_within
from sway.contracts.method import Action, Method
from sway.contracts.tables.acts import ACCOUNTS, PAIR_DAYS, POSTS
from sway.contracts.tables.states import FOLLOWS, LABELS, PAGE_LINKS, PROFILES
from sway.engine.executor import DayFile, Executor, PairDays, Propagated
from sway.runtime.lake import Lake
from sway.runtime.run import Run, StepRecord
from sway.runtime.table_log import DataFile
from sway.stages import members as members_stage
from sway.stages import redirects, standing
from sway.steps.executors import executor_of
from sway.steps.identify import to_silenced

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

SIZED = (PAIR_DAYS, ACCOUNTS, FOLLOWS, PAGE_LINKS)  # whose rows tell what a propagation will take
INPUTS = (PAIR_DAYS, POSTS, ACCOUNTS, PROFILES, LABELS, FOLLOWS, PAGE_LINKS)
AUTHORS_AT_ONCE = 4_000_000


@dataclass(frozen=True)
class Inputs:
    """One network's rows of every input table, at the versions the step began with. files: of SIZED."""

    lake: Lake
    network: str
    versions: Mapping[str, int]
    files: Mapping[str, Sequence[DataFile]]

    def pair_days(self, actions: Mapping[str, Action]) -> PairDays:
        """Acts by day, how many accounts there are, and how many relations at most: 0 if `actions` lets none stand."""
        acts, *others = (
            [file for file in self.files[c.name] if file.partition["network"] == self.network] for c in SIZED
        )
        days = (DayFile(file.path, date.fromisoformat(file.partition["event_date"])) for file in acts)
        accounts, *relations = (sum(file.rows for file in files) for files in others)
        return PairDays(self._acts, tuple(days), accounts, sum(relations) if standing.standing_actions(actions) else 0)

    def table(self, contract: Contract, columns: Sequence[str], where: pc.Expression | None = None) -> pa.Table:
        """Columns of rows that `where` holds for."""
        schema = pa.schema([contract.arrow.field(name) for name in columns])
        return pa.Table.from_batches(self.batches(contract, columns, where), schema)

    def batches(
        self,
        contract: Contract,
        columns: Sequence[str],
        where: pc.Expression | None = None,
        *,
        words: Sequence[str] = (),
    ) -> Iterator[pa.RecordBatch]:
        """As `table`, some rows at a time. words: columns of few different texts, which come as dictionaries."""
        own = pc.field("network") == self.network
        where = own if where is None else own & where
        yield from self.lake.batches(contract, columns, version=self._version(contract), where=where, words=words)

    def has_profiles(self, on: date) -> bool:
        """Whether a profile was delivered by that date that says what trust looks at, not a name or a title alone."""
        says = [pc.field(name).is_valid() for name in ("created_at", "followers", "following")]
        where = (pc.field("valid_from") <= on) & (says[0] | says[1] | says[2])
        return any(len(batch) for batch in self.batches(PROFILES, ("account_id",), where))

    def has_posts(self, on: date) -> bool:
        """Whether a post was delivered by that date."""
        where = pc.field("set_aside").is_null() & (pc.field("event_date") <= on)
        return any(len(batch) for batch in self.batches(POSTS, ("author_id",), where))

    def authors(self, on: date, *, days: int) -> pa.Array:
        """Whoever posted in so many days up to the date, once each."""
        is_counted = pc.field("set_aside").is_null() & is_within(on, days)
        found: list[pa.Array] = [pa.array([], pa.string())]
        for batch in self.batches(POSTS, ("author_id",), is_counted):
            found.append(batch["author_id"].unique())
            if sum(map(len, found)) > AUTHORS_AT_ONCE + len(found[0]):
                found = [pa.concat_arrays(found).unique()]
        return pa.concat_arrays(found).unique()

    def _acts(self) -> DataFrame:
        from pyspark.sql import functions as F

        return self.lake.read(PAIR_DAYS, version=self._version(PAIR_DAYS)).where(F.col("network") == self.network)

    def _version(self, contract: Contract) -> int | None:
        return self.versions.get(contract.name)


@dataclass(frozen=True)
class Found:
    """What propagation found. members: see stages.members; propagated: the columns of Propagated.

    inlinks: account_key, links of accounts that a standing relation leads to; None where acts are what counts.
    """

    members: pa.Table
    propagated: pa.Table
    inlinks: pa.Table | None = None


def pin_inputs(run: Run, record: StepRecord) -> Callable[[str], Inputs]:
    """Each network's inputs, of tables at their newest version, which goes into the step's record."""
    versions = {contract.name: run.lake.version(contract) for contract in INPUTS}
    pinned = {name: version for name, version in versions.items() if version is not None}
    record.input_versions |= pinned
    files = {c.name: run.lake.log(c, version=versions[c.name]).data_files() for c in SIZED}
    return lambda network: Inputs(run.lake, network, pinned, files)


def networks_with_acts(run: Run, method: Method, *, until: date) -> list[str]:
    """Networks of the version with acts on or before a date, or with page links, seen from files, without Spark."""
    acts = {network for network, day in run.lake.log(PAIR_DAYS).paths_by_slice() if day <= until.isoformat()}
    links = {network for (network,) in run.lake.log(PAGE_LINKS).paths_by_slice()}
    return sorted((acts | links) & method.networks.keys())


@contextmanager
def propagated(
    run: Run, record: StepRecord, version: str, inputs: Inputs, on: date, *, has_profiles: bool
) -> Iterator[Found]:
    """Trust, then influence and reach, of everybody who acted, was acted upon or posted in the horizon.

    What the executor holds meanwhile is let go of at the end, whatever happens.
    """
    method, network = run.config.method(version), inputs.network
    declared = method.networks[network]
    # Pages are believed and heard alike, whatever the network says of them.
    has_profiles = has_profiles and declared.form == "acts"
    silenced, silenced_by = to_silenced(run, record, version, on)
    pair_days, versions = inputs.pair_days(declared.actions), {**inputs.versions, **silenced_by}
    executor = executor_of(run, record, version, network, pair_days, versions, on, has_profiles=has_profiles)
    try:
        yield _found(executor, record, inputs, method, pair_days, silenced, on, has_profiles=has_profiles)
    finally:
        executor.release()


def _found(
    executor: Executor,
    record: StepRecord,
    inputs: Inputs,
    method: Method,
    pair_days: PairDays,
    silenced: pa.Table | None,
    on: date,
    *,
    has_profiles: bool,
) -> Found:
    network = inputs.network
    declared = method.networks[network]
    about: dict[str, Any] = {"network": declared, "method": method, "as_of": on}
    with record.timed(f"{network}.present"):
        acting = executor.present(pair_days, **about)
    with record.timed(f"{network}.members"):
        accounts = inputs.table(ACCOUNTS, members_stage.ACCOUNT_COLUMNS)
        related = _standing(inputs, method, accounts, on)
        members = members_stage.to_members(
            acting,
            inputs.authors(on, days=method.strength.horizon_days),
            accounts,
            inputs.table(PROFILES, members_stage.PROFILE_COLUMNS, is_valid(on)),
            inputs.table(LABELS, members_stage.LABEL_COLUMNS, is_valid(on)),
            related,
            None if silenced is None else silenced.filter(pc.field("network") == network)["account_id"],
            as_of=on,
            has_profiles=has_profiles,
            trust=method.trust,
        )
    with record.timed(f"{network}.propagate"):
        result = executor.propagate(pair_days, members, related, **about)
    _note(record, network, result)
    inlinks = None if related is None or declared.form == "acts" else standing.to_inlinks(related)
    return Found(members, result.accounts, inlinks)


def _standing(inputs: Inputs, method: Method, accounts: pa.Table, on: date) -> pa.Table | None:
    """Relations that hold on the date; None where the network declares none."""
    actions = method.networks[inputs.network].actions
    holds = is_valid(on)
    links = redirects.to_resolved_links(inputs.table(PAGE_LINKS, redirects.LINK_COLUMNS, holds), on)
    is_counted = holds & pc.field("action").isin(standing.standing_actions(actions))
    return standing.to_standing(inputs.batches(FOLLOWS, standing.FOLLOW_COLUMNS, is_counted), links, accounts, actions)


def _note(record: StepRecord, network: str, result: Propagated) -> None:
    figures = result.figures
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
        "propagated", network=network, accounts=figures.accounts, pairs=figures.pairs, residual=figures.residual
    )
