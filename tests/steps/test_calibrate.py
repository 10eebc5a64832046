"""A version's constants are frozen only where a network's feeds are good until the date."""

import re
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from sway.contracts.calibration import Calibration
from sway.contracts.tables.acts import ACCOUNTS, PAIR_DAYS
from sway.contracts.tables.deliveries import FEED_DAYS
from sway.contracts.tables.record import RUNS
from sway.contracts.tables.scores import ACCOUNT_SCORES, CALIBRATIONS
from sway.contracts.tables.states import PAGE_LINKS
from sway.errors import ConfigError, InputNotReady
from sway.runtime import config
from sway.runtime.run import Run
from sway.steps.calibrate import Measured, calibrate, with_shifts
from sway.steps.score import score

from tests.conftest import SCORED, VERSION
from tests.steps.lakes import run_on

FEEDS = {"facebook": "posts", "twitter": "statuses"}


@pytest.fixture
def run(scored, tmp_path, new_run):
    """A run on a lake that is read up to SCORED and not calibrated yet."""
    shutil.copytree(scored, tmp_path / "lake")
    shutil.rmtree(tmp_path / "lake" / "tables" / "calibrations")
    return new_run(tmp_path / "lake")


def mark(run, network, state):
    """Say of the network's feed that its day SCORED is in this state."""
    (row,) = run.lake.rows(FEED_DAYS, network=network, feed=FEEDS[network], delivered_on=SCORED)
    run.lake.put(FEED_DAYS, [row | {"state": state}])


def frozen_networks(run):
    return {row["network"] for row in run.lake.rows(CALIBRATIONS)}


def test_a_network_that_is_not_good_until_the_date_is_frozen_once_it_is(run):
    mark(run, "facebook", "broken")
    calibrate(run, VERSION, SCORED)
    assert frozen_networks(run) == {"twitter"}

    calibrate(run, VERSION, SCORED)  # says so again, and that Twitter stays as it is
    assert frozen_networks(run) == {"twitter"}

    mark(run, "facebook", "ready")
    calibrate(run, VERSION, SCORED)
    assert frozen_networks(run) == {"twitter", "facebook"}


def test_where_no_network_is_good_nothing_is_frozen_and_each_says_what_to_do(run):
    mark(run, "facebook", "late")
    mark(run, "twitter", "absent")

    with pytest.raises(InputNotReady) as caught:
        calibrate(run, VERSION, SCORED)

    assert caught.value.exit_code == 20
    until = SCORED - timedelta(days=1)
    missing = f"deliver what is missing (`sway doctor --date {SCORED} --lake {run.lake.root}`)"
    what = f"its feeds are good until {until} only: {missing}, or take that date"
    assert f"nothing was frozen\n  facebook: {what}\n  twitter: {what}" in str(caught.value)
    assert not run.lake.rows(CALIBRATIONS)


def test_another_date_adds_no_network_that_is_not_good_until_then(run):
    mark(run, "facebook", "broken")
    calibrate(run, VERSION, SCORED)
    mark(run, "facebook", "ready")

    with pytest.raises(ConfigError, match=rf"for twitter: its scale stays as it is.*\n  facebook: .* until {SCORED}"):
        calibrate(run, VERSION, SCORED + timedelta(days=1))


def said_of(run):
    return "; ".join(row["message"] or "" for row in run.lake.rows(RUNS, step="calibrate", state="done"))


def shift_of_facebook(run, *, is_all_there):
    """Frozen after Twitter, whose day SCORED is broken by then; its acts of that day are all in the tables, or none."""
    mark(run, "facebook", "broken")
    calibrate(run, VERSION, SCORED)
    mark(run, "facebook", "ready")
    mark(run, "twitter", "broken")
    if not is_all_there:
        run.lake.remove(PAIR_DAYS, where=f"network = 'twitter' AND event_date = '{SCORED}'")
    calibrate(run, VERSION, SCORED)
    (row,) = run.lake.rows(CALIBRATIONS, network="facebook")
    return row["shift"]


def test_a_later_network_is_fitted_to_frozen_ones_as_of_the_last_day_they_are_good(run, tmp_path, new_run):
    shutil.copytree(run.lake.root, tmp_path / "other")
    shift = shift_of_facebook(run, is_all_there=False)

    assert shift != 0.0
    assert shift == shift_of_facebook(new_run(tmp_path / "other"), is_all_there=True)
    what = f"twitter: shifts are fitted to it as of its last good date, {SCORED - timedelta(days=1)}"
    assert what in said_of(run)


def test_no_shift_is_fitted_to_a_frozen_network_without_a_good_day(run):
    mark(run, "facebook", "broken")
    calibrate(run, VERSION, SCORED)
    mark(run, "facebook", "ready")
    days = run.lake.rows(FEED_DAYS, network="twitter", feed=FEEDS["twitter"])
    run.lake.put(FEED_DAYS, [row | {"state": "broken"} for row in days])

    calibrate(run, VERSION, SCORED)

    (row,) = run.lake.rows(CALIBRATIONS, network="facebook")
    assert (row["shift"], row["links"]) == (0.0, 0)
    assert f"twitter: no shift is fitted to it: none of its days is good by {SCORED}" in said_of(run)


