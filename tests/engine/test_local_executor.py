"""Both executors on the same frames and files, and which of them `auto` chooses."""

import re
import shutil
from collections import namedtuple
from dataclasses import replace
from datetime import timedelta

import pyarrow as pa
import pytest
from sway.engine import work
from sway.engine.choose import EDGE_BYTES, Need, choose, need
from sway.engine.dataframe import DataFrameExecutor
from sway.engine.executor import DayFile, PairDays
from sway.engine.local_executor import LocalExecutor
from sway.errors import InfrastructureError

from tests.engine.worlds import as_pair_days, make_plan
from tests.graphs import AS_OF, METHOD, ODD_ONES, some_graphs, to_members, to_pair_days, to_standing

ABOUT = {"network": METHOD.networks["twitter"], "method": METHOD, "as_of": AS_OF}


def rows_of(table):
    return {row["account_key"]: row for row in table.to_pylist()}


def test_local_equals_dataframe_and_is_there_when_asked_again(spark, tmp_path):
    graphs = [*ODD_ONES, *some_graphs(20, seed=5)]
    acts = as_pair_days(to_pair_days(spark, graphs), tmp_path)
    members, standing = to_members(graphs), to_standing(graphs)
    slow, quick = DataFrameExecutor(), LocalExecutor(tmp_path / "work", "a test", threads=2, most_rows=200)

    present = quick.present(acts, **ABOUT).tolist()
    found = quick.propagate(acts, members, standing, **ABOUT)
    again = quick.propagate(acts, members, standing, **ABOUT)

    assert sorted(present) == sorted(slow.present(acts, **ABOUT).tolist())
    assert found.figures.blocks == make_plan(tmp_path, bits=found.figures.blocks.bit_length() - 1).blocks > 1
    expected, rows = slow.propagate(acts, members, standing, **ABOUT), rows_of(found.accounts)
    wanted = rows_of(expected.accounts)
    assert rows.keys() == wanted.keys()
    for account, row in wanted.items():
        assert rows[account] == pytest.approx(row, rel=1e-6, abs=1e-12)
    for figure in ("sweeps", "accounts", "pairs"):
        assert getattr(found.figures, figure) == getattr(expected.figures, figure)
    assert rows_of(again.accounts) == rows
    assert again.figures.seconds == {}


def test_local_asks_for_no_frame(spark, tmp_path):
    acts = replace(as_pair_days(to_pair_days(spark, ODD_ONES), tmp_path), frame=lambda: pytest.fail("Spark was asked"))
    quick = LocalExecutor(tmp_path / "work", "a test", threads=1)

    present = quick.present(acts, **ABOUT)
    found = quick.propagate(acts, to_members(ODD_ONES), **ABOUT)

    assert len(present) < len(found.accounts) == sum(len(graph.trust) for graph in ODD_ONES)


def test_without_a_relation_or_an_act_every_member_keeps_its_trust(tmp_path):
    quick = LocalExecutor(tmp_path / "work", "a test", threads=1)
    acts = PairDays(lambda: pytest.fail("Spark was asked"))

    assert len(quick.present(acts, **ABOUT)) == 0
    found = quick.propagate(acts, to_members([ODD_ONES[0]]), None, **ABOUT)

    assert found.accounts["influence"].to_pylist() == [1.0]


SMALL, LARGE = Need(10**6, 10, 10**5, 2 * 10**7, 10**7), Need(10**10, 0, 10**8, 2 * 10**11, 6 * 10**9)


@pytest.mark.parametrize(
    ("wanted", "memory", "where", "why"),
    [
        (
            SMALL,
            10**9,
            {},
            "local: 1,000,000 rows of acts, 10 relations and 100,000 accounts need 20.0 MB, within 1",
        ),
        (
            SMALL,
            10**9,
            {"is_cluster": True},
            "local: 1,000,000 rows of acts, .* need 20.0 MB, within",
        ),
        (SMALL, 10**9, {"has_folder": False}, "dataframe: the lake is no folder of this machine, and there is no"),
        (
            SMALL,
            10**9,
            {"has_folder": False, "is_cluster": True},
            "spark: 1,000,000 rows .* lake is no folder here; the",
        ),
        (LARGE, 10**9, {}, r"dataframe: .* need 200\.0 GB, more than 1\.0 GB, and there is no cluster"),
        (LARGE, 10**10, {"is_cluster": True}, r"spark: .* 200\.0 GB, more than 10\.0 GB; the 6\.0 GB of vectors fit"),
        (LARGE, 10**9, {"is_cluster": True}, r"dataframe: .* more than 1\.0 GB, and so are 6\.0 GB of vectors alone"),
    ],
)
def test_auto_takes_what_fits_and_says_why(wanted, memory, where, why):
    choice = choose("auto", lambda: wanted, memory=memory, **where)

    assert re.match(why, choice.why)
    assert choice.why.startswith(f"{choice.name}: ")


