"""Freeze a version's constants for this lake: pair_days and the rest as of one date -> calibrations (method 7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sway.contracts.tables.scores import CALIBRATIONS
from sway.errors import ConfigError, InputNotReady
from sway.runtime import logs
from sway.runtime.config import method_hash
from sway.runtime.run import Run, StepRecord
from sway.runtime.threads import side_by_side
from sway.stages.calibration import calibrate as to_calibration
from sway.steps.executors import tidy_work
from sway.steps.propagation import Inputs, networks_with_acts, pin_inputs, propagate
from sway.steps.readiness import last_good_day


def frozen(run: Run, version: str) -> dict[str, dict[str, Any]]:
    """The version's calibration by network.

    Raises InputNotReady when there is none, ConfigError when the version's file has changed since it was made.
    """
    rows = run.lake.rows(CALIBRATIONS, algorithm_version=version)
    if not rows:
        raise InputNotReady(
            f"{version} has no calibration in this lake; make one, once, with\n"
            f"  sway calibrate --version {version} --date YYYY-MM-DD --lake {run.lake.root}\n"
            "on a date by which a few weeks of data have landed"
        )
    _refuse_changed(run, version, rows)
    return {row["network"]: row for row in rows}


def calibrate(run: Run, version: str, on: date) -> None:
    """Take and freeze the constants of every network of `version` not frozen yet, as of `on`.

    A network whose feeds are not good until `on`, or with too few accounts with reach, is left for a later run.
    Raises ConfigError when everything is frozen already on another date: a new scale needs a new version;
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
        inputs = pin_inputs(run, record)
        good = [network for network in left if network not in away]
        rows = side_by_side(lambda network: _row(run, record, version, network, inputs.of(network), on), good)
        few = f"fewer than {method.scale.fewest_accounts} accounts with reach: calibrate on a date with more"
        why = away | {network: few for network, row in zip(good, rows, strict=True) if row is None}
        for network, reason in sorted(why.items()):
            record.remark(f"not calibrated: {reason}", network=network)
        made = [row for row in rows if row is not None]
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
    return {
        network: (
            "its feeds were never all in: deliver what is missing (`sway doctor`)"
            if good is None
            else f"its feeds are good until {good} only: deliver what is missing (`sway doctor`), or take that date"
        )
        for network, good in until.items()
        if good != on
    }


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
    return "\n  ".join(f"{network}: {reason}" for network, reason in sorted(why.items())) or "no network has acts"


def _row(run: Run, record: StepRecord, version: str, network: str, inputs: Inputs, on: date) -> dict[str, Any] | None:
    method = run.config.method(version)
    has_profiles, has_posts = inputs.has_profiles(on), inputs.has_posts(on)
    state = propagate(run, record, version, network, inputs, on, has_profiles=has_profiles)
    found = to_calibration(
        state.propagated,
        state.members,
        state.post_counts,
        efficiency=method.efficiency,
        scale=method.scale,
        has_profiles=has_profiles,
        has_posts=has_posts,
    )
    state.release()
    if found is None:
        return None
    record.log.info("calibrated", network=network, accounts=found.accounts, z50=found.z50, z95=found.z95, m0=found.m0)
    return {
        "algorithm_version": version,
        "network": network,
        "calibrated_on": on,
        "accounts": found.accounts,
        "z50": found.z50,
        "z95": found.z95,
        "m0": found.m0,
        "has_profiles": has_profiles,
        "has_posts": has_posts,
        "method_hash": method_hash(method),
        "run_id": run.run_id,
    }


def _refuse_changed(run: Run, version: str, rows: list[dict[str, Any]]) -> None:
    now = method_hash(run.config.method(version))
    if any(row["method_hash"] != now for row in rows):
        raise ConfigError(
            f"conf/scoring/{version}.toml has changed since {version} was calibrated in this lake: put it back, or "
            "give the change a version of its own"
        )
