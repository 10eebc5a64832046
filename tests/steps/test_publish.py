"""Audits stand between a candidate and its readers."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from deltalake import write_deltalake
from sway.contracts.tables.record import METRICS, PROMOTIONS, RUNS
from sway.contracts.tables.scores import ACCOUNT_SCORES
from sway.errors import AuditFailed, InputNotReady, LeaseHeld
from sway.runtime.arrow import to_table
from sway.steps import publish as publish_step
from sway.steps.publish import newest_candidate, publish, published_attempt

from tests.steps.lakes import run_on

VERSION = "sway-0.2"
BEFORE, ON = date(2016, 5, 1), date(2016, 5, 2)
NAN, INFINITY = float("nan"), float("inf")


def score(number, **changed):
    row = {
        "network": "twitter",
        "account_id": str(number),
        "score": 20.0,
        "linear": 20.0,
        "error": 1.0,
        "grade": "C",
        "percentile": 50.0,
        "rank": 1,
        **dict.fromkeys(("influence", "reach", "efficiency", "trust", "raw_score", "effective_reactors"), 1.0),
        **dict.fromkeys(("break_days", "break_credit", "title_bonus"), 0.0),
        "received": {"retweet": 1},
        "given": {},
        **dict.fromkeys(("reactions", "reactors", "acts_given", "targets", "posts", "original_posts"), 1),
        "as_of": BEFORE,
        "flags": [],
    }
    return row | changed


@pytest.fixture
def run(spark, tmp_path):
    """A lake with 4 scores published on the day before, by the attempt a."""
    made = run_on(tmp_path / "lake", spark=spark)
    candidate(made, "a", [score(n) for n in range(3)] + [score(3, score=None, linear=None, error=None)], on=BEFORE)
    publish(made, VERSION, BEFORE, "a")
    return made


def candidate(run, attempt, rows, *, on=ON, residual=1e-9, version=VERSION):
    """A slice as no step of ours would write it: without the table's constraints."""
    about = {"algorithm_version": version, "score_date": on, "attempt": attempt}
    written = to_table(ACCOUNT_SCORES, [{**about, **row} for row in rows])
    run.lake._make_room()
    write_deltalake(run.lake.uri(ACCOUNT_SCORES), written, mode="append", partition_by=list(ACCOUNT_SCORES.partitions))
    with run.step("score", version=version, on=on) as record:
        record.figures = {"twitter.residual": residual, "twitter.sweeps": 20.0}
    newest = max(run.lake.rows(RUNS, step="score", run_id=run.run_id), key=lambda row: row["ended_at"])
    run.lake.add(RUNS, [{**newest, "run_id": attempt, "ended_at": datetime.now(UTC)}])


def test_the_first_publication_is_current_and_its_audits_are_kept(run):
    assert published_attempt(run, VERSION, BEFORE) == "a"
    assert published_attempt(run, VERSION, ON) is None
    assert [(row["sequence"], row["algorithm_version"]) for row in run.lake.rows(PROMOTIONS)] == [(1, VERSION)]
    found = {row["name"]: (row["value"], row["outcome"]) for row in run.lake.rows(METRICS)}
    assert found == {
        "rows": (4, "passed"),
        "scored": (3, "passed"),
        "repeated_keys": (0, "passed"),
        "bad_scores": (0, "passed"),
        "rows_against_earlier": (None, "no baseline"),
        "residual": (1e-9, "passed"),
    }


def test_another_version_is_published_beside_it_and_becomes_current_by_promotion_only(run):
    candidate(run, "b", [score(n) for n in range(4)], on=BEFORE, version="reactors")

    publish(run, "reactors", BEFORE, "b")

    assert published_attempt(run, "reactors", BEFORE) == "b"
    assert [row["algorithm_version"] for row in run.lake.rows(PROMOTIONS)] == [VERSION]


FAILING = {
    "no rows": ([], {}, "rows: expected 1 to None, found 0"),
    "an account twice": ([score(1), score(1), score(2)], {}, "repeated_keys: expected None to 0, found 1"),
    "above 100": ([score(n, score=100.5) for n in range(4)], {}, "bad_scores: expected None to 0, found 4"),
    "below 0": ([score(n, score=-0.5) for n in range(4)], {}, "bad_scores: expected None to 0, found 4"),
    "NaN for a score": ([score(n, score=NAN) for n in range(4)], {}, "bad_scores"),
    "NaN before the cap": ([score(n, linear=NAN) for n in range(4)], {}, "bad_scores"),
    "an endless error": ([score(n, error=INFINITY) for n in range(4)], {}, "bad_scores"),
    "NaN for influence": ([score(n, influence=NAN) for n in range(4)], {}, "bad_scores"),
    "far fewer rows": ([score(1)], {}, "rows_against_earlier: expected 0.5 to 2.0, found 0.25"),
    "far more rows": ([score(n) for n in range(9)], {}, "rows_against_earlier: expected 0.5 to 2.0, found 2.25"),
    "not converged": (
        [score(n) for n in range(4)],
        {"residual": 1e-3},
        "residual: expected None to 1e-05, found 0.001",
    ),
}


