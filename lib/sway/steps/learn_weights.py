"""Action weights learnt from pair_days, beside the configured ones. Reads alone, without Spark, and changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sway.contracts.dates import is_within
from sway.contracts.method import Method
from sway.contracts.tables.acts import PAIR_DAYS
from sway.errors import ConfigError, InputNotReady
from sway.kernels.keys import mix
from sway.kernels.learning import Pairs, explained, fitted, is_held_out, on_scale_of, to_pairs
from sway.runtime.run import Run

AHEAD_DAYS = 7
MOST_ROWS = 5_000_000  # of pair_days that are learnt from: beyond, some actors are drawn by their keys
FEWEST_PAIRS = 100  # that act again, of those learnt from and of those held out
PARTS = 1 << 20


@dataclass(frozen=True)
class Learnt:
    """One network's weights by action, and how much of next week's acts each set explains on actors held out."""

    network: str
    configured: dict[str, float]
    learnt: dict[str, float]
    pairs: int
    held_out_pairs: int
    explained_configured: float
    explained_learnt: float

    @property
    def gain(self) -> float:
        return self.explained_learnt - self.explained_configured


def learn_weights(run: Run, version: str, on: date, network: str | None = None) -> list[Learnt]:
    """For each network, or one: fit weights of dated actions to what pairs did in the seven days up to `on`.

    What pairs had done is taken as of seven days before. Raises ConfigError for a network the version does not
    declare, and where no action is dated; InputNotReady where no network has enough pairs that acted again.
    """
    method = run.config.method(version)
    if network is not None and network not in method.networks:
        declared = ", ".join(sorted(method.networks))
        raise ConfigError(f"unknown network {network!r}: expected one of {declared}, which {version} declares")
    asked = [name for name in ([network] if network else sorted(method.networks)) if _dated(method, name)]
    if not asked:
        raise ConfigError(
            f"learn-weights: {network or 'every network'} has, in {version}, standing relations alone: expected dated "
            "actions, whose weights can be learnt from what was done next"
        )
    found = [one for one in (_learnt(run, method, name, on) for name in asked) if one is not None]
    if not found:
        raise InputNotReady(
            f"learn-weights: expected {FEWEST_PAIRS} pairs that acted again in the {AHEAD_DAYS} days up to {on}, found "
            f"fewer on {', '.join(asked)}; take a date with more acts before it"
        )
    return found


def _dated(method: Method, network: str) -> list[str]:
    return sorted(name for name, action in method.networks[network].actions.items() if not action.standing)


def _learnt(run: Run, method: Method, network: str, on: date) -> Learnt | None:
    actions, names = method.networks[network].actions, _dated(method, network)
    pairs = _pairs(run, method, network, names, on)
    held = is_held_out(pairs.actor)
    known, unseen = (Pairs(pairs.actor[half], pairs.features[half], pairs.followed[half]) for half in (~held, held))
    if min(np.count_nonzero(known.followed), np.count_nonzero(unseen.followed)) < FEWEST_PAIRS:
        return None
    configured = np.array([actions[name].weight for name in names])
    weights = on_scale_of(fitted(known), configured, known)
    return Learnt(
        network=network,
        configured=dict(zip(names, configured.tolist(), strict=True)),
        learnt=dict(zip(names, weights.tolist(), strict=True)),
        pairs=len(known.actor),
        held_out_pairs=len(unseen.actor),
        explained_configured=explained(unseen, configured),
        explained_learnt=explained(unseen, weights),
    )


def _pairs(run: Run, method: Method, network: str, names: Sequence[str], on: date) -> Pairs:
    before = on - timedelta(days=AHEAD_DAYS)
    seen_days = AHEAD_DAYS + method.strength.horizon_days
    where = (pc.field("network") == network) & is_within(on, seen_days) & pc.field("action").isin(list(names))
    part = min(1.0, MOST_ROWS / max(1, _rows_of(run, network, on, seen_days)))
    columns = ("actor_key", "target_key", "action", "event_date", "count")
    kept = [_drawn(rows, part) for rows in run.lake.batches(PAIR_DAYS, columns, where=where)]
    rows = pa.Table.from_batches(kept, _schema(columns)) if kept else _schema(columns).empty_table()
    ages = np.datetime64(before, "D") - rows["event_date"].to_numpy()
    return to_pairs(
        rows["actor_key"].to_numpy(),
        rows["target_key"].to_numpy(),
        pc.index_in(rows["action"], pa.array(names)).to_numpy().astype(np.int64),
        ages.astype("timedelta64[D]").astype(np.int64),
        rows["count"].to_numpy(),
        actions=len(names),
        **asdict(method.strength),
    )


def _rows_of(run: Run, network: str, on: date, days: int) -> int:
    """Rows of a network's so many days up to a date, by the table's log."""
    seen = {str(on - timedelta(days=ago)) for ago in range(days)}
    files = run.lake.log(PAIR_DAYS).data_files()
    return sum(
        file.rows for file in files if file.partition["network"] == network and file.partition["event_date"] in seen
    )


def _schema(columns: Sequence[str]) -> pa.Schema:
    return pa.schema([pa.field(name, PAIR_DAYS.arrow.field(name).type) for name in columns])


def _drawn(rows: pa.RecordBatch, part: float) -> pa.RecordBatch:
    """Rows of that part of all actors: all of an actor's or none, by bits of the key that is_held_out does not read."""
    if part == 1.0:
        return rows.cast(_schema(rows.schema.names))
    bits: NDArray[np.uint64] = (mix(rows["actor_key"].to_numpy()) >> np.uint64(40)) % np.uint64(PARTS)
    return rows.filter(pa.array(bits < part * PARTS)).cast(_schema(rows.schema.names))


def shown(found: Sequence[Learnt]) -> list[dict[str, Any]]:
    """Rows for machines."""
    return [asdict(one) | {"gain": one.gain} for one in found]


def text(found: Sequence[Learnt]) -> str:
    """The tables for people."""
    lines = []
    for one in found:
        lines.append(f"{one.network}: learnt from {one.pairs:,} pairs, tried on {one.held_out_pairs:,} of other actors")
        lines.append(f"  {'action':<16}{'configured':>12}{'learnt':>12}")
        lines += [f"  {name:<16}{one.configured[name]:>12.2f}{one.learnt[name]:>12.2f}" for name in one.configured]
        lines.append(
            f"  explained of the next {AHEAD_DAYS} days on actors held out: configured {one.explained_configured:.4f}, "
            f"learnt {one.explained_learnt:.4f}, gain {one.gain:+.4f}"
        )
    return "\n".join([*lines, "nothing was changed: a version's weights stand in its file in conf/scoring/"])
