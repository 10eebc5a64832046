"""Bad files of every kind: each ends in quarantine, refused, or as an error that says what to do."""

import gzip
import re
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sway.contracts.tables import DATA
from sway.contracts.tables.acts import ACCOUNTS, INTERACTIONS
from sway.contracts.tables.deliveries import FEED_DAYS, QUARANTINE
from sway.contracts.tables.states import PROFILES
from sway.errors import ConfigError, InputNotReady
from sway.runtime.run import Run
from sway.steps.readiness import look

from tests.landing import deliver
from tests.places import REPOSITORY
from tests.steps.bad_files import CASES, PLACES
from tests.steps.lakes import bring_in, rows_of, run_on
from tests.steps.spoiling import ROWS, acts, bomb, text


def carrying(run, *networks):
    """The same run, with networks that are carried forward."""
    loaded = run.config
    readiness = replace(loaded.environment.readiness, carry_forward=list(networks))
    environment = replace(loaded.environment, readiness=readiness)
    return Run(
        replace(loaded, environment=environment),
        run.landing.root.removesuffix("/landing"),
        name="tests",
        spark=run.spark if networks else None,
    )


@pytest.fixture(scope="module")
def dropped(tmp_path_factory):
    """A lake on which every case has landed."""
    lake = tmp_path_factory.mktemp("bad") / "files" / "lake"
    for name, case in CASES.items():
        day = PLACES[name]
        files = case.files(name, day) if callable(case.files) else case.files
        case.mend(deliver(lake, case.feed, day, files, a=case.announced))
    return lake


@pytest.fixture(scope="module")
def brought_in(spark, dropped):
    """What one night that carries all networks forward made of it: the state and reason of each case's day."""
    bring_in(carrying(run_on(dropped, spark=spark), "facebook", "twitter"))
    days = {
        (f"{network}/{feed}", day): (state, reason)
        for network, feed, day, state, reason in rows_of(
            dropped, FEED_DAYS, "network", "feed", "delivered_on", "state", "reason"
        )
    }
    return {name: days[case.feed, PLACES[name]] for name, case in CASES.items()}


def test_every_bad_file_makes_its_day_broken_and_says_why_and_where(brought_in):
    wrong = {}
    for name, case in CASES.items():
        state, reason = brought_in[name]
        wanted = (None, "ready") if case.refused is None else (case.refused, "broken")
        if name == "no manifest yet":
            wanted = (case.refused, "late")
        place = f"{case.feed}/dt={PLACES[name]}"
        if state != wanted[1] or (case.refused and not (re.search(case.refused, reason) and place in reason)):
            wrong[name] = (state, reason)
    assert wrong == {}


def test_every_bad_row_stands_in_quarantine_with_what_was_expected_and_no_other_does(dropped, brought_in):
    quarantine = rows_of(dropped, QUARANTINE, "network", "feed", "delivered_on", "rule", "reason")
    wrong = {}
    for name, case in CASES.items():
        found = [
            (rule, reason)
            for network, feed, day, rule, reason in quarantine
            if (f"{network}/{feed}", day) == (case.feed, PLACES[name])
        ]
        if name in {"pickle named JSON", "a file of NULs", "UTF-16"}:
            continue  # their rows are no rows
        expected = [(rule, pattern) for rule, patterns in sorted(case.rows.items()) for pattern in patterns]
        matched = len(found) == len(expected) and all(
            rule == wanted and re.search(pattern, reason)
            for (rule, reason), (wanted, pattern) in zip(sorted(found), expected, strict=True)
        )
        if not matched:
            wrong[name] = found[:5]
    assert wrong == {}


