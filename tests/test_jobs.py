"""The jobs of spark-submit, called as they are: what each looks at before it begins."""

from argparse import Namespace

import pytest
from sway.contracts.tables.deliveries import FEED_DAYS
from sway.contracts.tables.record import RUNS
from sway.errors import AuditFailed, ConfigError, InputNotReady

from jobs import ingest as ingest_job
from jobs import publish as publish_job
from jobs import score as score_job
from tests.steps.lakes import run_on
from tests.steps.ledger import on, read


def told(day, *versions):
    """What a job is told by its arguments."""
    return Namespace(date=on(day), version=list(versions) or None)


JOBS = {"ingest": ingest_job, "score": score_job, "publish": publish_job}


@pytest.mark.parametrize("job", JOBS.values(), ids=JOBS)
def test_an_unknown_version_is_refused_before_anything_is_done(job, tmp_path, monkeypatch):
    """In the first job of a night already: hours of ingest may lie between it and the first that needs a version."""
    monkeypatch.setattr(score_job, "identify", lambda *_: pytest.fail("begun"))
    run = run_on(tmp_path / "lake")
    read(tmp_path / "lake", "twitter/statuses", 2)

    with pytest.raises(ConfigError, match=r"unknown version 'sway-9\.0'"):
        job.main(run, told(2, "sway-9.0"))
    assert not (tmp_path / "lake" / "tables").exists()


@pytest.mark.parametrize("job", [ingest_job, score_job], ids=["ingest", "score"])
def test_a_date_after_all_deliveries_is_refused(job, tmp_path):
    """By ingest too, whose task is then tried again: the day may come yet, and score would not read it."""
    run = run_on(tmp_path / "lake")
    run.lake.put(FEED_DAYS, [read(tmp_path / "lake", "twitter/statuses", 2)])

    with pytest.raises(InputNotReady, match=r"2016-05-03: after 2016-05-02, the newest delivery day"):
        job.main(run, told(3))
    assert run.lake.rows(RUNS) == []


def test_a_version_that_fails_its_audit_holds_up_no_other(tmp_path, monkeypatch):
    published = []

    def publish(_, version, day, attempt):
        if version == "reactors":
            raise AuditFailed(f"{version} on {day}: audit failed")
        published.append((version, day, attempt))

    monkeypatch.setattr(publish_job, "publish", publish)
    monkeypatch.setattr(publish_job, "newest_candidate", lambda _, version, __: f"of {version}")

    with pytest.raises(AuditFailed, match="reactors on 2016-05-02: audit failed"):
        publish_job.main(run_on(tmp_path / "lake"), told(2, "reactors", "sway-1.0"))
    assert published == [("sway-1.0", on(2), "of sway-1.0")]
