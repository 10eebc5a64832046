"""Days judged together come out as days judged night by night, also where a later day says the same thing anew."""

from datetime import date

from sway.contracts.tables.deliveries import FEED_DAYS
from sway.contracts.tables.states import FOLLOWS, PAGE_VIEWS

from tests.landing import deliver
from tests.steps.lakes import bring_in, rows_of, run_on

DAYS = [date(2016, 5, day) for day in (5, 6, 7)]
VIEWS = {
    "project": "en.wikipedia",
    "article": "Barack_Obama",
    "granularity": "daily",
    "access": "all-access",
    "agent": "user",
    "timestamp": "2016050400",
}
POLLS = ["2016-05-05T10:00:00Z", "2016-05-06T10:00:00Z", "2016-05-05T10:00:00Z"]  # the first is delivered twice
ASKED = (["b", "c"], ["b"], ["b", "c"])


def lakes_of(folder, spark, feed, lines):
    """Two lakes of one feed with a line a day, one read in a batch and one in nights."""
    lakes = [folder / name for name in ("together", "night by night")]
    for lake in lakes:
        for day, line in zip(DAYS, lines, strict=True):
            deliver(lake, feed, day, {"a.jsonl": [line]})
    together, one_by_one = (run_on(lake, spark=spark) for lake in lakes)
    bring_in(together)
    for day in DAYS:
        bring_in(one_by_one, until=str(day))
    for run in (together, one_by_one):
        assert {(row["state"], row["accepted"]) for row in run.lake.rows(FEED_DAYS)} == {("ready", 1)}
    return lakes


def test_views_that_later_days_correct_are_the_last_ones_in_a_batch_as_in_nights(tmp_path, spark):
    lines = [{**VIEWS, "views": views} for views in (100, 120, 100)]

    for lake in lakes_of(tmp_path, spark, "wikipedia/page_views", lines):
        assert rows_of(lake, PAGE_VIEWS, "account_id", "views", "delivered_on") == [("Barack_Obama", 100, DAYS[-1])]


def test_a_list_delivered_again_stands_again_in_a_batch_as_in_nights(tmp_path, spark):
    lines = [
        {"userId": "a", "polled_at": at, "items": [{"id": other} for other in others]}
        for at, others in zip(POLLS, ASKED, strict=True)
    ]

    together, one_by_one = (
        rows_of(lake, FOLLOWS, "target_id", "valid_from", "valid_to")
        for lake in lakes_of(tmp_path, spark, "google_plus/circles", lines)
    )

    assert together == one_by_one
    assert {target for target, _, until in together if until is None} == {"b", "c"}
