"""pair_days, profiles, labels, posts, entity_links -> candidate slices of account_scores and entity_scores, which no
reader sees yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sway.contracts.calibration import Calibration
from sway.contracts.contract import Contract
from sway.contracts.method import Method
from sway.contracts.tables.scores import ACCOUNT_SCORES, ENTITY_SCORES
from sway.errors import InputNotReady
from sway.runtime import logs
from sway.runtime.run import Run, StepRecord
from sway.runtime.slices import slice_of
from sway.runtime.threads import both, side_by_side
from sway.runtime.views import over
from sway.stages.entity_scores import SUMMED, Belonging, to_entity_scores
from sway.stages.links import entity_ids
from sway.stages.raw_scores import with_raw_scores
from sway.stages.score_rows import to_batches
from sway.stages.scores import to_flags, to_points
from sway.steps.calibrate import calibration_of, frozen
from sway.steps.figures import Figures, to_figures
from sway.steps.identify import identity_as_of, to_hidden, to_hidden_entities
from sway.steps.propagation import Inputs, networks_with_acts, pin_inputs, propagated
from sway.steps.readiness import has_days, last_good_day


@dataclass(frozen=True)
class Scored:
    """One network's accounts, with everything their rows say. `is_shown` (n,): not those who opted out, nor minors."""

    figures: Figures
    as_of: date
    columns: dict[str, NDArray[Any]]
    flags: dict[str, NDArray[np.bool_]]
    is_shown: NDArray[np.bool_]


@dataclass(frozen=True)
class People:
    """Entities as of the score date: rows of ENTITIES and ENTITY_LINKS, every linked entity's id, and who is hidden."""

    entities: pa.Table
    links: pa.Table
    ids: pa.Array
    hidden: pa.Table
    hidden_entities: pa.Table

    @property
    def is_hidden(self) -> NDArray[np.bool_]:
        """By number of the entity, whether it is shown nowhere and takes no place among the others."""
        found: NDArray[np.bool_] = pc.is_in(self.ids, self.hidden_entities["entity_id"].combine_chunks()).to_numpy(
            zero_copy_only=False
        )
        return found


def score(run: Run, version: str, on: date) -> None:
    """Score every network of `version` as of `on` into this run's own slice.

    A network with a missing or broken feed is scored as of its last good date where the environment carries it
    forward, and flagged. Raises InputNotReady when the version has no calibration, no network has acts, or a network
    that is not carried forward, or too long, is not good until the date.
    """
    method = run.config.method(version)
    calibrations = frozen(run, version)
    with run.step("score", version=version, on=on) as record:
        networks = networks_with_acts(run, method, until=on)
        if not networks:
            raise InputNotReady(f"{version} on {on}: no network has acts on or before that date")
        days = {network: _as_of(run, record, network, on) for network in networks}
        inputs = pin_inputs(run, record)
        good = {network: day for network, day in days.items() if day is not None}
        if not good:
            raise InputNotReady(f"{version} on {on}: no network has a good date yet")
        for network in sorted(good.keys() - calibrations.keys()):
            record.remark("has influence but no scores: not calibrated", network=network)
        people = to_people(run, record, on)
        done = side_by_side(
            lambda network: _network(
                run, record, version, inputs(network), network, on, good[network], calibrations.get(network), people
            ),
            sorted(good),
        )
        with record.timed("write"):
            write_scores(run, record, version, on, method, done, people)


def to_people(run: Run, record: StepRecord, on: date) -> People:
    """Who is behind accounts as of `on`, and which accounts and entities are neither scored nor shown."""
    entities, links = identity_as_of(run, record, on)
    return People(entities, links, entity_ids(links), to_hidden(run, record, on), to_hidden_entities(run, record, on))


def _as_of(run: Run, record: StepRecord, network: str, on: date) -> date | None:
    """The day a network is scored as of: the score date, or its last good date; None where it has none yet.

    Where a day is bad that stands before all the network's good ones, the network is left out as long as another would
    be carried forward, and then waited for: it must not be missing from scores without end.
    """
    readiness = run.config.environment.readiness
    good = last_good_day(run, network, on)
    if good == on:
        return good
    if good is None:
        record.remark("not scored: its feeds were never all in", network=network)
        return None
    days = (on - good).days
    if network not in readiness.carry_forward or days > readiness.longest_carry_days:
        raise InputNotReady(
            f"{network}: its feeds are good until {good} only, not until {on}; deliver what is missing, or carry it "
            f"forward under [readiness] of the environment file (at most {readiness.longest_carry_days} days); "
            f"`sway doctor --date {on} {run.lake.option}` says what is missing"
        )
    record.counts[f"{network}.carried_days"] = days
    if not has_days(run, network, good):
        record.remark(f"not scored: good until {good} only, and nothing of it came before", network=network)
        return None
    record.remark(f"carried forward: scored as of its last good date, {good}", network=network)
    return good


