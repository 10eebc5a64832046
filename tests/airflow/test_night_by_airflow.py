"""A night as Airflow runs it: the DAG's own tasks, spark-submit and all, on a tiny generated lake."""

import json
import shutil

import pytest

pytestmark = pytest.mark.airflow

PUBLISHED = """
    SELECT network, score_date, count(score) AS scored, max(score) AS highest
    FROM account_scores_current GROUP BY ALL ORDER BY network
"""


@pytest.fixture(scope="session")
def told(repository):
    """What the DAG is told here."""
    return {
        "SWAY_ENV": repository / "tests" / "environment.toml",
        "SWAY_DRIVER_MEMORY": "1g",
        "SWAY_RETRIES": 0,
    }


@pytest.mark.timeout(1800)  # six JVMs, each of them cold
def test_a_night_publishes_the_day_that_is_over(tmp_path, sway, airflow, told):
    lake = tmp_path / "lake"
    asked = ["--lake", lake, "--env", told["SWAY_ENV"]]
    sway("generate", "--accounts", "400", "--days", "5", "--seed", "2016", "--start", "2016-01-01", *asked)
    for network in ("google_plus", "linkedin", "wikipedia"):  # each would add a minute
        shutil.rmtree(lake / "landing" / network)
    # The fifth day is left for the night.
    sway("calibrate", "--version", "sway-1.0", "--date", "2016-01-04", *asked)

    done = airflow("dags", "test", "sway_nightly", "2016-01-06", SWAY_LAKE=lake, **told)

    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(sway("sql", PUBLISHED, *asked, "--json"))
    assert [(row["network"], row["score_date"]) for row in found] == [
        ("facebook", "2016-01-05"),
        ("twitter", "2016-01-05"),
    ]
    assert all(row["scored"] > 100 and 50 < row["highest"] <= 100 for row in found)


def test_a_day_that_has_not_landed_fails_the_night_and_says_so(tmp_path, airflow, told):
    (tmp_path / "landing").mkdir()
    done = airflow("dags", "test", "sway_nightly", "2016-01-06", SWAY_LAKE=tmp_path, **told)

    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert "Error code is: 20" in said
    assert "twitter/statuses/dt=2016-01-05" in said
    assert "roll_up.py" not in said, "nothing may run after a failed task"


def test_what_a_retry_cannot_mend_fails_at_once(tmp_path, airflow, told):
    wrong = json.dumps({"env": "nowhere"})
    patient = {**told, "SWAY_RETRIES": 6}  # which would take an hour
    done = airflow("dags", "test", "sway_nightly", "2016-01-06", "--conf", wrong, SWAY_LAKE=tmp_path, **patient)

    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert "Error code is: 10" in said
