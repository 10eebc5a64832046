"""Planted faults: every kind, each in the ledger, few enough a file, and nothing else of the world touched."""

import gzip
import json
from collections import Counter
from datetime import UTC, datetime

import pytest
from sway.errors import ConfigError
from sway.runtime.landing_writer import LandingWriter
from sway.worlds.generate import generate

SIZE = {"accounts": 2_000, "days": 7, "seed": 9}


@pytest.fixture(scope="module")
def lakes(tmp_path_factory):
    """The landing folders of a world without and with faults, the ledger of the latter, and its summary."""
    folder = tmp_path_factory.mktemp("faults")
    generate(LandingWriter(folder / "good"), **SIZE)
    summary = generate(LandingWriter(folder / "bad"), **SIZE, faults=True)
    ledger = [json.loads(line) for line in (folder / "bad.truth/faults.jsonl").read_text().splitlines()]
    return folder / "good/landing", folder / "bad/landing", ledger, summary


def lines_of(path):
    return gzip.decompress(path.read_bytes()).removesuffix(b"\n").split(b"\n")


def test_files_differ_by_the_planted_rows_alone(lakes):
    good, bad, ledger, _ = lakes
    planted = Counter()
    for entry in ledger:
        if entry["feed"] != "events":
            planted[f"{entry['network']}/{entry['feed']}/dt={entry['day']}/{entry['file']}"] += entry["count"]
    for path in sorted(good.rglob("part-*")):
        place = str(path.relative_to(good))
        if place not in planted:
            assert path.read_bytes() == (bad / place).read_bytes()
            continue
        before, after = lines_of(path), lines_of(bad / place)
        assert not Counter(before) - Counter(after)
        assert len(after) == len(before) + planted[place]
        assert planted[place] < 0.01 * len(after)
        (entry,) = json.loads((bad / place).with_name("_manifest.json").read_text())["files"]
        assert (entry["rows"], entry["bytes"]) == (len(after), (bad / place).stat().st_size)


def test_each_bad_file_has_a_delivery_day_of_its_own(lakes):
    good, bad, ledger, summary = lakes
    first_load = ("twitter", "2016-01-01")
    of_first_load = [entry for entry in ledger if (entry["network"], entry["day"]) == first_load]
    rows = 200 + sum(entry["count"] for entry in of_first_load if entry["feed"] == "events")
    files = [(entry["network"], entry["day"]) for entry in ledger if entry["feed"] == "events"]
    files = [file for file in files if file != first_load]
    own = set(good.glob("*/events/dt=*"))
    assert len(set(files)) == len(files) == len(list(bad.glob("*/events/dt=*"))) - len(own) - 1 == 16
    assert not {network for network, _ in files} & {path.parents[1].name for path in own}
    assert sum(summary.rows[f"{network}/events"] for network in {network for network, _ in files}) == 16 * 200 + rows
    (long_line,) = [entry for entry in ledger if entry["rule"] == "line_too_long"]
    path = bad / long_line["network"] / "events" / f"dt={long_line['day']}" / long_line["file"]
    assert path.stat().st_size < 250_000


def test_acts_at_odd_times_come_in_a_first_load_few_enough_of_them_bad(lakes):
    _, bad, ledger, _ = lakes
    entries = [entry for entry in ledger if (entry["feed"], entry["day"]) == ("events", "2016-01-01")]
    folder = bad / "twitter/events/dt=2016-01-01"
    manifest = json.loads((folder / "_manifest.json").read_text())
    events = [json.loads(line) for line in lines_of(folder / "part-000.jsonl.gz")]

    assert (manifest["history"], manifest["files"][0]["rows"]) == (True, len(events))
    assert sum(entry["count"] for entry in entries if entry["expected"] == "quarantined") <= 0.01 * len(events)
    written = {event["event_id"]: event["occurred_at"] for event in events}
    for entry in entries:
        if entry["expected"] == "accepted":
            in_utc, told = (datetime.fromisoformat(at) for at in (entry["occurred_at"], written[entry["record_id"]]))
            assert in_utc == (told if told.tzinfo else told.replace(tzinfo=UTC))


def test_only_what_is_accepted_has_an_instant_at_which_it_must_stand(lakes):
    _, _, ledger, _ = lakes
    timed = [entry for entry in ledger if entry["occurred_at"]]
    assert {(entry["feed"], entry["expected"]) for entry in timed} == {("events", "accepted"), ("statuses", "accepted")}
    assert timed == [entry for entry in ledger if entry["record_id"]]
    assert len({entry["occurred_at"] for entry in timed}) == len(timed)


def test_the_ledger_names_every_expectation(lakes):
    _, _, ledger, _ = lakes
    assert {entry["expected"] for entry in ledger} == {"quarantined", "refused", "accepted", "set_aside", "duplicate"}
    told_apart = [entry for entry in ledger if entry["expected"] in {"quarantined", "refused", "set_aside"}]
    assert told_apart == [entry for entry in ledger if entry["rule"]]
    assert len({(entry["feed"], entry["planted"]) for entry in ledger}) == len(ledger)


def test_the_summary_says_where_the_ledger_is_and_what_needs_crowds(lakes):
    good, bad, _, summary = lakes
    again = generate(LandingWriter(bad.parent), **SIZE, faults=True)
    without = generate(LandingWriter(good.parent), **SIZE)

    said = f"; faults are listed in {bad.parent}.truth/faults.jsonl; for want of --crowds not planted: "
    said += "one account with a million reactions, ten thousand files of 1 kB"
    assert str(summary).startswith("written: ")
    assert str(again).startswith("already there: ")
    assert [str(one).endswith(said) for one in (summary, again)] == [True, True]
    assert str(without).endswith(" MB")


def test_a_world_too_small_for_faults_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(ConfigError, match="faults: expected at least 2000 accounts and 7 days, found 100 and 2"):
        generate(LandingWriter(tmp_path / "lake"), accounts=100, days=2, seed=1, faults=True)
    assert not list(tmp_path.iterdir())


def test_crowds_are_no_world_of_their_own(tmp_path):
    with pytest.raises(ConfigError, match="--crowds says more of --faults, which is missing"):
        generate(LandingWriter(tmp_path / "lake"), accounts=2_000, days=7, seed=1, crowds=True)

    assert not (tmp_path / "lake").exists()
