"""Who is erased, as an ingest must know it before it writes: opt-outs that stand, and those that arrive with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from sway.contracts.tables.identity import ENTITIES, ENTITY_LINKS, OPT_OUTS
from sway.contracts.tables.states import PROFILES
from sway.networks.network import Kind
from sway.runtime.run import Run
from sway.stages import opt_outs as opt_outs_stage
from sway.stages.erasing import NAMED, Names, apart, to_named, without_erased
from sway.stages.profiles import to_profiles

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

ACCOUNT = ["network", "account_id"]


@dataclass(frozen=True)
class Erasure:
    """Erased accounts that the records of each kind name, few however many there are; kinds that name none are not in.

    `left`: the records of those kinds, with what is left of them.
    `by_id`: rows of OPT_OUTS under the ids of those who asked by `handle`; None where nobody asked to be erased.
    """

    names: Mapping[Kind, Names] = field(default_factory=dict)
    left: Mapping[Kind, DataFrame] = field(default_factory=dict)
    by_id: DataFrame | None = None


def to_erasure(run: Run, fates: Mapping[Kind, DataFrame], *, now: date) -> Erasure:
    """Who asked to be erased by `now`, the last delivery day that is in or on its way.

    `fates`: records on their way in. Handles are read by their profiles as well, an entity's accounts are those that
    the last night linked.
    """
    asked = _asked(run, fates, now)
    if asked is None or asked.isEmpty():
        return Erasure()
    profiles = _profiles(run, fates)
    entities, links = run.lake.read(ENTITIES), run.lake.read(ENTITY_LINKS)
    hidden = opt_outs_stage.to_suppressed(asked, profiles, entities, links, now=now, score_date=now)
    accounts = hidden.where(F.col("kind") == "erase").select(*ACCOUNT).localCheckpoint()
    by_id = opt_outs_stage.to_erasures_by_id(asked, profiles).localCheckpoint()
    names, left = {}, {}
    for kind in (kind for kind in fates if kind in NAMED):
        named = to_named(fates[kind], accounts, kind).localCheckpoint()
        if found := _names(named):
            others, these = apart(fates[kind], named)
            # Computed once: looking into every part of a record takes many times what passing it over does.
            names[kind], left[kind] = found, others.unionByName(without_erased(these, found, kind).localCheckpoint())
    return Erasure(names, left, by_id)


def _names(named: DataFrame) -> Names:
    names: dict[str, set[str]] = defaultdict(set)
    for network, account_id in named.select(*ACCOUNT).distinct().collect():
        names[network].add(account_id)
    return {network: frozenset(ids) for network, ids in names.items()}


def _asked(run: Run, fates: Mapping[Kind, DataFrame], now: date) -> DataFrame | None:
    """Rows of OPT_OUTS of kind erase, known and on their way in; None where there is no opt-out at all."""
    if "opt_outs" not in fates and run.lake.version(OPT_OUTS) is None:
        return None
    asked = run.lake.read(OPT_OUTS)
    if "opt_outs" in fates:
        asked = asked.unionByName(opt_outs_stage.to_opt_outs(_accepted(fates["opt_outs"])))
    return asked.where((F.col("kind") == "erase") & (F.col("since") <= F.lit(now))).localCheckpoint()


def _profiles(run: Run, fates: Mapping[Kind, DataFrame]) -> DataFrame:
    """Profiles that are known, with those that arrive."""
    known = run.lake.read(PROFILES)
    if "profiles" not in fates:
        return known
    new = to_profiles(_accepted(fates["profiles"]), known)
    return new.unionByName(known.join(new.select(*ACCOUNT).distinct(), ACCOUNT, "left_anti"))


def _accepted(fates: DataFrame) -> DataFrame:
    return fates.where(F.col("fate") == "accepted")
