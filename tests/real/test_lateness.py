"""How much of a day's reactions a run sees on the day itself and on the three days after, and what re-opening adds.

Two delays come together. Reactions come after the post they are about: klout-when-to-post-sample tells by how much, and
counts them by the day of the post. And acts are delivered after they occurred: the generator says how many and how
late, and sway counts them by their own day, so only this delay changes a date once it was scored.

    pytest -s -m real tests/real/test_lateness.py   prints the figures
"""

import gzip
import re
import shutil
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
from sway.runtime.landing_writer import LandingWriter
from sway.runtime.run import Run
from sway.steps.ingest import ingest
from sway.steps.readiness import look
from sway.worlds.generate import generate
from sway.worlds.parameters import LATE_ONE_IN, LATEST_DAYS

from tests.landing import deliver
from tests.real import pipeline
from tests.real.raw_data import DATA

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(1200)]

ACCOUNTS, DAYS, START = 2_000, 14, date(2016, 1, 1)
SAMPLES = {"twitter": ("tw", "retweet"), "facebook": ("fb", "comment")}
RUN_DAYS = range(LATEST_DAYS + 1)  # days after the day that is scored
DAY = timedelta(days=1)

# The time of a row of any of the generator's feeds of acts: what stands first under one of these names.
TIME = re.compile(r'"(?:created_at|created_time|published|polled_at|occurred_at|created":\{"time)":(?:"([^"]+)"|(\d+))')
ACT_FEEDS = {
    "twitter": ("statuses", "favourites"),
    "facebook": ("posts", "comments", "reactions", "shares"),
    "google_plus": ("activities", "comments", "plusoners", "resharers", "events"),
    "linkedin": ("shares", "comments", "likes"),
}


@pytest.fixture(scope="module")
def lake(spark, new_home, klout, tmp_path_factory):
    """The acts of a generated world, and Klout's reactions each delivered on its own day, in one ingest."""
    folder = tmp_path_factory.mktemp("lateness")
    lake = folder / "lake"
    generate(LandingWriter(lake), accounts=ACCOUNTS, days=DAYS, seed=2016, start=START)
    for feed in (lake / "landing").glob("*/*"):
        if feed.name not in (*ACT_FEEDS.get(feed.parent.name, ()), "deletions"):
            shutil.rmtree(feed)
    for network, reactions in klout.items():
        for day, rows in reactions.groupby(reactions["reacted_at"].dt.date):
            deliver(
                lake, f"{network}/events", day, {"sample.jsonl": [event(network, row) for row in rows.itertuples()]}
            )
    run = Run(new_home(folder / "home"), str(lake), name="tests", spark=spark)
    ingest(run, look(run, until=START + (DAYS - 1) * DAY))
    return lake


@pytest.fixture(scope="module")
def klout(data_set):
    """The sample of each network: author, actor, post (ids as text), posted_at and reacted_at (UTC)."""
    data_set("klout-when-to-post-sample")
    names = ["author", "actor", "post", "posted", "reacted", "zone"]
    return {
        network: pd.read_csv(
            DATA / "klout-when-to-post-sample" / f"user_timestamp_open_set_{short}.tsv.gz",
            sep="\t",
            header=0,
            names=names,
            dtype=dict.fromkeys(names[:3], object),
        ).assign(
            posted_at=lambda rows: pd.to_datetime(rows["posted"], unit="ms", utc=True),
            reacted_at=lambda rows: pd.to_datetime(rows["reacted"], unit="ms", utc=True),
        )
        for network, (short, _) in SAMPLES.items()
    }


def event(network, row):
    return {
        "event_id": f"{row.actor}/{row.post}/{row.reacted}",
        "actor_id": row.actor,
        "target_id": row.author,
        "action": SAMPLES[network][1],
        "occurred_at": row.reacted_at.isoformat(),
        "object_id": row.post,
    }


# --- Klout's sample: reactions against the day of their post


