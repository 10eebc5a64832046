"""Which executor propagates a network, where it works, and under which fingerprint."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from hashlib import sha256

from sway.engine.choose import choose, need
from sway.engine.dataframe import DataFrameExecutor
from sway.engine.executor import Executor, PairDays
from sway.engine.graphframes import graphframes_executor
from sway.engine.local_executor import LocalExecutor
from sway.engine.spark_executor import SparkCellsExecutor, SparkFilesExecutor
from sway.engine.work import tidy
from sway.runtime.code import code_fingerprint
from sway.runtime.config import method_hash
from sway.runtime.run import Run, StepRecord


def executor_of(
    run: Run,
    record: StepRecord,
    version: str,
    network: str,
    pair_days: PairDays,
    versions: Mapping[str, int],
    on: date,
    *,
    has_profiles: bool,
) -> Executor:
    """The executor the environment names, or what `auto` makes of the network's size; says why in log and record.

    versions: of every table that what it works out depends on.
    """
    method = run.config.method(version)
    engine = run.config.environment.engine
    has_folder = "://" not in run.lake.root
    choice = choose(
        run.config.environment.executor,
        lambda: need(pair_days, method, on, threads=engine.cores, most_rows=engine.rows_per_block),
        memory=engine.memory_bytes,
        has_folder=has_folder,
        is_cluster=run.config.environment.spark.is_cluster,
    )
    record.log.info("executor chosen", network=network, executor=choice.name, why=choice.why)
    record.remark(f"by {choice.why}", network=network, is_warning=False)
    if choice.name == "dataframe":
        return DataFrameExecutor()
    if choice.name == "graphframes":
        return graphframes_executor(run.spark)
    about = {"network": network, "as_of": str(on), "has_profiles": has_profiles, "rows": engine.rows_per_block}
    made_of = [dict(versions), method_hash(method), code_fingerprint(), about]
    fingerprint = sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()
    if choice.name == "spark" and (engine.exchange == "cells" or not has_folder):
        return SparkCellsExecutor(fingerprint, engine.cores, engine.rows_per_block, spark=lambda: run.spark)
    folder = run.lake.work_folder(version, network, f"{on}-{fingerprint[:16]}")
    if choice.name == "spark":
        return SparkFilesExecutor(folder, fingerprint, engine.cores, engine.rows_per_block, spark=lambda: run.spark)
    return LocalExecutor(folder, fingerprint, engine.cores, engine.rows_per_block)


def tidy_work(run: Run, version: str) -> None:
    """Remove a version's work files, but for the blocks of its last two nights.

    Among them are each account's ten strongest reactors, which no code reads yet.
    """
    if run.config.environment.executor != "dataframe" and "://" not in run.lake.root:
        tidy(run.lake.work_folder(version))