def _network(
    run: Run,
    record: StepRecord,
    version: str,
    inputs: Inputs,
    network: str,
    on: date,
    as_of: date,
    row: dict[str, Any] | None,
    people: People,
) -> Scored:
    """One network's scores."""
    method = run.config.method(version)
    has_profiles = inputs.has_profiles(as_of) if row is None else row["has_profiles"]
    with (
        propagated(run, record, version, inputs, as_of, has_profiles=has_profiles) as found,
        record.timed(f"{network}.figures"),
    ):
        figures = to_figures(inputs, found, method, as_of, people.links, people.ids)
    calibration = None if row is None else calibration_of(row)
    return to_scored(figures, method, calibration, people.hidden, as_of=as_of, is_stale=as_of < on)


def to_scored(
    figures: Figures, method: Method, calibration: Calibration | None, hidden: pa.Table, *, as_of: date, is_stale: bool
) -> Scored:
    """Points and flags of one network's accounts; places are among those that are shown."""
    away = hidden.filter(pc.equal(hidden["network"], figures.network))["account_id"].combine_chunks()
    is_shown = ~pc.is_in(figures.ids, away).to_numpy(zero_copy_only=False)
    m0, has_posts = (calibration.m0, calibration.has_posts) if calibration else (0.0, False)
    declared = method.networks[figures.network]
    columns = with_raw_scores(figures.known, method, declared, m0=m0, has_posts=has_posts)
    columns["raw_score"] = np.where(is_shown, columns["raw_score"], np.nan)
    columns |= to_points(columns, method, calibration)
    acts = figures.acts
    flags = to_flags(columns, acts.disputing(), method.flags, days=acts.days, is_stale=is_stale)
    return Scored(figures, as_of, columns, flags, is_shown)


SHOWN = (
    "score", "linear", "error", "grade", "percentile", "rank", "raw_score", "influence", "reach",
    "effective_reactors", "efficiency", "break_days", "break_credit", "title_bonus", "trust", "reactions", "reactors",
    "acts_given", "targets", "posts", "original_posts",
)  # fmt: skip


def write_scores(
    run: Run, record: StepRecord, version: str, on: date, method: Method, done: Sequence[Scored], people: People
) -> None:
    """This run's own slices of account_scores and, where the version has entities, of entity_scores.

    Both at once: each is encoded by one thread.
    """
    if method.entities is None:
        _write_accounts(run, record, version, on, done, people)
        return
    both(
        lambda: _write_accounts(run, record, version, on, done, people),
        lambda: _write_entities(run, record, version, on, method, done, people),
    )


def _write_accounts(
    run: Run, record: StepRecord, version: str, on: date, done: Sequence[Scored], people: People
) -> None:
    parts = (_account_rows(run, version, on, scored, people) for scored in done)
    _write(run, record, version, on, ACCOUNT_SCORES, chain.from_iterable(parts))


def _account_rows(run: Run, version: str, on: date, scored: Scored, people: People) -> Iterator[pa.RecordBatch]:
    figures, rows = scored.figures, np.flatnonzero(scored.is_shown)
    shown = figures.links.shown(len(figures.ids), people.is_hidden)[rows]
    columns: dict[str, Any] = {name: scored.columns[name][rows] for name in SHOWN}
    columns["account_id"] = figures.ids.take(pa.array(rows))
    columns["entity_id"] = people.ids.take(pa.array(shown, mask=shown < 0))
    about = {**_slice(run, version, on), "network": figures.network, "as_of": scored.as_of}
    acts = figures.acts
    maps = {"received": (acts.names, acts.received[rows]), "given": (acts.names, acts.given[rows])}
    flags = {name: has[rows] for name, has in scored.flags.items()}
    return to_batches(ACCOUNT_SCORES, columns, about, maps, flags)


def _write_entities(
    run: Run, record: StepRecord, version: str, on: date, method: Method, done: Sequence[Scored], people: People
) -> None:
    types = pc.index_in(people.ids, people.entities["entity_id"].combine_chunks())
    kinds = people.entities["type"].combine_chunks().take(types).dictionary_encode()
    networks = to_belongings(done, method, people.is_hidden)
    found = to_entity_scores(networks, kinds.indices.to_numpy(), method, entities=len(people.ids))
    rows = np.flatnonzero(found["accounts"] > 0)
    contributions = found.pop("contributions")[rows]
    columns: dict[str, Any] = {name: values[rows] for name, values in found.items()}
    columns |= {"entity_id": people.ids.take(pa.array(rows)), "type": kinds.cast(pa.string()).take(pa.array(rows))}
    maps = {
        "contributions": ([of.network for of in networks], contributions),
        "received": _by_action(networks, "received", len(people.ids), rows),
        "given": _by_action(networks, "given", len(people.ids), rows),
    }
    flags = {name: has[rows] for name, has in _any_flag(networks, len(people.ids)).items()}
    batches = to_batches(ENTITY_SCORES, columns, _slice(run, version, on), maps, flags)
    _write(run, record, version, on, ENTITY_SCORES, batches)