@pytest.mark.parametrize("network", SAMPLES)
def test_klouts_reactions_to_a_days_posts_are_there_at_the_latest_a_day_later(lake, klout, network, capsys):
    """All posts are of the last 80 seconds of 2014-10-14 UTC, the worst time of a day, all reactions within 24 hours.

    Were posts made evenly over the day, the part of 24 hours that a reaction needs would be the part that comes after
    midnight.
    """
    sample = klout[network]
    posted = dict(zip(sample["post"], sample["posted_at"].dt.date, strict=True))
    found = pipeline.table(lake, "interactions").query("network == @network and feed == 'events'")

    days_after = (pd.to_datetime(found["event_date"]) - pd.to_datetime(found["object_id"].map(posted))).dt.days
    shares = [float((days_after <= day).mean()) for day in RUN_DAYS]

    delays = sample["reacted_at"] - sample["posted_at"]
    evenly = 1.0 - float((delays / DAY).mean())
    on_the_day = (sample["reacted_at"].dt.date == sample["posted_at"].dt.date).mean()
    assert len(found) == 1_000
    assert delays.max() < DAY
    assert shares == [pytest.approx(on_the_day), 1.0, 1.0, 1.0]
    assert evenly == pytest.approx({"twitter": 0.8446, "facebook": 0.8264}[network], abs=1e-4)
    with capsys.disabled():
        print(f"\n  klout, {network}: {told(shares)} of the reactions to the day's posts")
        print(f"  were its posts spread evenly over the day: day +0 {evenly:.4f}")


def test_what_was_delivered_on_its_own_day_is_not_late(lake):
    days = pipeline.table(lake, "feed_days").query("feed == 'events' and network in @SAMPLES")

    assert (days["rows_read"].sum(), days["accepted"].sum(), days["late"].sum()) == (2_000, 2_000, 0)


# --- the generator's world: acts against the day they were delivered


def rows_by_lateness(lake):
    """Rows of the generator's feeds of acts, by network, feed and days from the act to its delivery."""
    rows = Counter()
    for network, feeds in ACT_FEEDS.items():
        for feed in feeds:
            for file in sorted((lake / "landing" / network / feed).glob("dt=*/*.gz")):
                delivered = date.fromisoformat(file.parent.name.removeprefix("dt="))
                with gzip.open(file, "rt", encoding="utf-8") as lines:
                    rows.update((network, feed, (delivered - day_of(line)).days) for line in lines if brings(line))
    return rows


def brings(line):
    """Whether a row brings an act; those that take one back are of no day."""
    return TIME.search(line) and '"verb":"remove"' not in line


def day_of(line):
    text, number = TIME.search(line).groups()
    if number:
        return datetime.fromtimestamp(int(number) / (1000 if len(number) > 11 else 1), UTC).date()
    if text[0].isdigit():
        return date.fromisoformat(text[:10])
    return datetime.strptime(text, "%a %b %d %H:%M:%S %z %Y").date()


def test_the_generators_acts_arrive_within_three_days_and_the_run_records_how_late(lake):
    rows = rows_by_lateness(lake)
    days = pipeline.table(lake, "feed_days")
    (counts,) = pipeline.table(lake, "runs", ["step", "counts"]).query("step == 'ingest'")["counts"]

    of_feeds, of_ages = Counter(), Counter()
    for (network, feed, age), count in rows.items():
        if age:
            of_feeds[network, feed] += count
            of_ages[f"late_days.{age}"] += count
    assert set(of_ages) == {"late_days.1", "late_days.2", "late_days.3"}
    assert {name: count for name, count in dict(counts).items() if name.startswith("late_days.")} == of_ages
    late = days.groupby(["network", "feed"])["late"].sum()
    assert late[late > 0].to_dict() == of_feeds
    assert days["quarantined"].sum() == 0  # none is too late


def test_reopening_three_days_adds_what_the_generator_delivers_late(lake, capsys):
    """A run on the day itself sees all but one in 251 of a day's acts, the last re-opening all of them."""
    acts = pipeline.table(lake, "interactions").query(
        "not (feed == 'events' and network in @SAMPLES) and set_aside.isna()"
    )
    acts = acts[acts["event_date"] < START + (DAYS - LATEST_DAYS) * DAY]  # days that had the time for the last to come
    age = (pd.to_datetime(acts["delivered_on"]) - pd.to_datetime(acts["event_date"])).dt.days

    late = 1 / LATE_ONE_IN
    for network in [*ACT_FEEDS, "all"]:
        of_network = age if network == "all" else age[acts["network"] == network]
        shares = [float((of_network <= day).mean()) for day in RUN_DAYS]
        four_deviations = 4 * (late * (1 - late) / len(of_network)) ** 0.5
        assert shares[0] == pytest.approx(1 - late, abs=four_deviations)
        assert shares == sorted(shares)
        assert shares[-1] == 1.0
        with capsys.disabled():
            print(f"\n  generated, {network}: {told(shares)} of {len(of_network):,} acts", end="")
            print(f"; re-opening three days adds {shares[-1] - shares[0]:.4f}", end="")


def told(shares):
    return ", ".join(f"day +{day} {share:.4f}" for day, share in enumerate(shares))
