"""Whole nights on a tiny generated lake: what a data engineer runs, and what must not change the result."""

import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from sway import cli
from sway.contracts.tables import TABLES
from sway.contracts.tables.deliveries import FEED_DAYS
from sway.contracts.tables.record import PROMOTIONS, PUBLISHED, RUNS
from sway.contracts.tables.scores import ACCOUNT_SCORES, CALIBRATIONS
from sway.engine.work import BLOCKS, HELD
from sway.errors import AuditFailed, ConfigError, InputNotReady
from sway.runtime import config
from sway.runtime.run import Run
from sway.runtime.views import in_duckdb
from sway.steps import night as nights
from sway.steps.ingest import ingest
from sway.steps.night import backfill, calibrate_version, night, plan
from sway.steps.readiness import look

from tests.conftest import SCORED, VERSION
from tests.landing import rearranged
from tests.places import ENVIRONMENT
from tests.steps.lakes import calibrate_by_hand

LAST = SCORED
# What `sway calibrate`, `sway night` and, with the slow twin of the engine, `sway backfill` do, in one process.
CALIBRATE_AND_SCORE = """
import sys
from datetime import date
from sway.runtime import config
from sway.runtime.run import Run
from sway.steps.night import backfill, calibrate_version, night, plan

lake, engine, twin, version, on = sys.argv[1:]
on = date.fromisoformat(on)
run = Run(config.load(engine), lake, name="another process")
calibrate_version(run, version, on)
night(run, plan(run, on, None))
backfill(Run(config.load(twin), lake, name="another process"), version, on, on)
"""


@pytest.fixture(scope="module")
def lake(scored, tmp_path_factory):
    """A copy of the scored lake for this module."""
    return Path(shutil.copytree(scored, tmp_path_factory.mktemp("night") / "lake"))


def scores(lake, new_run, sql="SELECT * FROM account_scores_current"):
    return in_duckdb(new_run(lake).lake).sql(sql).df()


def checksums(run):
    rows = run.lake.rows(RUNS, step="score", state="done")
    return [row["checksums"] for row in sorted(rows, key=lambda row: row["ended_at"])]


def test_a_night_publishes_scores_on_the_calibrated_scale(lake, new_run):
    found = scores(lake, new_run)

    assert set(found["network"]) == {"twitter", "facebook"}
    assert found["score"].dropna().between(0, 100).all()
    shifts = {row["network"]: row["shift"] for row in new_run(lake).lake.rows(CALIBRATIONS)}
    assert sorted(shifts.values()) != [0.0, 0.0], "some people are on both networks"
    assert 0.0 in shifts.values(), "the larger network stays where it is"
    for network, of_network in found.groupby("network"):
        reached = of_network[of_network["reach"] > 0]
        unshifted = reached["linear"] - shifts[network]
        assert np.percentile(unshifted, [50, 95]) == pytest.approx([20, 50], abs=1e-9)
    assert found.loc[found["reactions"] == 0, "score"].isna().all()
    assert found.loc[found["reactions"] > 0, "score"].notna().all()


def test_accounts_of_one_person_show_one_entity(lake, new_run):
    account = ["network", "account_id"]
    found = scores(lake, new_run).set_index(account)["entity_id"]
    owned = scores(lake, new_run, "SELECT * FROM entity_links WHERE role = 'owner'").set_index(account)["entity_id"]

    shown = owned[owned.index.isin(found.index)]
    assert len(shown) > 50
    assert (found[shown.index] == shown).all()
    assert (shown.value_counts() == 2).any(), "somebody is on both networks"
    assert found.isna().any(), "most people are linked by nobody"


def test_the_first_version_published_is_current(lake, new_run):
    (row,) = new_run(lake).lake.rows(PROMOTIONS)

    assert (row["sequence"], row["algorithm_version"], row["parent"]) == (1, VERSION, None)


def test_the_same_night_again_does_nothing(lake, new_run):
    run = new_run(lake)
    before = {contract.name: run.lake.version(contract) for contract in TABLES}

    todo = plan(run, LAST, None)
    night(run, todo)

    assert todo.is_empty
    assert {contract.name: run.lake.version(contract) for contract in TABLES} == before