def to_belongings(done: Sequence[Scored], method: Method, is_hidden: NDArray[np.bool_]) -> list[Belonging]:
    """Every network's shown accounts under their entities; of several ones also whom they hear from and address.

    is_hidden: (entities,) those that are left out, as if they were not there.
    """
    first, found = len(is_hidden), []
    for scored in done:
        figures, own = scored.figures, scored.figures.links
        is_shown = scored.is_shown[own.place] & ~is_hidden[own.entity]
        entity, place = own.entity[is_shown], own.place[is_shown]
        whose = own.shown(len(figures.ids), is_hidden)
        person = np.where(whose >= 0, whose, first + np.arange(len(whose)))
        names = ("linear", "linear_error", "effective_reactors", "is_counted", *SUMMED)
        found.append(
            Belonging(
                network=figures.network,
                entity=entity,
                weight=method.networks[figures.network].weight * own.share[is_shown],
                columns={name: scored.columns[name][place] for name in names},
                received=figures.acts.received[place],
                given=figures.acts.given[place],
                actions=figures.acts.names,
                flags={name: has[place] for name, has in scored.flags.items()},
                audience=_persons(figures.acts.audience, entity, place, person),
                addressed=_persons(figures.acts.addressed, entity, place, person),
            )
        )
        first += len(whose)
    return found


def _persons(
    pairs: tuple[NDArray[np.int64], NDArray[np.int64]],
    entity: NDArray[np.int64],
    place: NDArray[np.int64],
    person: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of an account and another -> its entities and who is behind the other; an account may belong to several."""
    account, other = pairs
    order = np.argsort(place, kind="stable")
    begin, end = (np.searchsorted(place[order], account, side=side) for side in ("left", "right"))
    counts = end - begin
    starts = np.repeat(begin - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)
    belonging = order[starts + np.arange(counts.sum())]
    return entity[belonging], np.repeat(person[other], counts)


def _by_action(
    networks: Sequence[Belonging], name: str, entities: int, rows: NDArray[np.int64]
) -> tuple[list[str], NDArray[np.int64]]:
    """Keys network.action, and counts of the entities asked for."""
    keys, counts = [], []
    for of in networks:
        total = np.zeros((entities, len(of.actions)), np.int64)
        np.add.at(total, of.entity, getattr(of, name))
        keys += [f"{of.network}.{action}" for action in of.actions]
        counts.append(total[rows])
    return keys, np.concatenate(counts, axis=1)


def _any_flag(networks: Sequence[Belonging], entities: int) -> dict[str, NDArray[np.bool_]]:
    found: dict[str, NDArray[np.bool_]] = {}
    for of in networks:
        for name, has in of.flags.items():
            found.setdefault(name, np.zeros(entities, bool))[of.entity[has]] = True
    return found


def _slice(run: Run, version: str, on: date) -> dict[str, Any]:
    return {"algorithm_version": version, "score_date": on, "attempt": run.run_id}


def _write(
    run: Run, record: StepRecord, version: str, on: date, contract: Contract, rows: Iterator[pa.RecordBatch]
) -> None:
    where = slice_of(**_slice(run, version, on))
    run.lake.replace_arrow(contract, rows, where=where)
    # A sum over hashes: equal rows do not cancel, and the order of rows makes no difference. Maps are left out: to read
    # them again takes as long as all the rest, and what they add up to stands in other columns.
    plain = (field.name for field in contract.fields if field.name != "attempt" and not field.type.startswith("map"))
    names = ", ".join(plain)
    sql = f"SELECT count(*), count(score), sum(hash({names})) FROM {contract.name} WHERE {where}"
    found = over(run.lake, contract).execute(sql).fetchone()
    assert found is not None, "an aggregate without groups has one row"
    prefix = "" if contract is ACCOUNT_SCORES else "entity_"
    record.counts |= {f"{prefix}rows": found[0], f"{prefix}scored": found[1]}
    record.checksums[contract.name] = f"{int(found[2] or 0) % 2**64:016x}"
    logs.get(step="score").info("scored", table=contract.name, rows=found[0], scored=found[1])
