"""What readers see of scores: published attempts of the current version, and how they changed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sway.contracts.tables.record import PROMOTIONS, PUBLISHED
from sway.contracts.tables.scores import ACCOUNT_SCORES, ENTITY_SCORES
from sway.runtime.lake import Lake
from sway.runtime.views import as_text, in_duckdb, query

from tests.steps.test_publish import score

ON = date(2016, 5, 31)
ENTITY = {
    "entity_id": "e1", "type": "person", "score": 20.0, "linear": 20.0, "error": 1.0, "grade": "C", "percentile": 50.0,
    "percentile_in_type": 50.0, "rank": 1, "effective_reactors": 9.0, "contributions": {"twitter": 1.0}, "accounts": 1,
    "scored_accounts": 1, "audience_overlap": 1.0, "received": {}, "given": {}, "flags": [],
    **dict.fromkeys(("reactions", "reactors", "acts_given", "targets", "posts", "original_posts"), 1),
}  # fmt: skip


@pytest.fixture(scope="module")
def db(tmp_path_factory):
    """Scores of one account and one entity: of the current version on five days, of another version, of an attempt
    nobody reads.
    """
    lake = Lake(str(tmp_path_factory.mktemp("views") / "lake"))
    told = [("sway-1.0", days, "a", 50.0 - days) for days in (0, 1, 7, 30, 40)]
    told += [("sway-1.0", 2, "unread", 1.0), ("pagerank", 1, "a", 2.0)]
    for version, days, attempt, points in told:
        about = {"algorithm_version": version, "score_date": ON - timedelta(days=days), "attempt": attempt}
        lake.add(ACCOUNT_SCORES, [{**score(1, score=points, as_of=about["score_date"]), **about}])
        lake.add(ENTITY_SCORES, [{**ENTITY, "score": points + 1.0, **about}])
        if attempt == "a":
            row = {"dataset": "scores", "published_at": datetime.now(UTC), **about}
            lake.put(PUBLISHED, [row])
    decided = {"sequence": 1, "parent": None, "who": "x", "decided_at": datetime.now(UTC), "why": "x"}
    lake.put(PROMOTIONS, [decided | {"algorithm_version": "sway-1.0"}])
    return in_duckdb(lake)


def test_every_row_is_shown_and_every_letter_of_it(tmp_path):
    shown = as_text(query(Lake(str(tmp_path)), "SELECT n, repeat('x', 300) || n FROM range(100) AS t (n)"))

    for n in range(100):
        assert f"{'x' * 300}{n} " in shown


def test_a_night_that_is_published_while_a_reader_opens_tables_takes_no_row_away(tmp_path, monkeypatch):
    lake = Lake(str(tmp_path / "lake"))

    def publish(attempt):
        about = {"algorithm_version": "sway-1.0", "score_date": ON, "attempt": attempt}
        lake.add(ACCOUNT_SCORES, [{**score(1, score=50.0, as_of=ON), **about}])
        row = {"dataset": "scores", "published_at": datetime.now(UTC), **about}
        lake.put(PUBLISHED, [row], replacing="old.attempt < new.attempt")

    publish("a")
    decided = {"sequence": 1, "parent": None, "who": "x", "decided_at": datetime.now(UTC), "why": "x"}
    lake.put(PROMOTIONS, [decided | {"algorithm_version": "sway-1.0"}])
    opened, dataset = [], lake.dataset

    def opening(contract):
        if contract in (PUBLISHED, ACCOUNT_SCORES):
            if opened:  # between the two
                publish("b")
            opened.append(contract)
        return dataset(contract)

    monkeypatch.setattr(lake, "dataset", opening)

    assert in_duckdb(lake).sql("SELECT score FROM account_scores_current").fetchall() == [(50.0,)]
    assert len(opened) == 2


@pytest.mark.parametrize("kind", ["account", "entity"])
def test_changes_are_those_of_one_version_over_1_7_and_30_days_where_both_dates_are_published(db, kind):
    found = db.sql(
        f"SELECT score_date, change_1_day, change_7_days, change_30_days FROM {kind}_scores_history ORDER BY score_date"
    ).fetchall()

    assert found == [
        (ON - timedelta(days=40), None, None, None),
        (ON - timedelta(days=30), None, None, None),
        (ON - timedelta(days=7), None, None, None),
        (ON - timedelta(days=1), None, None, None),
        (ON, 1.0, 7.0, 30.0),
    ]


@pytest.mark.parametrize(("kind", "score"), [("account", 50.0), ("entity", 51.0)])
def test_the_current_view_holds_the_newest_published_date(db, kind, score):
    assert db.sql(f"SELECT score_date, score, change_7_days FROM {kind}_scores_current").fetchall() == [
        (ON, score, 7.0)
    ]


@pytest.mark.parametrize("kind", ["account", "entity"])
def test_every_version_stands_in_the_published_view_and_no_unread_attempt(db, kind):
    counts = f"SELECT algorithm_version, count(*) FROM {kind}_scores_published GROUP BY 1 ORDER BY 1"

    assert db.sql(counts).fetchall() == [("pagerank", 1), ("sway-1.0", 5)]