def test_the_same_night_again_by_the_command_exits_with_0(lake, capsys):
    assert cli.main(["night", "--date", str(LAST), "--lake", str(lake), "--env", str(ENVIRONMENT)]) == 0

    assert "nothing to do" in capsys.readouterr().err


def test_every_step_leaves_its_record(lake, new_run):
    rows = new_run(lake).lake.rows(RUNS)

    assert {row["step"] for row in rows} == {"ingest", "roll_up", "identify", "calibrate", "score", "publish"}
    assert {row["state"] for row in rows} == {"done"}
    (scored,) = [row for row in rows if row["step"] == "score"]
    assert {"pair_days", "accounts", "profiles", "posts"} <= scored["input_versions"].keys()
    assert scored["figures"]["twitter.sweeps"] == 20


def test_a_version_that_fails_its_audit_holds_up_no_other(lake, new_run, monkeypatch):
    run, done = new_run(lake), []

    def score_and_publish(_, version, on):
        done.append(version)
        if version == "trial-1":
            raise AuditFailed(f"{version} on {on}: audit failed")

    monkeypatch.setattr(nights, "score_and_publish", score_and_publish)
    todo = replace(plan(run, LAST, None), to_score=("trial-1", VERSION))

    with pytest.raises(AuditFailed, match=r"trial-1 on .*: audit failed"):
        night(run, todo)
    assert done == ["trial-1", VERSION]


def test_a_restated_date_has_the_same_bits_and_the_old_attempt_stays(lake, new_run, spark):
    before = scores(lake, new_run)
    spark.conf.set("spark.sql.shuffle.partitions", "5")
    try:
        backfill(new_run(lake), VERSION, LAST, LAST)
    finally:
        spark.conf.set("spark.sql.shuffle.partitions", "2")

    run = new_run(lake)
    first, second = checksums(run)
    attempts = scores(lake, new_run, "SELECT DISTINCT attempt FROM account_scores")
    (published,) = run.lake.rows(PUBLISHED)
    assert first == second
    assert first.keys() == {"account_scores", "entity_scores"}
    assert len(attempts) == 2
    assert published["attempt"] != before["attempt"].iloc[0]
    assert len(scores(lake, new_run)) == len(before)


def with_executor(folder, executor, **others):
    """The tests' environment with another executor, and other numbers under other names."""
    text = ENVIRONMENT.read_text().replace('executor = "local"', f'executor = "{executor}"')
    for name, value in others.items():
        text = re.sub(rf"(?m)^{name} = .*$", f"{name} = {value}", text)
    environment = folder / f"{executor}.toml"
    environment.write_text(text)
    return str(environment)


def test_order_of_lines_and_files_and_number_of_cores_change_no_bit(landed, lake, scored, spark, tmp_path, new_run):
    """Another process with one core and three partitions, over the same lines in another order, in other files."""
    other, again = tmp_path / "lake", tmp_path / "again"
    rearranged(landed / "landing", other, seed=5)
    shutil.copytree(scored, again)
    twin = Run(config.load(with_executor(tmp_path, "dataframe")), str(again), name="tests", spark=spark)
    backfill(twin, VERSION, LAST, LAST)

    sizes = {"master": '"local[1]"', "shuffle_partitions": 3}
    environments = [with_executor(tmp_path, executor, **sizes) for executor in ("local", "dataframe")]
    command = [sys.executable, "-c", CALIBRATE_AND_SCORE, str(other), *environments, VERSION, str(LAST)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]

    assert checksums(new_run(other)) == checksums(new_run(again))
    blocks = [row["figures"]["twitter.blocks"] for row in new_run(other).lake.rows(RUNS, step="score")]
    assert sorted(blocks) == [0, 1], "the engine has blocks, its slow twin has none"
    frozen = ("network", "z50", "z95", "m0", "shift", "links", "accounts")
    constants = [
        sorted(tuple(row[name] for name in frozen) for row in new_run(one).lake.rows(CALIBRATIONS))
        for one in (lake, other)
    ]
    assert constants[0] == constants[1]


