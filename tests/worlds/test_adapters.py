"""Generated lines through the networks' own adapters: all are taken, mean what the world says; planted ones fault."""

import json
from collections import Counter
from functools import reduce

import pytest
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from sway.contracts.actions import DELIVERED
from sway.networks.facebook import FACEBOOK
from sway.networks.google_plus import GOOGLE_PLUS
from sway.networks.linkedin import LINKEDIN
from sway.networks.network import BODY, Context
from sway.networks.open_format import EVENTS_FEED
from sway.networks.registry import REGISTRY
from sway.networks.twitter import TWITTER
from sway.networks.wikipedia import WIKIPEDIA
from sway.runtime.landing_writer import LandingWriter
from sway.worlds.generate import FEEDS, generate

NETWORKS = {network.name: network for network in (TWITTER, FACEBOOK, GOOGLE_PLUS, LINKEDIN, WIKIPEDIA, REGISTRY)}
DECLARED = {name: frozenset[str]() for name in NETWORKS if name != "registry"}
DECLARED["google_plus"] = frozenset({"plus_one"})  # what its events may tell, as a version's file says
BY_INGEST = {"too_late", "conflicting_record", "changed_record"}  # found by comparing rows, or with the configuration
ONE_SIDED = {"list_add"}  # acts the summary does not count


@pytest.fixture(scope="module")
def world(spark, tmp_path_factory):
    """Summary, ledger and records of a faulty world; acts and takes_back are NULL where a feed has none."""
    lake = tmp_path_factory.mktemp("worlds") / "lake"
    summary = generate(LandingWriter(lake), accounts=2_000, days=7, seed=3, faults=True)
    frames = []
    for name, feed in FEEDS:
        lines = spark.read.option("lineSep", "\n").text(f"{lake}/landing/{name}/{feed}/dt=*/*.gz")
        raw = lines.select(
            F.regexp_extract(F.input_file_name(), "dt=([0-9-]+)", 1).cast("date").alias("delivered_on"),
            F.input_file_name().alias("file"),
            F.col("value").alias("payload"),
        )
        records = NETWORKS[name].feeds.get(feed, EVENTS_FEED).to_records(raw, Context(NETWORKS[name], DECLARED))
        body = {column: F.lit(None) for column in ("acts", "takes_back")} | {
            column: F.col(column) for column in ("acts", "takes_back") if column in records.columns
        }
        about = ("delivered_on", "fault", "record_id")
        typed = (column.cast(BODY["acts"][key]).alias(key) for key, column in body.items())
        frames.append(records.select(F.lit(name).alias("network"), F.lit(feed).alias("feed"), *about, *typed))
    ledger = [json.loads(line) for line in (lake.with_name("lake.truth") / "faults.jsonl").read_text().splitlines()]
    return summary, ledger, reduce(DataFrame.unionByName, frames).collect()


def test_what_is_planted_is_refused_and_nothing_else(world):
    _, ledger, records = world
    expected = Counter()
    for entry in ledger:
        if entry["expected"] == "quarantined" and entry["feed"] != "events" and entry["rule"] not in BY_INGEST:
            expected[entry["network"], entry["feed"], entry["day"], entry["rule"]] += entry["count"]

    found = Counter(
        (row["network"], row["feed"], str(row["delivered_on"]), row["fault"]["rule"]) for row in records if row["fault"]
    )

    assert found == expected


def test_every_row_has_an_id_of_its_own(world):
    _, ledger, records = world
    twice = Counter((row["network"], row["feed"], row["record_id"]) for row in records if not row["fault"])
    planted = [entry["planted"] for entry in ledger if entry["expected"] == "duplicate"]
    refused = [entry for entry in ledger if entry["expected"] == "quarantined"]
    planted += [entry["planted"] for entry in refused if entry["rule"] in {"conflicting_record", "changed_record"}]

    assert sum(count > 1 for count in twice.values()) == len(planted) == 4


def test_adapters_read_the_acts_of_the_world(world):
    """One act of the world is one record with an act towards another, unless an activity takes the record back."""
    summary, ledger, records = world
    replaced = {
        (row["network"], row["takes_back"]["feed"], row["takes_back"]["record_id"])
        for row in records
        if row["takes_back"] and row["network"] == "google_plus"
    }
    found = Counter()
    for row in records:
        others = [act for act in row["acts"] or [] if act["actor_id"] != act["target_id"]]
        is_first = (row["network"], row["feed"], row["record_id"]) not in replaced
        if not row["fault"] and is_first and {act["action"] for act in others} - ONE_SIDED:
            found[row["network"]] += 1

    # Planted rows of Twitter act too: those at odd times, two contents of one id, and perhaps the row that comes twice.
    timed = sum(entry["feed"] == "statuses" for entry in ledger if entry["occurred_at"])
    assert found.pop("twitter") - summary.acts["twitter"] - timed in {2, 3}
    assert found == {name: count for name, count in summary.acts.items() if name != "twitter"}


def test_what_adapters_deliver_is_what_versions_are_held_to(world):
    _, _, records = world
    found = {(row["network"], act["action"]) for row in records if not row["fault"] for act in row["acts"] or []}

    assert {network for network, _ in found} == {"twitter", "facebook", "google_plus", "linkedin"}
    assert {(network, action) for network, action in found if action not in DELIVERED[network]} == set()