@pytest.fixture(scope="module")
def doctored(spark, tmp_path_factory):
    """One lake with a candidate for each failing audit, each on a day of its own."""
    lake = tmp_path_factory.mktemp("doctored") / "lake"
    made = run_on(lake, spark=spark)
    candidate(made, "a", [score(n) for n in range(4)], on=BEFORE)
    publish(made, VERSION, BEFORE, "a")
    for day, (rows, options, _) in enumerate(FAILING.values(), start=2):
        candidate(made, "b", rows, on=date(2016, 5, day), **options)
    return made


@pytest.mark.parametrize(("day", "sentence"), [(n, s) for n, (_, _, s) in enumerate(FAILING.values(), 2)], ids=FAILING)
def test_each_failing_audit_is_named_and_nothing_is_published(doctored, day, sentence):
    on = date(2016, 5, day)

    with pytest.raises(AuditFailed, match="audit failed, nothing was published") as caught:
        publish(doctored, VERSION, on, "b")

    assert caught.value.exit_code == 30
    assert sentence in str(caught.value)
    assert published_attempt(doctored, VERSION, on) is None
    assert published_attempt(doctored, VERSION, BEFORE) == "a"
    outcomes = [row["outcome"] for row in doctored.lake.rows(METRICS, score_date=on)]
    assert "failed" in outcomes
    assert [row["state"] for row in doctored.lake.rows(RUNS, step="publish", score_date=on)] == ["failed"]


def test_a_restated_date_moves_to_the_newer_attempt_and_never_back(run):
    rows = [score(n) for n in range(4)]
    for attempt in ("b", "c"):
        candidate(run, attempt, rows, on=BEFORE)
    publish(run, VERSION, BEFORE, "c")
    before = run.lake.version(RUNS)

    publish(run, VERSION, BEFORE, "c")  # again: nothing to do
    with pytest.raises(LeaseHeld, match="attempt c is newer than b and published already"):
        publish(run, VERSION, BEFORE, "b")

    assert published_attempt(run, VERSION, BEFORE) == "c"
    assert run.lake.version(RUNS) == before
    assert newest_candidate(run, VERSION, BEFORE) == "c"


def test_an_attempt_that_was_overtaken_during_its_audit_does_not_replace_the_newer(run, monkeypatch):
    rows = [score(n) for n in range(4)]
    for attempt in ("b", "c"):
        candidate(run, attempt, rows)
    real = publish_step._audit

    def meanwhile(*arguments):
        monkeypatch.setattr(publish_step, "_audit", real)
        publish(run, VERSION, ON, "c")
        return real(*arguments)

    monkeypatch.setattr(publish_step, "_audit", meanwhile)
    with pytest.raises(LeaseHeld):
        publish(run, VERSION, ON, "b")

    assert published_attempt(run, VERSION, ON) == "c"


def test_an_attempt_that_is_audited_again_has_each_figure_once(run, monkeypatch):
    candidate(run, "b", [score(n) for n in range(4)])
    put = run.lake.put
    monkeypatch.setattr(run.lake, "put", lambda *_, **__: pytest.fail("killed before the pointer moved"))
    with pytest.raises(pytest.fail.Exception):
        publish(run, VERSION, ON, "b")
    monkeypatch.setattr(run.lake, "put", put)

    publish(run, VERSION, ON, "b")

    names = [row["name"] for row in run.lake.rows(METRICS, run_id="b")]
    assert sorted(names) == sorted(set(names))
    assert run.lake.rows(METRICS, run_id="a"), "those of other attempts stay"


def test_limits_are_those_of_the_configuration(run):
    candidate(run, "b", [score(1)])
    wider = replace(run.config.audits, scores=replace(run.config.audits.scores, rows_low=0.1))
    run.config = replace(run.config, audits=wider)

    publish(run, VERSION, ON, "b")
    assert published_attempt(run, VERSION, ON) == "b"


def test_there_is_no_candidate_before_anything_was_scored(tmp_path):
    with pytest.raises(InputNotReady, match="nothing was scored yet"):
        newest_candidate(run_on(tmp_path / "lake"), VERSION, ON)