def test_a_backfill_of_several_dates_brings_in_what_has_landed_and_restates_each(scored, tmp_path, new_run):
    """The fifth day is not in yet."""
    lake, day = tmp_path / "lake", LAST + timedelta(days=1)
    shutil.copytree(scored, lake)
    run = new_run(lake)
    (before,) = run.lake.rows(PUBLISHED)

    backfill(run, VERSION, LAST - timedelta(days=1), day)

    published = {row["score_date"]: row["attempt"] for row in run.lake.rows(PUBLISHED)}
    assert published.keys() == {LAST - timedelta(days=1), LAST, day}
    assert published[LAST] != before["attempt"]
    assert run.lake.rows(FEED_DAYS, delivered_on=day)
    with pytest.raises(ConfigError, match=f"expected --from on or before --to, found {day} and {LAST}"):
        backfill(run, VERSION, day, LAST)
    for network in ("facebook", "twitter"):  # of work files the blocks of the last two nights stay
        left = sorted((lake / "work" / VERSION / network).iterdir())
        assert [folder.name[:10] for folder in left] == [str(LAST), str(day)]
        assert {path.name.removesuffix(".done") for folder in left for path in folder.iterdir()} <= {*BLOCKS, HELD}


def test_a_night_without_calibration_says_how_to_make_one(landed, tmp_path, new_run):
    shutil.copytree(landed, tmp_path / "lake")

    with pytest.raises(InputNotReady, match=r"sway calibrate --version sway-1\.0 --date"):
        plan(new_run(tmp_path / "lake"), LAST, None)

    assert not (tmp_path / "lake" / "tables").exists()


def test_a_changed_version_file_is_refused(lake, new_run):
    run = new_run(lake)
    method = run.config.method(VERSION)
    changed = replace(method, shares=replace(method.shares, cap=0.25))
    run.config = replace(run.config, methods={VERSION: changed})

    with pytest.raises(ConfigError, match=r"has changed since sway-1\.0 was calibrated"):
        backfill(run, VERSION, LAST, LAST)


def test_calibration_is_frozen(lake, new_run):
    run = new_run(lake)
    before = run.lake.rows(CALIBRATIONS)

    calibrate_version(run, VERSION, LAST)
    with pytest.raises(ConfigError, match="its scale stays as it is"):
        calibrate_version(run, VERSION, date(2016, 1, 3))

    assert run.lake.rows(CALIBRATIONS) == before


def test_a_dry_run_says_what_it_would_do_and_writes_nothing(landed, tmp_path, new_run):
    lake = tmp_path / "lake"
    shutil.copytree(landed, lake)
    run = new_run(lake)
    calibrate_by_hand(run, VERSION, "twitter")
    before = sorted(path for path in lake.rglob("*"))

    said = plan(run, LAST, None).text()

    assert "ingest   twitter/statuses: 4 days, 2016-01-01 to 2016-01-04" in said
    assert f"score and publish   {VERSION}" in said
    assert sorted(path for path in lake.rglob("*")) == before


def test_a_dry_run_of_a_night_that_waits_says_for_what_and_ends_as_the_night_would(scored, tmp_path, new_run, capsys):
    lake, day = tmp_path / "lake", LAST + timedelta(days=1)
    shutil.copytree(scored, lake)
    missing = f"facebook/posts/dt={day}"
    shutil.rmtree(lake / "landing" / "facebook" / "posts" / f"dt={day}")
    version = new_run(lake).lake.version(FEED_DAYS)

    words = ["night", "--date", str(day), "--lake", str(lake), "--env", str(ENVIRONMENT), "--dry-run"]
    assert cli.main(words) == 20
    told = capsys.readouterr()

    assert f"  wait for   {missing}: nothing has landed\n" in told.out
    assert "go on without" not in told.out
    assert missing in told.err
    assert new_run(lake).lake.version(FEED_DAYS) == version


