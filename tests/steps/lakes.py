"""Lakes that tests of steps work on: environments, runs with other limits, and tables read without Spark."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession
from sway.contracts.contract import Contract
from sway.contracts.tables.scores import CALIBRATIONS
from sway.runtime import config
from sway.runtime.lake import Lake
from sway.runtime.run import Run
from sway.steps.ingest import ingest
from sway.steps.readiness import look

from tests.places import ENVIRONMENT


def environment(folder: Path, **feeds: list[str]) -> str:
    """The tests' environment, waiting for `feeds` alone."""
    listed = "".join(f"{network} = {names}\n" for network, names in feeds.items())
    text = re.sub(r"(?s)\[feeds\].*?(?=\n\[)", f"[feeds]\n{listed}", ENVIRONMENT.read_text())
    file = folder / "environment.toml"
    file.write_text(text)
    return str(file)


def run_on(
    lake: Path,
    *,
    spark: SparkSession | None = None,
    refused_share: float = 0.01,
    carried: Sequence[str] = (),
    **feeds: list[str],
) -> Run:
    """A run on `lake` that waits for `feeds`, carries networks forward, and takes files a share of which is refused."""
    loaded = config.load(environment(lake.parent, **feeds))
    audits = replace(loaded.audits, ingest=replace(loaded.audits.ingest, refused_share=refused_share))
    readiness = replace(loaded.environment.readiness, carry_forward=list(carried))
    told = replace(loaded.environment, readiness=readiness) if carried else loaded.environment
    return Run(replace(loaded, audits=audits, environment=told), str(lake), name="tests", spark=spark)


def bring_in(run: Run, until: str = "2016-12-31") -> Run:
    """Ingest every day there is."""
    ingest(run, look(run, until=date.fromisoformat(until)))
    return run


def calibrate_by_hand(run: Run, version: str, *networks: str) -> None:
    """Freeze constants that nothing was measured for, where a test needs some to be there."""
    constants = {"z50": 0.5, "z95": 2.0, "m0": 1.0, "shift": 0.0, "links": 0, "has_profiles": True, "has_posts": True}
    about = {"algorithm_version": version, "calibrated_on": date(2016, 1, 4), "accounts": 100, "run_id": "by-hand"}
    about["method_hash"] = config.method_hash(run.config.method(version))
    run.lake.add(CALIBRATIONS, [{**about, **constants, "network": network} for network in networks])


def rows_of(
    lake: Path, contract: Contract, *columns: str, where: dict[str, Any] | None = None
) -> list[tuple[Any, ...]]:
    """Rows of a table, sorted; of the columns named, or of all but who wrote them and when."""
    names = columns or tuple(name for name in contract.columns if name != "run_id")
    found = Lake(str(lake)).dataset(contract).to_table().to_pylist()
    kept = [row for row in found if all(row[name] == value for name, value in (where or {}).items())]
    return sorted((tuple(row[name] for name in names) for row in kept), key=repr)
