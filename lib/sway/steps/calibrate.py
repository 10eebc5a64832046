"""Freeze a version's constants for this lake: pair_days and the rest as of one date -> calibrations (method 7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sway.contracts.calibration import Calibration
from sway.contracts.method import Method
from sway.contracts.tables.scores import CALIBRATIONS
from sway.errors import AuditFailed, ConfigError, InputNotReady
from sway.runtime import logs
from sway.runtime.config import method_hash
from sway.runtime.run import Run, StepRecord
from sway.runtime.threads import side_by_side
from sway.stages.calibration import to_ends, to_m0, to_shifts
from sway.stages.links import entity_ids
from sway.stages.raw_scores import with_raw_scores
from sway.stages.scores import to_own_points
from sway.steps.executors import tidy_work
from sway.steps.figures import Figures, to_figures
from sway.steps.identify import identity_as_of
from sway.steps.propagation import Inputs, networks_with_acts, pin_inputs, propagated
from sway.steps.readiness import has_days, last_good_day


@dataclass(frozen=True)
class Measured:
    """One network's constants, or why it has none.

    linked: entity and own points of accounts with reach whose link is confirmed. counted: accounts with reach, of pages
    also those the constants were not taken over. is_held: frozen by an earlier run.
    """

    network: str
    calibration: Calibration | None
    linked: tuple[NDArray[np.int64], NDArray[np.float64]]
    counted: int = 0
    is_held: bool = False
    links: int = 0
    why: str | None = None


def frozen(run: Run, version: str) -> dict[str, dict[str, Any]]:
    """The version's calibration by network.

    Raises InputNotReady when there is none, ConfigError when the version's file has changed since it was made.
    """
    rows = run.lake.rows(CALIBRATIONS, algorithm_version=version)
    if not rows:
        raise InputNotReady(
            f"{version} has no calibration in this lake; make one, once, with\n"
            f"  sway calibrate --version {version} --date YYYY-MM-DD {run.lake.option}\n"
            "on a date by which a few weeks of data have landed"
        )
    _refuse_changed(run, version, rows)
    return {row["network"]: row for row in rows}


def calibrate(run: Run, version: str, on: date) -> None:
    """Take and freeze the constants of every network of `version` not frozen yet, as of `on`.

    A network whose feeds are not good until `on`, with too few accounts with reach, or whose raw scores give no scale,
    is left for a later run. It keeps no other from being frozen: constants are a network's own, and a shift fitted
    later holds those fitted before, so to wait for the emptiest network would only keep back the others' scores.
    A network frozen before, to which the new ones are fitted, is looked at as a night scores it: as of its last good
    day. Raises ConfigError when everything is frozen already on another date: a new scale needs a new version;
    InputNotReady when no network can be frozen and none is.
    """
    method = run.config.method(version)
    before = run.lake.rows(CALIBRATIONS, algorithm_version=version)
    _refuse_changed(run, version, before)
    done = {row["network"]: str(row["calibrated_on"]) for row in before}
    left = [network for network in networks_with_acts(run, method, until=on) if network not in done]
    if not left and done:
        _already(version, on, done, {})
        return
    with run.step("calibrate", version=version, on=on) as record:
        away = _not_good(run, left, on)
        good = [network for network in left if network not in away]
        held = {row["network"]: calibration_of(row) for row in before} if method.equating else {}
        days = dict.fromkeys(good, on) | _held_days(run, record, held, on)
        inputs = pin_inputs(run, record)
        _, links = identity_as_of(run, record, on)
        people = entity_ids(links)
        found = side_by_side(
            lambda network: _measured(
                run, record, version, network, inputs(network), days[network], links, people, held.get(network)
            ),
            sorted(days),
        )
        measured = [one for one in found if one.calibration is not None]
        made = [_row(run, version, on, one) for one in with_shifts(measured, method) if one.network in good]
        why = away | {one.network: one.why for one in found if one.why is not None}
        for network, reason in sorted(why.items()):
            record.remark(f"not calibrated: {reason}", network=network)
        for row in made:
            figures = {name: row[name] for name in ("network", "accounts", "z50", "z95", "m0", "shift")}
            record.log.info("calibrated", **figures)
        if made:
            run.lake.put(CALIBRATIONS, made, replacing=False)
            tidy_work(run, version)
        elif done:
            _already(version, on, done, why)
        else:
            raise InputNotReady(f"{version} on {on}: nothing was frozen\n  {_listed(why)}")


def _not_good(run: Run, networks: Sequence[str], on: date) -> dict[str, str]:
    """Networks that lack a feed on or before `on`, with the reason: later days would be weighed without it."""
    until = {network: last_good_day(run, network, on) for network in networks}
    missing = f"deliver what is missing (`sway doctor --date {on} {run.lake.option}`)"
    return {
        network: (
            f"its feeds were never all in: {missing}"
            if good is None
            else f"its feeds are good until {good} only: {missing}, or take that date"
        )
        for network, good in until.items()
        if good != on
    }


def _held_days(run: Run, record: StepRecord, networks: Iterable[str], on: date) -> dict[str, date]:
    """The day each network frozen before is looked at: the last one it is good until. Those without any are left out.

    Scores fade over days that are missing, and a shift fitted to faded ones would be frozen for good.
    """
    found = {}
    for network in sorted(networks):
        good = last_good_day(run, network, on)
        if good is None or (good != on and not has_days(run, network, good)):
            record.remark(f"no shift is fitted to it: none of its days is good by {on}", network=network)
            continue
        if good != on:
            record.remark(f"shifts are fitted to it as of its last good date, {good}", network=network)
        found[network] = good
    return found


def _already(version: str, on: date, done: dict[str, str], why: dict[str, str]) -> None:
    """Say that nothing was left to freeze; refuse another date than the one that is frozen."""
    if str(on) not in done.values():
        others = f"; no other can be:\n  {_listed(why)}\n" if why else ", and no other network has enough data. "
        raise ConfigError(
            f"{version} is calibrated in this lake, on {', '.join(sorted(set(done.values())))}, for "
            f"{', '.join(sorted(done))}: its scale stays as it is{others}A new scale needs a new version"
        )
    logs.get(step="calibrate").info("calibrated already", version=version, networks=", ".join(sorted(done)))


def _listed(why: dict[str, str]) -> str:
    return (
        "\n  ".join(f"{network}: {reason}" for network, reason in sorted(why.items()))
        or "no network has acts on or before that date"
    )


def _measured(
    run: Run,
    record: StepRecord,
    version: str,
    network: str,
    inputs: Inputs,
    on: date,
    links: pa.Table,
    entities: pa.Array,
    held: Calibration | None,
) -> Measured:
    """One network's constants, those frozen already as they are, and its linked accounts with reach."""
    method = run.config.method(version)
    has_profiles, has_posts = (
        (inputs.has_profiles(on), inputs.has_posts(on)) if held is None else (held.has_profiles, held.has_posts)
    )
    with propagated(run, record, version, inputs, on, has_profiles=has_profiles) as found:
        figures = to_figures(inputs, found, method, on, links, entities)
    return measure(figures, method, held, has_profiles=has_profiles, has_posts=has_posts)