@pytest.mark.parametrize("name", ["spark", "dataframe", "graphframes"])
def test_an_executor_that_is_named_is_taken(name):
    assert choose(name, lambda: pytest.fail("nobody asked"), memory=0) == (name, f"{name}, as the environment says")


@pytest.mark.parametrize("there", [SMALL.bytes, None])
def test_local_is_taken_where_the_machine_has_the_memory_or_does_not_say(there, monkeypatch):
    monkeypatch.setattr("sway.engine.choose.available_bytes", lambda: there)

    assert choose("local", lambda: SMALL, memory=0) == ("local", "local, as the environment says")


def test_local_is_refused_where_the_machine_lacks_the_memory(monkeypatch):
    monkeypatch.setattr("sway.engine.choose.available_bytes", lambda: 2 * 10**9)
    sentence = (
        r"local: 10,000,000,000 rows of acts, 0 relations and 100,000,000 accounts need 200\.0 GB of memory, and 2\.0"
        r" GB are available here; nothing was started\. It needs less with fewer engine\.threads .* spark needs 6\.0 GB"
    )

    with pytest.raises(InfrastructureError, match=sentence):
        choose("local", lambda: LARGE, memory=10**12)


def test_need_counts_rows_within_the_horizon_by_their_footers(spark, tmp_path):
    acts = as_pair_days(to_pair_days(spark, ODD_ONES), tmp_path)
    long_ago = DayFile("gone.parquet", AS_OF - timedelta(days=400))

    found = need(PairDays(acts.frame, (*acts.files, long_ago), 77), METHOD, AS_OF, threads=2, most_rows=100)

    assert (found.rows, found.accounts) == (acts.frame().count(), 77)


def test_relations_take_memory_blocks_and_disk_as_acts_do(tmp_path, monkeypatch):
    few, many = (PairDays(lambda: pytest.fail("Spark was asked"), (), 10, relations) for relations in (0, 40_000_000))
    looked = {pair_days: need(pair_days, METHOD, AS_OF, threads=2, most_rows=100) for pair_days in (few, many)}
    room = looked[few].bytes

    assert looked[many].bytes > room + 40_000_000 * EDGE_BYTES
    assert choose("auto", lambda: looked[few], memory=room).name == "local"
    assert choose("auto", lambda: looked[many], memory=room).why.startswith("dataframe: 0 rows of acts, 40,000,000 rel")

    members = pa.table({"account_key": [1], "trust": [1.0], "voice": [1.0]})
    for pair_days, blocks in ((few, 1), (many, 16)):
        executor = LocalExecutor(tmp_path / str(blocks), "a test", threads=1)
        assert executor.propagate(pair_days, members, **ABOUT).figures.blocks == blocks
        executor.release()

    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(work.shutil, "disk_usage", lambda _: usage(10, 0, 10**9))
    assert not len(LocalExecutor(tmp_path / "few", "a test", threads=1).present(few, **ABOUT))
    with pytest.raises(InfrastructureError, match=r"40,000,000 rows of acts and relations .* 3\.60 GB of work files"):
        LocalExecutor(tmp_path / "full", "a test", threads=1).present(many, **ABOUT)
    assert not (tmp_path / "full" / "acts").exists()


def test_a_file_that_is_gone_is_an_error_that_names_it(tmp_path):
    gone = PairDays(lambda: pytest.fail("Spark was asked"), (DayFile(str(tmp_path / "gone.parquet"), AS_OF),))

    with pytest.raises(InfrastructureError, match=r"gone\.parquet: cannot be read"):
        LocalExecutor(tmp_path / "work", "a test", threads=1).present(gone, **ABOUT)


@pytest.mark.parametrize("damage", [lambda path: path.write_bytes(path.read_bytes()[:-9]), lambda path: path.unlink()])
@pytest.mark.parametrize("name", ["accounts", "present"])
def test_a_result_cut_short_or_gone_is_an_error_that_says_what_to_remove(name, damage, spark, tmp_path):
    acts = as_pair_days(to_pair_days(spark, ODD_ONES), tmp_path)
    folder = tmp_path / "work"
    quick = LocalExecutor(folder, "a test", threads=1)
    ask = {
        "accounts": lambda: quick.propagate(acts, to_members(ODD_ONES), **ABOUT).accounts,
        "present": lambda: quick.present(acts, **ABOUT),
    }[name]
    before = ask()
    damage(folder / name / "00000.parquet")

    with pytest.raises(InfrastructureError, match=rf"work/{name}: work files cannot be read: .*; remove {folder} and"):
        ask()
    shutil.rmtree(folder)
    assert len(ask()) == len(before)