BEFORE = date(2015, 6, 1)


def test_on_a_date_before_any_data_nothing_is_frozen_and_the_sentence_says_why(run):
    with pytest.raises(InputNotReady) as caught:
        calibrate(run, VERSION, BEFORE)

    assert caught.value.exit_code == 20
    assert (
        str(caught.value) == f"{VERSION} on {BEFORE}: nothing was frozen\n  no network has acts on or before that date"
    )
    assert not run.lake.rows(CALIBRATIONS)


def test_pages_whose_links_begin_later_are_no_data_either(tmp_path):
    run = run_on(tmp_path / "lake")
    add_accounts(run, "wikipedia", 12)
    links = [(f"{n:02}", f"{(n * n) % 12:02}") for n in range(12) if n * n % 12 != n]
    about = {"network": "wikipedia", "action": "page_link", "valid_from": SCORED, "feed": "page_links"}
    rows = [{**about, "actor_id": page, "target_id": target, "delivered_on": SCORED} for page, target in links]
    run.lake.add(PAGE_LINKS, rows)

    with pytest.raises(InputNotReady, match=r"nothing was frozen\n  wikipedia: fewer than 100 accounts with reach"):
        calibrate(run, VERSION, BEFORE)


def add_accounts(run, network, count):
    first = datetime(2015, 1, 1, tzinfo=UTC)
    keys = range(count)
    run.lake.add(
        ACCOUNTS,
        [{"network": network, "account_id": f"{n:02}", "account_key": n, "salt": 0, "first_seen": first} for n in keys],
    )


def add_acts(run, network, action, pairs):
    about = {"network": network, "event_date": SCORED, "action": action, "count": 1}
    last = datetime(2016, 1, 4, tzinfo=UTC)
    run.lake.add(PAIR_DAYS, [{**about, "actor_key": j, "target_key": i, "last_at": last} for j, i in pairs])


def small_world(folder, *, with_twitter):
    """Twelve people in a ring on LinkedIn, where all are alike; on Twitter some are reacted to more than others."""
    loaded = run_on(folder / "lake").config
    method = loaded.method(VERSION)
    few = replace(method, scale=replace(method.scale, fewest_accounts=10))
    run = Run(replace(loaded, methods={VERSION: few}), str(folder / "lake"), name="tests")
    add_accounts(run, "linkedin", 12)
    add_acts(run, "linkedin", "like", [(n, (n + 1) % 12) for n in range(12)])
    if with_twitter:
        add_accounts(run, "twitter", 12)
        add_acts(run, "twitter", "retweet", [(j, i) for i in range(12) for j in range(12) if j != i and j >= i - 2])
    return run


ALIKE = r"expected the raw score at percentile 95 above the median, found (.*) and \1 over 12 accounts with reach"


def test_a_network_whose_accounts_are_all_alike_is_left_out_and_the_others_are_scored(tmp_path):
    run = small_world(tmp_path, with_twitter=True)

    calibrate(run, VERSION, SCORED)
    assert frozen_networks(run) == {"twitter"}
    (said,) = [row["message"] for row in run.lake.rows(RUNS, step="calibrate", state="done")]
    executors = "linkedin by local, as the environment says; twitter by local, as the environment says"
    assert re.fullmatch(rf"linkedin: not calibrated: {ALIKE}; take a date with more acts; {executors}", said)

    score(run, VERSION, SCORED)
    rows = run.lake.rows(ACCOUNT_SCORES)
    assert {row["network"] for row in rows if row["score"] is not None} == {"twitter"}
    assert [row["influence"] > 1 for row in rows if row["network"] == "linkedin"] == [True] * 12


def test_where_that_is_the_only_network_nothing_is_frozen(tmp_path):
    with pytest.raises(InputNotReady, match=rf"nothing was frozen\n  linkedin: {ALIKE}"):
        calibrate(small_world(tmp_path, with_twitter=False), VERSION, SCORED)


def test_the_network_that_most_accounts_with_reach_are_on_holds_its_scale_however_few_it_was_taken_over():
    people = np.arange(1000)
    taken = Calibration(accounts=900, z50=0.0, z95=1.0, m0=0.0, has_profiles=True, has_posts=True)
    pages = Measured("wikipedia", replace(taken, accounts=120), (people, np.full(1000, 30.0)), counted=5_000)
    acts = Measured("twitter", taken, (people, np.full(1000, 20.0)), counted=900)

    found = with_shifts([acts, pages], config.load().method("sway-1.0"))

    assert [one.calibration.shift for one in found] == [5.0, 0.0]