def measure(
    figures: Figures, method: Method, held: Calibration | None, *, has_profiles: bool, has_posts: bool
) -> Measured:
    """Constants of one network's accounts, not shifted yet, or `held`; none where no scale can be made of them."""
    declared, known = method.networks[figures.network], figures.known
    m0 = held.m0 if held else to_m0(known) if has_posts else 0.0
    raw = with_raw_scores(known, method, declared, m0=m0, has_posts=has_posts)
    is_linked = np.isin(np.arange(len(figures.ids)), figures.links.place) if declared.form == "links" else None
    calibration = held
    if calibration is None:
        try:
            ends = to_ends(raw["raw_score"], raw["is_counted"], is_linked, method.scale)
        except AuditFailed as error:
            return _left_out(figures.network, str(error))
        if ends is None:
            few = f"fewer than {method.scale.fewest_accounts} accounts with reach: calibrate on a date with more"
            return _left_out(figures.network, few)
        calibration = Calibration(**ends._asdict(), m0=m0, has_profiles=has_profiles, has_posts=has_posts)
    own = figures.links
    is_taken = own.is_confirmed & raw["is_counted"][own.place]
    points = to_own_points(raw["raw_score"][own.place[is_taken]], method, calibration)
    counted = int(raw["is_counted"].sum())
    return Measured(figures.network, calibration, (own.entity[is_taken], points), counted, is_held=held is not None)


def _left_out(network: str, why: str) -> Measured:
    return Measured(network, None, (np.empty(0, np.int64), np.empty(0)), why=why)


def with_shifts(measured: Sequence[Measured], method: Method) -> list[Measured]:
    """Networks with the shift that brings them onto one scale; as they are where the version has none."""
    if method.equating is None or not measured:
        return list(measured)
    known = [one.calibration for one in measured if one.calibration is not None]
    shifts = to_shifts(
        [one.linked for one in measured],
        [one.counted for one in measured],
        [one.calibration if one.is_held else None for one in measured],
        method.equating,
    )
    return [
        replace(one, calibration=replace(of, shift=shift.points), links=shift.links)
        for one, of, shift in zip(measured, known, shifts, strict=True)
    ]


def _row(run: Run, version: str, on: date, one: Measured) -> dict[str, Any]:
    assert one.calibration is not None, "only what was measured is frozen"
    return {
        "algorithm_version": version,
        "network": one.network,
        "calibrated_on": on,
        **asdict(one.calibration),
        "links": one.links,
        "method_hash": method_hash(run.config.method(version)),
        "run_id": run.run_id,
    }


def calibration_of(row: Mapping[str, Any]) -> Calibration:
    """A row of CALIBRATIONS as the constants it holds."""
    return Calibration(**{field.name: row[field.name] for field in fields(Calibration)})


def _refuse_changed(run: Run, version: str, rows: list[dict[str, Any]]) -> None:
    now = method_hash(run.config.method(version))
    if any(row["method_hash"] != now for row in rows):
        raise ConfigError(
            f"conf/scoring/{version}.toml has changed since {version} was calibrated in this lake: put it back, or "
            "give the change a version of its own"
        )