def test_nothing_of_a_broken_day_is_in_any_table_and_nothing_of_a_good_one_is_lost(dropped, brought_in):
    broken = {(case.feed, PLACES[name]) for name, case in CASES.items() if case.refused}
    for contract in DATA:
        if {"feed", "delivered_on"} <= set(contract.columns) and contract is not QUARANTINE:
            brought = {(f"{n}/{f}", day) for n, f, day in rows_of(dropped, contract, "network", "feed", "delivered_on")}
            assert not brought & broken, contract.name
    seen = {account for (account,) in rows_of(dropped, ACCOUNTS, "account_id")}
    for name, case in CASES.items():
        if case.feed.endswith("/events"):
            assert (f"of {name}" in seen) == (case.refused is None), name
    assert "of a thief" not in seen

    acts_of = Counter(
        (f"{network}/{feed}", day)
        for network, feed, day in rows_of(dropped, INTERACTIONS, "network", "feed", "delivered_on")
    )
    for name, case in CASES.items():
        if case.refused is None and case.feed.endswith("/events"):
            assert acts_of[case.feed, PLACES[name]] == case.announced - sum(map(len, case.rows.values())), name


def test_what_only_looks_odd_means_what_it_says(dropped, brought_in):
    day = {"delivered_on": PLACES["names that look alike"]}
    actors = {actor for (actor,) in rows_of(dropped, INTERACTIONS, "actor_id", where=day)}
    assert len(actors - {f"a{n}" for n in range(ROWS)}) == 5
    assert [account for (account,) in rows_of(dropped, ACCOUNTS, "account_id") if account == "12"] == ["12"]
    about = {objects for objects in rows_of(dropped, INTERACTIONS, "actor_id", "object_id") if objects[0] == "12"}
    assert about == {("12", "5")}
    loops = {"delivered_on": PLACES["self-loops"], "set_aside": "self_act"}
    assert rows_of(dropped, INTERACTIONS, "actor_id", where=loops) == [("of self-loops",)]

    then = {"delivered_on": PLACES["both sides of a clock change"], "actor_id": "a"}
    clocks = rows_of(dropped, INTERACTIONS, "event_id", "occurred_at", where=then)
    assert [f"{found:%H:%M:%S}" for _, found in clocks] == ["00:59:59", "02:30:00", "01:30:00", "01:00:00"]
    followers = dict(rows_of(dropped, PROFILES, "account_id", "followers"))
    assert (followers["1000"], followers["1001"], followers["1002"]) == (12, None, 1002)
    assert not set(followers) & {"2000", "2001", "2002"}
    assert "1000000" in {account for (account,) in rows_of(dropped, ACCOUNTS, "account_id")}
    assert not Path("unpickled").exists()


def test_a_night_that_waits_stops_before_it_starts_spark_and_names_every_file_at_once(dropped, brought_in):
    with pytest.raises(InputNotReady) as caught:
        bring_in(carrying(run_on(dropped)))

    assert caught.value.exit_code == 20
    for name in (
        "copied halfway",
        "half a manifest",
        "a file too many",
        "a whole path",
        "a pattern for a name",
        "a link",
    ):
        assert re.search(CASES[name].refused, str(caught.value)), name
        assert f"{CASES[name].feed}/dt={PLACES[name]}/" in str(caught.value)
    assert "deliver file and manifest again, and run again" in str(caught.value)


@pytest.mark.parametrize("linked", ["facebook", "facebook/events"])
def test_a_link_to_a_whole_feed_or_network_is_refused_like_one_to_a_day(tmp_path, linked):
    lake, elsewhere = tmp_path / "lake", tmp_path / "elsewhere"
    deliver(lake, "facebook/events", "2016-05-01", {"a.jsonl": []})
    (lake / "landing" / linked).rename(elsewhere)
    (lake / "landing" / linked).symlink_to(elsewhere, target_is_directory=True)

    (pending,) = look(run_on(lake), until=date(2016, 5, 1)).pending
    assert pending.days[0].faults == (
        f"_manifest.json: expected in a folder of its own, found {linked} to be a symbolic link",
    )


@pytest.mark.parametrize(
    ("folder", "sentence"),
    [
        ("face*/events/dt=2016-05-01", r"landing/face\*: unknown network; declare it under"),
        ("facebook/{events,likes}/dt=2016-05-01", "landing/facebook/{events,likes}: unknown feed; expected"),
    ],
)
def test_folders_that_name_no_feed_are_named_with_what_to_do(tmp_path, folder, sentence):
    (tmp_path / "lake/landing" / folder).mkdir(parents=True)

    with pytest.raises(ConfigError, match=sentence) as caught:
        look(run_on(tmp_path / "lake"), until=date(2016, 5, 1))
    assert caught.value.exit_code == 10


