"""A version's constants are frozen only where a network's feeds are good until the date."""

import shutil
from datetime import timedelta

import pytest
from sway.contracts.tables.deliveries import FEED_DAYS
from sway.contracts.tables.scores import CALIBRATIONS
from sway.errors import ConfigError, InputNotReady
from sway.steps.calibrate import calibrate

from tests.conftest import SCORED, VERSION

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
    what = f"its feeds are good until {until} only: deliver what is missing (`sway doctor`), or take that date"
    assert f"nothing was frozen\n  facebook: {what}\n  twitter: {what}" in str(caught.value)
    assert not run.lake.rows(CALIBRATIONS)


def test_another_date_adds_no_network_that_is_not_good_until_then(run):
    mark(run, "facebook", "broken")
    calibrate(run, VERSION, SCORED)
    mark(run, "facebook", "ready")

    with pytest.raises(ConfigError, match=rf"for twitter: its scale stays as it is.*\n  facebook: .* until {SCORED}"):
        calibrate(run, VERSION, SCORED + timedelta(days=1))
