"""Who is erased, as an ingest must know it before it writes: opt-outs that stand, and those that arrive with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import functions as F

from sway.contracts.frames import union
from sway.contracts.queries import select
from sway.contracts.tables.identity import ENTITIES, ENTITY_LINKS, OPT_OUTS
from sway.contracts.tables.states import PROFILES
from sway.networks.holders import IS_HANDLE, folded
from sway.networks.network import Kind
from sway.runtime.run import Run
from sway.runtime.threads import side_by_side
from sway.stages import opt_outs as opt_outs_stage
from sway.stages.erasing import NAMED, Names, by_naming, to_named, without_erased
from sway.stages.profiles import to_profiles
from sway.steps.file_fates import FileFates, by_file
from sway.steps.write_states import told_of_opt_outs

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

ACCOUNT = ["network", "account_id"]


@dataclass(frozen=True)
class Erasure:
    """Which erased accounts arriving records name, by kind of record; a kind whose records name none is left out.

    `names`: few, however many accounts are erased. `left`: all records of such a kind, less what is of those accounts.
    `changed`: rows by file and fate of the records that name one, before and after. `by_id`: rows of OPT_OUTS under the
    ids of those who asked by `handle`; None where nobody asked to be erased.
    """

    names: Mapping[Kind, Names] = field(default_factory=dict)
    left: Mapping[Kind, DataFrame] = field(default_factory=dict)
    changed: Mapping[Kind, tuple[FileFates, FileFates]] = field(default_factory=dict)
    by_id: pa.Table | None = None


def to_erasure(run: Run, fates: Mapping[Kind, DataFrame], *, now: date) -> Erasure:
    """Who asked to be erased by `now`, the last delivery day that is in or on its way.

    `fates`: records on their way in; profiles among them tell whose a handle was, as known ones do. An entity's
    accounts are those that the last night linked.
    """
    asked = _asked(run, fates, now)
    if not len(asked):
        return Erasure()
    profiles = _profiles(run, fates, asked)
    entities, links = run.lake.dataset(ENTITIES), run.lake.dataset(ENTITY_LINKS)
    hidden = opt_outs_stage.to_suppressed(asked, profiles, entities, links, now=now)
    accounts = hidden.filter(pc.field("kind") == "erase").select(ACCOUNT)
    by_id = opt_outs_stage.to_erasures_by_id(asked, profiles)
    searched = {kind: frame for kind, frame in fates.items() if kind in NAMED}
    if not len(accounts) or not searched:
        return Erasure(by_id=by_id)
    named = _named(searched, run.spark.createDataFrame(accounts))
    names = _names(named)

    def strip(kind: Kind) -> tuple[DataFrame, tuple[FileFates, FileFates]]:
        others, these = by_naming(fates[kind], named.where(F.col("kind") == kind))
        # Computed once: looking into every part of a record takes many times what passing it over does.
        these = these.localCheckpoint()
        left = without_erased(these, names[kind], kind).localCheckpoint()
        return others.unionByName(left), (by_file(these), by_file(left))

    left, changed = {}, {}
    for kind, (frame, rows) in zip(names, side_by_side(strip, list(names)), strict=True):
        left[kind], changed[kind] = frame, rows
    return Erasure(names, left, changed, by_id)


def _named(fates: Mapping[Kind, DataFrame], accounts: DataFrame) -> DataFrame:
    """What to_named finds in the records of all kinds, with the kind: in one pass over all of them."""
    each = (to_named(frame, accounts, kind).withColumn("kind", F.lit(kind)) for kind, frame in fates.items())
    return union(each).localCheckpoint()


def _names(named: DataFrame) -> dict[Kind, Names]:
    names: dict[Kind, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for kind, network, account_id in named.select("kind", *ACCOUNT).distinct().collect():
        names[kind][network].add(account_id)
    return {kind: {network: frozenset(ids) for network, ids in named.items()} for kind, named in names.items()}


def _asked(run: Run, fates: Mapping[Kind, DataFrame], now: date) -> pa.Table:
    """Rows of OPT_OUTS of kind erase, known and on their way in."""
    is_asked = (pc.field("kind") == "erase") & (pc.field("since") <= now)
    known = OPT_OUTS.conform_arrow(run.lake.dataset(OPT_OUTS).to_table(filter=is_asked))
    if "opt_outs" not in fates:
        return known
    new = opt_outs_stage.to_opt_outs(told_of_opt_outs(_accepted(fates["opt_outs"])))
    return pa.concat_tables([known, new.filter(is_asked)])


def _profiles(run: Run, fates: Mapping[Kind, DataFrame], asked: pa.Table) -> pa.Table:
    """Profiles, known and arriving, of accounts that ever had a handle which somebody asked to be erased by."""
    handles = select(f"SELECT DISTINCT network, account FROM asked WHERE {IS_HANDLE}", asked=asked)
    if not len(handles):
        return PROFILES.arrow.empty_table()
    wanted = run.spark.createDataFrame(handles).select("network", F.expr(folded("network", "account")).alias("folded"))
    known = run.lake.read(PROFILES)
    if "profiles" not in fates:
        return _of(known, _had(known, wanted)).toArrow()
    arriving = _accepted(fates["profiles"])
    told = arriving.select("network", "profile.account_id", "profile.handle")
    accounts = _had(told.unionByName(known.select(*told.columns)), wanted).localCheckpoint()
    known = _of(known, accounts)
    new = to_profiles(_of(arriving.withColumn("account_id", F.col("profile.account_id")), accounts), known)
    others = known.join(new.select(*PROFILES.key), list(PROFILES.key), "left_anti")
    return PROFILES.conform_arrow(new.select(*others.columns).unionByName(others).toArrow())


def _had(states: DataFrame, wanted: DataFrame) -> DataFrame:
    """network, account_id of states with one of the handles `wanted`: few."""
    named = states.withColumn("folded", F.expr(folded("network", "handle")))
    return named.join(F.broadcast(wanted.distinct()), ["network", "folded"], "left_semi").select(*ACCOUNT).distinct()


def _of(states: DataFrame, accounts: DataFrame) -> DataFrame:
    return states.join(F.broadcast(accounts), ACCOUNT, "left_semi")


def _accepted(fates: DataFrame) -> DataFrame:
    return fates.where(F.col("fate") == "accepted")
