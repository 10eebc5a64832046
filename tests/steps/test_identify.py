"""Which date the identity tables speak for, and what is known of an earlier one."""

from datetime import date

import pyarrow as pa
from sway.contracts.tables.identity import ENTITIES, ENTITY_LINKS, IDENTITY_ASSERTIONS, IDENTITY_ISSUES, OPT_OUTS
from sway.contracts.tables.states import PROFILES
from sway.runtime import logs
from sway.runtime.run import StepRecord
from sway.steps.doctor import diagnose
from sway.steps.identify import identify, identity_as_of, is_identified, newest_asked, to_hidden, to_hidden_entities

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


def test_a_night_that_ingests_nothing_works_identity_out_without_spark(tmp_path):
    run, record = run_on(tmp_path / "lake"), StepRecord(logs.get())  # without Spark: that would be an error
    names = {"network": "twitter", "other_network": "facebook", "other_account": "11", "relation": "same_as"}
    says = {"author": "us", "confirmed": True, "valid_from": EARLY, "delivered_on": EARLY}
    claims = [{**names, **says, "account": account} for account in ("1", "@nobody")]
    asked = {"kind": "suppress", "since": EARLY, "author": "desk", "delivered_on": EARLY}
    opted_out = [{**asked, "network": "twitter", "account": account} for account in ("@gone", "7")]
    run.lake.merge_arrow(IDENTITY_ASSERTIONS, pa.Table.from_pylist(claims, IDENTITY_ASSERTIONS.arrow), when="true")
    run.lake.merge_arrow(OPT_OUTS, pa.Table.from_pylist(opted_out, OPT_OUTS.arrow), when="true")

    for on in (EARLY, LATE):  # the second in the place of the first
        identify(run, on)

    (entity,) = rows_of(tmp_path / "lake", ENTITIES, "entity_id", "confirmed")
    links = rows_of(tmp_path / "lake", ENTITY_LINKS, "entity_id", "network", "account_id", "share")
    assert links == [(entity[0], "facebook", "11", 1.0), (entity[0], "twitter", "1", 1.0)]
    assert rows_of(tmp_path / "lake", IDENTITY_ISSUES, "rule", "account") == [
        ("opt_out_unlinked", "@gone"),
        ("unlinked", "@nobody"),
    ]
    assert len(identity_as_of(run, record, LATE)[1]) == 2
    assert to_hidden(run, record, LATE).to_pylist() == [{"network": "twitter", "account_id": "7"}]
    assert to_hidden_entities(run, record, LATE).to_pylist() == []
    assert record.input_versions == {
        contract.name: run.lake.version(contract) for contract in (ENTITIES, ENTITY_LINKS, OPT_OUTS)
    }


def test_a_wish_by_handle_that_hides_nobody_is_named_and_wrong_where_known_accounts_have_the_handle(tmp_path):
    run = run_on(tmp_path / "lake")
    asked = {"network": "twitter", "kind": "suppress", "since": EARLY, "author": "desk", "delivered_on": EARLY}
    wishes = [{**asked, "account": account} for account in ("@gone", "@both")]
    run.lake.merge_arrow(OPT_OUTS, pa.Table.from_pylist(wishes, OPT_OUTS.arrow), when="true")
    both = [{"network": "twitter", "account_id": who, "handle": "Both", "valid_from": EARLY} for who in ("1", "2")]
    run.lake.replace_table(PROFILES, pa.Table.from_pylist(both, PROFILES.arrow))

    def told(on):
        deliver(tmp_path / "lake", "twitter/users", on, {"a.jsonl": []})
        identify(run, on)
        return [(one.topic, one.what, one.is_wrong) for one in diagnose(run, on).findings if "opt_out" in one.what]

    gone = "opt_out_unlinked: 1, such as @gone: no profile of twitter has this handle on 2016-05-01 or later"
    held_twice = "opt_out_held_twice: 1, such as @both: asked on 2016-05-01, held by the accounts 1, 2"
    assert told(EARLY) == [
        ("opt_outs", f"twitter: identity, {held_twice}", True),
        ("identity", f"twitter: identity, {gone}", False),
    ]
    by_id = pa.Table.from_pylist([{**asked, "account": "2"}], OPT_OUTS.arrow)
    run.lake.merge_arrow(OPT_OUTS, by_id, when="true")
    assert told(LATE) == [("identity", f"twitter: identity, {gone}", False)]


def test_tables_that_a_killed_run_has_half_replaced_speak_for_no_date(tmp_path):
    run = run_on(tmp_path / "lake")
    alone = {"network": "twitter", "account": "1", "relation": "same_as", "author": "us", "confirmed": True}
    claims = [{**alone, "valid_from": EARLY, "delivered_on": EARLY}]
    run.lake.merge_arrow(IDENTITY_ASSERTIONS, pa.Table.from_pylist(claims, IDENTITY_ASSERTIONS.arrow), when="true")
    identify(run, EARLY)
    assert is_identified(run, EARLY)

    run.lake.replace_table(ENTITIES, ENTITIES.arrow.empty_table())  # as of LATE, and then it was killed

    assert not is_identified(run, EARLY)
    _, links = identity_as_of(run, StepRecord(logs.get()), EARLY)
    assert links["account_id"].to_pylist() == ["1"]
    identify(run, EARLY)
    assert len(rows_of(tmp_path / "lake", ENTITIES)) == 1


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

    earlier, now = (identity_as_of(run, record, on)[1].to_pylist() for on in (EARLY, LATE))

    assert sorted((tuple(row[name] for name in ENTITY_LINKS.columns) for row in earlier), key=repr) == before
    assert len({row["entity_id"] for row in earlier}) == 2
    (entity,) = {row["entity_id"] for row in now}
    assert {(row["network"], row["account_id"]) for row in now} == {("twitter", "1"), ("facebook", "11")}
    merged = {old: into for old, into in rows_of(lake, ENTITIES, "entity_id", "merged_into") if into is not None}
    assert set(merged.values()) == {entity}
    read = (IDENTITY_ASSERTIONS, ENTITIES, ENTITY_LINKS)
    assert record.input_versions == {contract.name: run.lake.version(contract) for contract in read}
