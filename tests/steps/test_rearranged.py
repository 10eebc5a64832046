"""Any order of lines and files, any split into files, gzip or not: what all five networks deliver means the same."""

import gzip
from datetime import date

import pytest
from sway.contracts.tables.acts import ACCOUNTS, INTERACTIONS, POSTS, TOMBSTONES
from sway.contracts.tables.columns import FATES
from sway.contracts.tables.deliveries import FEED_DAYS, QUARANTINE
from sway.contracts.tables.identity import IDENTITY_ASSERTIONS, OPT_OUTS
from sway.contracts.tables.states import FOLLOWS, LABELS, PAGE_LINKS, PAGE_VIEWS, PROFILES
from sway.runtime.landing_writer import LandingWriter
from sway.worlds.generate import generate

from tests.landing import deliver, encoded, rearranged
from tests.steps.contrary import contrary
from tests.steps.lakes import bring_in, rows_of, run_on

LAST = date(2016, 1, 2)
TABLES = (
    INTERACTIONS,
    POSTS,
    TOMBSTONES,
    ACCOUNTS,
    PROFILES,
    FOLLOWS,
    PAGE_LINKS,
    PAGE_VIEWS,
    IDENTITY_ASSERTIONS,
    LABELS,
    OPT_OUTS,
    QUARANTINE,
    FEED_DAYS,
)
# How many files a day has, what they are called, and in which of them a row stood.
OF_FILES = {"file", "files", "manifest_hash", "run_id"}


def brought_in(lake, spark):
    """Rows of every table that feeds fill, but for who wrote them and in which files they came."""
    bring_in(run_on(lake, spark=spark, refused_share=1.0), until=str(LAST))
    columns = {contract: [name for name in contract.columns if name not in OF_FILES] for contract in TABLES}
    found = {contract.name: rows_of(lake, contract, *names) for contract, names in columns.items()}
    # A row that is refused twice for one reason stands there once a file.
    return found | {"quarantine": sorted(set(found["quarantine"]), key=repr)}


def put_beside(lake, feed, day, rows):
    """Deliver rows with those that a feed's day has."""
    there = lake / "landing" / feed / f"dt={day}" / "part-000.jsonl.gz"
    before = gzip.decompress(there.read_bytes()) if there.exists() else b""
    content = before + encoded("part-000.jsonl", rows)
    deliver(lake, feed, day, {there.name: gzip.compress(content)}, **{"part-000": content.count(b"\n")})


@pytest.fixture(scope="module")
def world(spark, tmp_path_factory):
    """Landing of two days of a tiny world, with rows that contradict each other, and what one ingest made of it."""
    lake = tmp_path_factory.mktemp("arranged") / "lake"
    generate(LandingWriter(lake), accounts=60, days=2, seed=11)
    for (feed, day), rows in contrary().items():
        put_beside(lake, feed, day, rows)
    return lake / "landing", brought_in(lake, spark)


def test_rows_that_contradict_each_other_come_to_every_fate(world):
    landing, _ = world
    lake = landing.parent
    rules = {rule for (rule,) in rows_of(lake, QUARANTINE, "rule")}
    assert rules == {"conflicting_record", "changed_record", "missing"}
    set_aside = {why for (why,) in rows_of(lake, INTERACTIONS, "set_aside")}
    assert set_aside == {None, "self_act", "absorbed", "changed_record"}
    of_acts = rows_of(lake, FEED_DAYS, *FATES, where={"network": "twitter", "feed": "statuses"})
    assert all(count for day in of_acts for count in day)


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (2, 3))])
def test_order_of_lines_and_files_their_number_and_gzip_change_no_row_of_any_table(world, spark, tmp_path, seed):
    landing, expected = world
    rearranged(landing, tmp_path / "lake", seed)

    found = brought_in(tmp_path / "lake", spark)

    assert all(expected.values())
    assert {name: rows == expected[name] for name, rows in found.items()} == dict.fromkeys(expected, True)
