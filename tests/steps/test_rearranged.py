"""Any order of lines and files, any split into files, gzip or not: what all five networks deliver means the same."""

from datetime import date

import pytest
from sway.contracts.tables.acts import ACCOUNTS, INTERACTIONS, POSTS
from sway.contracts.tables.identity import IDENTITY_ASSERTIONS, OPT_OUTS
from sway.contracts.tables.states import FOLLOWS, LABELS, PAGE_LINKS, PAGE_VIEWS, PROFILES
from sway.runtime.landing_writer import LandingWriter
from sway.worlds.generate import generate

from tests.landing import deliver, event, rearranged
from tests.steps.lakes import bring_in, rows_of, run_on

LAST = date(2016, 1, 2)
TABLES = (
    INTERACTIONS,
    POSTS,
    ACCOUNTS,
    PROFILES,
    FOLLOWS,
    PAGE_LINKS,
    PAGE_VIEWS,
    IDENTITY_ASSERTIONS,
    LABELS,
    OPT_OUTS,
)


def brought_in(lake, spark):
    """Rows of every table that feeds fill, but for who wrote them."""
    bring_in(run_on(lake, spark=spark), until=str(LAST))
    return {contract.name: rows_of(lake, contract) for contract in TABLES}


@pytest.fixture(scope="module")
def world(spark, tmp_path_factory):
    """Landing of two days of a tiny world, and what one ingest made of it."""
    lake = tmp_path_factory.mktemp("arranged") / "lake"
    generate(LandingWriter(lake), accounts=60, days=2, seed=11)
    for day in (date(2016, 1, 1), LAST):  # what so small a world has none of
        acts = [event(f"{day}/{n}", f"a{n}", "mention", f"b{n % 3}", f"{day}T12:00:00Z") for n in range(9)]
        deliver(lake, "facebook/events", day, {"part-000.jsonl.gz": acts})
        about = {"network": "twitter", "author": "editors", "reason": "known", "valid_from": str(day)}
        labels = [{**about, "account_id": str(n), "label": label} for n in range(3) for label in ("seed", "spam")]
        deliver(lake, "registry/labels", day, {"part-000.jsonl.gz": labels})
    return lake / "landing", brought_in(lake, spark)


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (2, 3))])
def test_order_of_lines_and_files_their_number_and_gzip_change_no_row_of_any_table(world, spark, tmp_path, seed):
    landing, expected = world
    rearranged(landing, tmp_path / "lake", seed)

    found = brought_in(tmp_path / "lake", spark)

    assert all(expected.values())
    assert {name: rows == expected[name] for name, rows in found.items()} == dict.fromkeys(expected, True)
