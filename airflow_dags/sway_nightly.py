"""# sway, every night

`ingest` what has landed, `roll_up` what changed, `score` a date, `publish` the scores if they pass their
audits: each task is one spark-submit of a file in `jobs/`. This file knows their order and nothing else of sway.

**The date.** A scheduled or backfill run scores the day its data interval begins, once that day is over. A run
triggered by hand scores the last whole day before its logical date, unless its parameter `score_date` names
another: `airflow dags test sway_nightly 2016-01-06` scores 2016-01-05. It is never today, so a run repeated a
year later does the same. What is published already is left alone: any run or task may be repeated.

**What it needs, once.**

- `spark-submit` of the jobs' environment on the PATH of whoever runs the tasks
- a pool for what may not run at the same time: `airflow pools set sway 1 "one sway job at a time"`.
  `max_active_runs` is not enough, since scheduled runs and backfills do not count each other.
- a connection that says where Spark runs (without it the provider tries YARN):
  `airflow connections add sway_spark --conn-type spark --conn-host "local[*]"`
- a calibration of each version in the lake: `sway calibrate`

**What it is told**, by environment variables of the DAG processor and the workers. `lake`, `env` and `versions`
are parameters of a run as well, whose defaults these are.

| variable | meaning | default |
| --- | --- | --- |
| `SWAY_HOME` | project folder, with `jobs/` and `conf/` | the one this file is in |
| `SWAY_LAKE` | folder or URI of the lake | `build/demo-lake` in the project folder |
| `SWAY_ENV` | name in `conf/environments/`, or a path ending in `.toml` | `local` |
| `SWAY_VERSIONS` | algorithm versions, separated by commas | `nightly` of the environment's file |
| `SWAY_PYTHON` | Python of the jobs' environment | `.venv/bin/python` in the project folder |
| `SWAY_JAVA_HOME` | home of a Java 17 | `.venv/java` in the project folder |
| `SWAY_DRIVER_MEMORY` | heap of a job's driver | `6g` |
| `SWAY_JARS` | folder of the jars, as the environment file's `jars` says | `build/jars` in the project folder |
| `SWAY_RETRIES` | times a task is tried again, ten minutes apart | 6 |

Master, memory and jars are told here; every other setting of Spark is the environment file's. Of those the options of
the driver's Java (`spark.driver.extraJavaOptions`) go to spark-submit, which starts Java before a job reads the file.

There is no clean-up task. A candidate that the audits refuse is kept for inspection; what else stays on disk, and how
to remove it, says "What stays on disk" in docs/operations.md.
"""

import os
import re
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.sdk import DAG, CronDataIntervalTimetable, Param, RetryDecision, RetryPolicy, chain

HOME = Path(os.environ.get("SWAY_HOME") or Path(__file__).resolve().parents[1])

# Exit codes of a job that say "as it stands, this will fail again": configuration is wrong, audit failed.
# The others (input not ready, another run came first, infrastructure) may pass with time.
LASTING = {10, 30}


class RetryWhatMayPass(RetryPolicy):
    """Fails a task at once when its job's exit code says that a retry cannot mend it."""

    def evaluate(self, exception: BaseException, *_: Any, **__: Any) -> RetryDecision:
        found = re.search(r"Error code is: (\d+)\.", str(exception))
        if found and int(found[1]) in LASTING:
            return RetryDecision.fail(f"exit code {found[1]}: would only fail again")
        return RetryDecision.default()


def score_date(context: dict[str, Any]) -> str:
    """The day a run speaks for, YYYY-MM-DD: the one it was told, else the first of its data interval."""
    told, begins = context["params"]["score_date"], context.get("data_interval_start")
    if told is None and begins is None:
        raise ValueError("this run has no data interval: expected the parameter score_date, found none")
    return told or begins.strftime("%Y-%m-%d")


def arguments(*wanted: str) -> Callable[..., list[str]]:
    """What a job is called with, `wanted` of date and versions included; made when its task is rendered."""

    def job_arguments(context: dict[str, Any], **_: Any) -> list[str]:
        params = context["params"]
        made = ["--lake", params["lake"], "--env", params["env"], "--json"]
        if "date" in wanted:
            made += ["--date", score_date(context)]
        if "versions" in wanted:
            made += [text for version in params["versions"] for text in ("--version", version)]
        return made

    return job_arguments


def java_options(context: dict[str, Any], **_: Any) -> dict[str, str]:
    """The environment file's options for the driver's Java, if it has any; made when its task is rendered.

    A file that is not there or not TOML is left to the job, which names it and what is wrong with it.
    """
    env, option = context["params"]["env"], "spark.driver.extraJavaOptions"
    file = Path(env) if env.endswith(".toml") else HOME / "conf" / "environments" / f"{env}.toml"
    try:
        settings = tomllib.loads(file.read_text(encoding="utf-8"))["spark"]["settings"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return {option: settings[option]} if option in settings else {}


def job(step: str, *wanted: str) -> SparkSubmitOperator:
    """The task that runs jobs/<step>.py."""
    return SparkSubmitOperator(
        task_id=step,
        name=f"sway {step}",
        conn_id="sway_spark",
        application=str(HOME / "jobs" / f"{step}.py"),
        application_args=arguments(*wanted),
        conf=java_options,
        # spark-submit lists the folder: nothing is resolved or downloaded at night.
        jars=str(HOME / (os.environ.get("SWAY_JARS") or "build/jars") / "*.jar"),
        driver_memory=os.environ.get("SWAY_DRIVER_MEMORY", "6g"),
        env_vars={
            "SWAY_HOME": str(HOME),
            "PYSPARK_PYTHON": os.environ.get("SWAY_PYTHON", str(HOME / ".venv" / "bin" / "python")),
            "JAVA_HOME": os.environ.get("SWAY_JAVA_HOME", str(HOME / ".venv" / "java")),
        },
    )


with DAG(
    "sway_nightly",
    description="Ingest what has landed, score a day and publish it",
    doc_md=__doc__,
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone="UTC"),
    # Older than the oldest of the networks, so that any day can be backfilled.
    start_date=datetime(2001, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    tags=["sway"],
    params={
        "score_date": Param(
            None, type=["null", "string"], format="date", description="day to score instead of the run's own"
        ),
        "lake": Param(os.environ.get("SWAY_LAKE", str(HOME / "build" / "demo-lake")), type="string"),
        "env": Param(os.environ.get("SWAY_ENV", "local"), type="string"),
        "versions": Param(
            [name.strip() for name in os.environ.get("SWAY_VERSIONS", "").split(",") if name.strip()],
            type="array",
            items={"type": "string"},
            description="algorithm versions; none: those the environment's file lists as nightly",
        ),
    },
    default_args={
        "pool": "sway",
        # Feeds are late more often than machines fail: an hour of patience, and then a failed run that says
        # what is missing.
        "retries": int(os.environ.get("SWAY_RETRIES", "6")),
        "retry_delay": timedelta(minutes=10),
        "retry_policy": RetryWhatMayPass(),
    },
) as dag:
    chain(
        job("ingest", "date", "versions"),  # it refuses an unknown version before hours of work
        job("roll_up"),
        job("score", "date", "versions"),
        job("publish", "date", "versions"),
    )
