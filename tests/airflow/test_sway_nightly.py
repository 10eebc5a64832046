"""The DAG as Airflow reads it: its shape, its dates, and the commands its tasks run."""

import ast
import copy
import shlex
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from airflow.exceptions import AirflowException
from airflow.providers.apache.spark.hooks.spark_submit import SparkSubmitHook
from airflow.sdk import DAG
from airflow.sdk.definitions.retry_policy import RetryAction
from airflow.serialization.serialized_objects import DagSerialization
from airflow.timetables.base import DataInterval, TimeRestriction

pytestmark = pytest.mark.airflow

GOLDEN = Path(__file__).parent / "golden"
STEPS = ["ingest", "roll_up", "score", "publish"]


def test_the_steps_follow_each_other(load_dag):
    dag = load_dag()

    followers = {task.task_id: task.downstream_task_ids for task in dag.tasks}
    assert followers == {"ingest": {"roll_up"}, "roll_up": {"score"}, "score": {"publish"}, "publish": set()}


def test_no_two_jobs_run_at_a_time_and_the_past_is_left_alone(load_dag):
    dag = load_dag()

    assert (dag.catchup, dag.max_active_runs) == (False, 1)
    assert {(task.pool, task.pool_slots) for task in dag.tasks} == {("sway", 1)}
    assert not dag.deadline
    assert {task.trigger_rule.value for task in dag.tasks} == {"all_success"}


@pytest.mark.parametrize("name", ["defaults", "told_otherwise"])
def test_the_commands_are_those_of_the_golden_file(load_dag, name):
    told = {
        "defaults": {},
        "told_otherwise": {
            "SWAY_HOME": "/somewhere/sway",
            "SWAY_LAKE": "s3a://bucket/lake",
            "SWAY_ENV": "cluster",
            "SWAY_VERSIONS": "sway-0.1, pagerank",
            "SWAY_PYTHON": "/somewhere/python",
            "SWAY_JAVA_HOME": "/somewhere/java",
            "SWAY_DRIVER_MEMORY": "20g",
            "SWAY_JARS": "/somewhere/jars",
        },
    }[name]
    dag = load_dag(**told)

    rendered = "\n".join(_commands(dag, data_interval_start=datetime(2016, 1, 5, tzinfo=UTC)))

    home = str(Path(__file__).resolve().parents[2])
    assert rendered.replace(home, "HOME") == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("written", "options"),
    [
        ('[spark.settings]\n"spark.driver.extraJavaOptions" = "-Xss2m"', {"spark.driver.extraJavaOptions": "-Xss2m"}),
        ('[spark.settings]\n"spark.ui.port" = "4041"', {}),
        ("[spark]", {}),
        ("spark = 3", {}),
        ("[spark", {}),  # the job says what is wrong with it
        (None, {}),
    ],
)
def test_javas_options_are_those_of_an_environment_file_named_by_its_path(load_dag, tmp_path, written, options):
    file = tmp_path / "own.toml"
    if written is not None:
        file.write_text(written, encoding="utf-8")
    task = _rendered(load_dag(SWAY_ENV=str(file)), "ingest", score_date="2016-01-05")

    assert task.conf == options


def test_a_scheduled_run_scores_the_day_that_is_over(load_dag):
    dag = load_dag()
    scheduled = _for_scheduler(dag).timetable.next_dagrun_info(
        last_automated_data_interval=DataInterval(_day(4), _day(5)),
        restriction=TimeRestriction(_day(1), None, catchup=True),
    )

    assert scheduled.run_after == _day(6)
    assert _score_date(dag, data_interval_start=scheduled.data_interval.start) == "2016-01-05"


def test_a_run_by_hand_scores_the_last_whole_day_before_it(load_dag):
    dag = load_dag()
    interval = _for_scheduler(dag).timetable.infer_manual_data_interval(
        run_after=datetime(2016, 1, 6, 17, 30, tzinfo=UTC)
    )

    assert _score_date(dag, data_interval_start=interval.start) == "2016-01-05"


