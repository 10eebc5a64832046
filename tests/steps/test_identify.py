"""Which date the identity tables speak for, and what is known of an earlier one."""

from datetime import date

from sway.contracts.tables.identity import ENTITIES, ENTITY_LINKS, IDENTITY_ASSERTIONS
from sway.runtime import logs
from sway.runtime.run import StepRecord
from sway.steps.identify import identify, is_identified, newest_asked, to_links

from tests.landing import deliver
from tests.steps.lakes import bring_in, rows_of, run_on

EARLY, LATE = date(2016, 5, 1), date(2016, 5, 3)


def test_the_tables_never_go_back_to_an_earlier_date(tmp_path):
    run = run_on(tmp_path / "lake")  # without Spark: that would be an error
    assert is_identified(run, LATE), "nothing was ever asserted"
    run.lake.ensure(IDENTITY_ASSERTIONS)
    assert not is_identified(run, EARLY)
    assert newest_asked(run, EARLY) == EARLY

    with run.step("identify", on=LATE) as record:
        record.input_versions = {IDENTITY_ASSERTIONS.name: run.lake.version(IDENTITY_ASSERTIONS)}

    assert is_identified(run, EARLY)
    assert is_identified(run, LATE)
    assert not is_identified(run, date(2016, 5, 4))
    assert newest_asked(run, EARLY) == LATE


def claim(account, other, since):
    """What a list says: two accounts are one entity, or one is an entity of its own."""
    about = {"relation": "same_as", "author": "us", "confirmed": True, "valid_from": str(since)}
    network, account = account.split(":")
    named = dict(zip(("other_network", "other_account"), other.split(":"), strict=True)) if other else {}
    return {"network": network, "account": account, **named, **about}


def test_links_as_of_an_earlier_date_are_those_it_had_and_newer_ones_name_who_stands(spark, tmp_path):
    lake = tmp_path / "lake"
    alone = [claim("twitter:1", None, EARLY), claim("facebook:11", None, EARLY)]
    deliver(lake, "registry/identity", EARLY, {"a.jsonl": alone})
    deliver(lake, "registry/identity", LATE, {"a.jsonl": [claim("twitter:1", "facebook:11", LATE)]})
    run, record = run_on(lake, spark=spark), StepRecord(logs.get())
    bring_in(run, until=str(EARLY))
    identify(run, EARLY)
    before = rows_of(lake, ENTITY_LINKS)
    bring_in(run, until=str(LATE))
    identify(run, LATE)

    earlier, now = (to_links(run, record, on)[1].to_pylist() for on in (EARLY, LATE))

    assert sorted((tuple(row[name] for name in ENTITY_LINKS.columns) for row in earlier), key=repr) == before
    assert len({row["entity_id"] for row in earlier}) == 2
    (entity,) = {row["entity_id"] for row in now}
    assert {(row["network"], row["account_id"]) for row in now} == {("twitter", "1"), ("facebook", "11")}
    merged = {old: into for old, into in rows_of(lake, ENTITIES, "entity_id", "merged_into") if into is not None}
    assert set(merged.values()) == {entity}
    assert record.input_versions == {"identity_assertions": run.lake.version(IDENTITY_ASSERTIONS)}