def test_a_dry_run_of_a_night_that_would_refuse_a_file_says_which_and_ends_as_the_night_would(
    scored, tmp_path, new_run, capsys
):
    lake, day = tmp_path / "lake", LAST + timedelta(days=1)
    shutil.copytree(scored, lake)
    (file,) = (
        path for path in (lake / "landing" / "facebook" / "posts" / f"dt={day}").iterdir() if path.name[0] != "_"
    )
    file.write_bytes(file.read_bytes()[:-1])
    version = new_run(lake).lake.version(FEED_DAYS)
    words = ["night", "--date", str(day), "--lake", str(lake), "--env", str(ENVIRONMENT)]

    assert cli.main([*words, "--dry-run"]) == 20
    told = capsys.readouterr()

    refused = f"facebook/posts/dt={day}/{file.name}: "
    assert f"  refuse   {refused}" in told.out
    assert refused in told.err
    assert new_run(lake).lake.version(FEED_DAYS) == version
    assert cli.main(words) == 20
    assert refused in capsys.readouterr().err


def test_a_date_that_nothing_came_for_is_not_kept(scored, tmp_path, new_run):
    """A mistyped date would leave a row for each day between: the day after the newest delivery is the last one."""
    lake, day = tmp_path / "lake", LAST + timedelta(days=1)
    shutil.copytree(scored, lake)
    run = new_run(lake)

    for until, sentence in (
        (date(2006, 1, 5), "dt=2006-01-05: nothing has landed"),
        (date(2096, 1, 5), r"facebook/posts: 2\d,\d\d\d days more"),
    ):
        with pytest.raises(InputNotReady, match=sentence):
            ingest(run, look(run, until=until))

    absent = {row["delivered_on"] for row in run.lake.rows(FEED_DAYS, state="absent")}
    assert absent == {day + timedelta(days=1)}


def test_a_network_with_few_accounts_has_influence_but_no_scores(scored, tmp_path, new_run):
    """Twitter alone is calibrated: Facebook's rows are there without score."""
    lake = tmp_path / "lake"
    shutil.copytree(scored, lake)
    shutil.rmtree(lake / "tables" / "calibrations")
    run = new_run(lake)
    calibrate_by_hand(run, VERSION, "twitter")

    backfill(run, VERSION, LAST, LAST)

    found = scores(lake, new_run)
    facebook = found[found["network"] == "facebook"]
    assert (facebook["influence"] > 0).all()
    assert facebook["score"].isna().all()
    assert found[found["network"] == "twitter"]["score"].notna().any()


def test_a_network_without_its_feed_is_scored_as_of_its_last_good_date_and_says_so(scored, tmp_path, new_run):
    """Facebook's fifth day never landed: it is scored as of the fourth, worked out anew, and flagged."""
    lake, day = tmp_path / "lake", LAST + timedelta(days=1)
    shutil.copytree(scored, lake)
    for feed in (lake / "landing" / "facebook").iterdir():
        shutil.rmtree(feed / f"dt={day}")
    with pytest.raises(InputNotReady, match=f"facebook/posts/dt={day}: nothing has landed"):
        night(new_run(lake), plan(new_run(lake), day, None))
    environment = tmp_path / "carried.toml"
    environment.write_text(ENVIRONMENT.read_text().replace("carry_forward = []", 'carry_forward = ["facebook"]'))
    run = new_run(lake, environment)

    night(run, plan(run, day, None))

    is_stale = "list_contains(flags, 'stale_network')"
    asked = f"SELECT DISTINCT network, as_of, {is_stale} FROM account_scores_current ORDER BY network"
    assert in_duckdb(run.lake).sql(asked).fetchall() == [("facebook", LAST, True), ("twitter", day, False)]
    before, after = (
        in_duckdb(run.lake).execute(
            "SELECT account_id, score, influence FROM account_scores_history "
            "WHERE network = 'facebook' AND score_date = ? ORDER BY account_id", [on]
        ).fetchall()
        for on in (LAST, day)
    )  # fmt: skip
    assert before == after
    states = {(row["network"], row["state"]) for row in run.lake.rows(FEED_DAYS, delivered_on=day)}
    assert ("facebook", "absent") in states
    assert ("twitter", "ready") in states


def test_scores_are_read_in_spark_through_the_same_views(lake, new_run):
    from sway.runtime.views import register_in_spark

    run = new_run(lake)
    register_in_spark(run.lake)

    in_spark = run.spark.table("account_scores_current").count()

    assert in_spark == len(scores(lake, new_run))
    assert run.spark.table(ACCOUNT_SCORES.name).count() >= in_spark