def test_a_backfill_scores_each_of_its_days(load_dag):
    dag = load_dag()
    runs = _for_scheduler(dag).iter_dagrun_infos_between(_day(4), _day(6))

    dates = [_score_date(dag, data_interval_start=run.data_interval.start) for run in runs]

    assert dates == ["2016-01-04", "2016-01-05", "2016-01-06"]


def test_a_run_told_a_date_scores_that_one(load_dag):
    dag = load_dag()

    assert _score_date(dag, score_date="2015-12-24", data_interval_start=_day(5)) == "2015-12-24"
    assert _score_date(dag, score_date="2015-12-24") == "2015-12-24"  # triggered without a logical date


def test_a_run_without_any_date_is_refused(load_dag):
    with pytest.raises(ValueError, match="expected the parameter score_date"):
        _score_date(load_dag())


@pytest.mark.parametrize(
    ("exit_code", "action"),
    [
        (10, RetryAction.FAIL),  # configuration
        (20, RetryAction.DEFAULT),  # input not ready
        (30, RetryAction.FAIL),  # audit failed
        (40, RetryAction.DEFAULT),  # lease held
        (50, RetryAction.DEFAULT),  # infrastructure
        (137, RetryAction.DEFAULT),  # killed
    ],
)
def test_only_what_may_pass_with_time_is_retried(load_dag, exit_code, action):
    error = AirflowException(f"Cannot execute: spark-submit x.py. Error code is: {exit_code}.\nLast lines")

    policies = [task.retry_policy for task in load_dag().tasks]

    assert {policy.evaluate(error, 1, 6).action for policy in policies} == {action}


def test_the_file_imports_airflow_and_the_standard_library_only(repository):
    imported = set(_imports(repository / "airflow_dags" / "sway_nightly.py"))

    foreign = {name for name in imported if name.split(".")[0] not in sys.stdlib_module_names}
    assert foreign == {"airflow.sdk", "airflow.providers.apache.spark.operators.spark_submit"}


def test_the_file_loads_where_neither_spark_nor_sway_is(repository):
    check = f"""
import sys
sys.modules.update(dict.fromkeys(["pyspark", "delta", "sway", "jobs"]))   # None: importing it fails
from airflow.dag_processing.dagbag import DagBag
bag = DagBag(dag_folder={str(repository / "airflow_dags")!r})
assert list(bag.dags) == ["sway_nightly"] and not bag.import_errors, bag.import_errors
"""
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def _day(number: int) -> datetime:
    import pendulum

    return pendulum.datetime(2016, 1, number)


def _for_scheduler(dag: DAG) -> Any:
    """The DAG as the scheduler sees it: read back from its serialized form."""
    return DagSerialization.deserialize_dag(DagSerialization.serialize_dag(dag))


def _rendered(dag: DAG, step: str, *, score_date: str | None = None, **context: Any) -> Any:
    task = copy.copy(dag.task_dict[step])
    task.render_template_fields({"params": {**dag.params.dump(), "score_date": score_date}, **context})
    return task


def _score_date(dag: DAG, **context: Any) -> str:
    dates = set()
    for step in ("ingest", "score", "publish"):
        given = _rendered(dag, step, **context).application_args
        dates.add(given[given.index("--date") + 1])
    assert len(dates) == 1
    return dates.pop()


def _commands(dag: DAG, **context: Any) -> Iterator[str]:
    """Every task's command line, an argument with its value on each line, under its environment variables."""
    for step in STEPS:
        task = _rendered(dag, step, **context)
        hook: SparkSubmitHook = task._get_hook()
        yield f"# {step}"
        yield from (f"{name}={value}" for name, value in task.env_vars.items())
        command = shlex.join(hook._build_spark_submit_command(task.application))
        yield command.replace(" --", "\n    --").replace(f" {task.application}", f"\n    {task.application}")
        yield ""


def _imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "a DAG file belongs to no package"
            yield node.module or ""
