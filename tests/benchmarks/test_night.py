"""What a night costs, part by part: `make bench`, 2,000 accounts over 14 days (SIZE=l: 20,000).

Whether the result is right is checked after the clock has stopped. Times on a shared machine are noisy: repeat, take
medians.
"""

from datetime import date, timedelta

import pytest
from sway.contracts.tables.deliveries import FEED_DAYS
from sway.contracts.tables.record import RUNS
from sway.runtime.lake import Lake
from sway.runtime.landing_writer import LandingWriter
from sway.worlds.generate import generate

from tests.benchmarks.measuring import about, of_size, report, sway

pytestmark = [pytest.mark.slow, pytest.mark.timeout(0)]

ACCOUNTS = of_size(200, 2_000, 20_000)
DAYS, START = 14, date(2016, 1, 1)
LAST = START + timedelta(days=DAYS - 1)


def test_what_a_night_costs(tmp_path):
    lake = tmp_path / "lake"
    summary = generate(LandingWriter(lake), accounts=ACCOUNTS, days=DAYS, seed=7, start=START)
    facts = about(accounts=ACCOUNTS, rows=sum(summary.rows.values()))

    calibrate = sway("calibrate", "--version", "sway-1.0", "--date", LAST, "--lake", lake)
    night = sway("night", "--date", LAST, "--lake", lake)

    control = Lake(str(lake))
    assert sum(row["rows_read"] for row in control.rows(FEED_DAYS)) == facts["rows"]
    steps = sorted(control.rows(RUNS), key=lambda row: row["started_at"])
    lines = [
        {
            "part": "ingest, roll-up, calibrate",
            "seconds": calibrate.seconds,
            "cpu seconds": calibrate.cpu_seconds,
            "peak GB": calibrate.peak_bytes / 1e9,
        },
        {
            "part": "night: score, publish",
            "seconds": night.seconds,
            "cpu seconds": night.cpu_seconds,
            "peak GB": night.peak_bytes / 1e9,
        },
        *(
            {
                "part": f"  {row['step']} {row['network'] or ''}".rstrip(),
                "seconds": (row["ended_at"] - row["started_at"]).total_seconds(),
            }
            for row in steps
        ),
    ]
    report("night", facts, lines)