def test_a_folder_that_names_no_day_is_left_out_and_the_rest_comes_in(spark, tmp_path):
    lake = tmp_path / "lake"
    rows = acts("x", "2016-05-01")
    deliver(lake, "facebook/events", "2016-05-01", {"a.jsonl": text(rows)}, a=ROWS)
    for day in ("2016-05-*", "2015-02-29", "2016-5-4", "0217-05-04"):
        deliver(lake, "facebook/events", day, {"b.jsonl": text(rows)}, b=ROWS)
    bring_in(run_on(lake, spark=spark))
    deliver(lake, "facebook/events", "2016-05-02", {"c.jsonl": text(acts("y", "2016-05-02"))}, c=ROWS)
    bring_in(run_on(lake, spark=spark))  # with tables there

    days = rows_of(lake, FEED_DAYS, "delivered_on", "state", "accepted")
    assert days == [(date(2016, 5, 1), "ready", ROWS), (date(2016, 5, 2), "ready", ROWS)]


def test_a_night_whose_every_file_is_damaged_brings_in_nothing_and_goes_on(spark, tmp_path):
    lake = tmp_path / "lake"
    good = text(acts("x", "2016-05-01"))
    deliver(lake, "facebook/events", "2016-05-01", {"a.jsonl.gz": gzip.compress(good)[:-99]}, a=ROWS)
    deliver(lake, "facebook/events", "2016-05-02", {"b.jsonl.gz": good, "c.jsonl.gz": good}, b=ROWS, c=ROWS)
    bring_in(carrying(run_on(lake, spark=spark), "facebook"))

    assert [(state, "damaged" in reason) for state, reason in rows_of(lake, FEED_DAYS, "state", "reason")] == [
        ("broken", True),
        ("broken", True),
    ]
    assert rows_of(lake, ACCOUNTS) == rows_of(lake, INTERACTIONS) == []


LOSSY = re.compile(
    "ignoreCorruptFiles|ignoreMissingFiles|dropmalformed|badRecordsPath|ignoreDeletes|ignoreChanges|skipChangeCommits"
    "|linerecordreader",
    re.IGNORECASE,
)
# The reader of lines leaves longer ones out. Its file then has fewer rows than its manifest says, or more bytes than
# its rows, and is refused: the cases "gzip bomb" and "gzip bomb that nobody counted" of bad_files.py.
SAFE = {"lib/sway/runtime/landing_reader.py": ["linerecordreader"]}


def test_no_option_of_spark_that_loses_rows_is_set_anywhere(spark):
    ours = [
        path
        for folder in ("lib", "jobs", "conf", "scripts", "airflow_dags")
        for path in (REPOSITORY / folder).rglob("*")
    ]
    texts = {path: path.read_text("utf-8") for path in ours if path.suffix in {".py", ".toml", ".sql", ".sh", ".ipynb"}}
    assert len(texts) > 100

    found = {str(path.relative_to(REPOSITORY)): LOSSY.findall(text) for path, text in texts.items()}
    assert {path: options for path, options in found.items() if options} == SAFE
    for option in ("ignoreCorruptFiles", "ignoreMissingFiles"):
        assert spark.conf.get(f"spark.sql.files.{option}") == "false"
    assert [key for key, _ in spark.sparkContext.getConf().getAll() if LOSSY.search(key)] == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("megabytes", "sentence"),
    [
        (2_130, "announced with 200 rows, found 199 of at most 1,000,000 bytes each"),
        (2_600, r"damaged, cannot be read to its end \(Too many bytes before delimiter"),
    ],
)
def test_a_line_larger_than_the_memory_there_is_takes_none_of_it(spark, tmp_path, megabytes, sentence):
    lake = tmp_path / "lake"
    assert megabytes * 1_000_000 > spark._jvm.java.lang.Runtime.getRuntime().maxMemory()
    files = bomb(megabytes)("x", "2016-05-01")
    assert len(files["a.jsonl.gz"]) < megabytes * 2_000
    deliver(lake, "facebook/events", "2016-05-01", files, a=ROWS)

    with pytest.raises(InputNotReady, match=sentence):
        bring_in(run_on(lake, spark=spark))
