"""What the engine makes of a kill at any point, of files that are not what they should be, and of a full disk."""

import errno
import os
import signal
import subprocess
import sys
from collections import namedtuple
from pathlib import Path
from threading import Event

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sway.engine import crew as crews
from sway.engine import local, local_executor, work
from sway.engine.crew import Crew, Passes
from sway.engine.executor import DayFile, PairDays
from sway.engine.files import Reader, write
from sway.engine.local import Engine
from sway.engine.local_executor import LocalExecutor
from sway.engine.scatter import in_tasks, row_counts
from sway.engine.sweeps import Sweeper
from sway.engine.work import hold, refuse_if_full, release, tidy
from sway.errors import InfrastructureError, LeaseHeld

from tests.engine.worlds import bits_of, land, land_members, make_plan, propagate, some_world
from tests.graphs import AS_OF, METHOD, Graph, act

FIRST_PASSES = ("scatter_acts", "gather_present", "scatter_members", "gather_members", "to_voices", "to_slices")
TASKS = (*FIRST_PASSES, "swept", "to_accounts", "arrive")  # the last is a sweep
ROOMS = ("seen", "acts", "present", "told", "standing_seen", "standing", "members", "given", "voices", "reactions")
RENAMES = tuple(f"rename {room}" for room in (*ROOMS, "edges", "strongest", "accounts"))
AFTER = {"swept": 0, "scatter_acts": 0, "scatter_members": 0, "arrive": 7}  # calls that go well; 1 for the others
POINTS = [*((name, AFTER.get(name, 1)) for name in TASKS), ("drop", 0)]  # the last: present is found
FURTHER = [("drop", 1), ("drop", 2), ("drop", 3), *((name, 0) for name in RENAMES)]
REPOSITORY = Path(__file__).resolve().parents[2]
KILLED = """
import os, signal, sys
from pathlib import Path
from tests.engine.test_faults import stopping
from tests.engine.worlds import propagate, some_world

setattr(*stopping(sys.argv[2], int(sys.argv[3]), lambda: os.kill(os.getpid(), signal.SIGKILL)))
propagate(some_world(), Path(sys.argv[1]), bits=2, threads=2)
"""


def stopping(name, after, stop):
    """Where a task is looked up, by which name, and one in its place that calls `stop` after so many that go well.

    `rename ROOM`: a file of that room is about to get its name.
    """
    task, _, room = name.partition(" ")
    holders = {"arrive": (Sweeper, task), "drop": (Passes, task), "rename": (Path, "replace")}
    holder, attribute = holders.get(task, (local, task))
    whole, calls = getattr(holder, attribute), []

    def one(*arguments):
        if not room or Path(arguments[1]).parent.name == room:
            calls.append(name)
            if len(calls) > after:
                stop()
        return whole(*arguments)

    return holder, attribute, one


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """What one propagation leaves."""
    folder = tmp_path_factory.mktemp("undisturbed")
    propagate(some_world(), folder, bits=2)
    return bits_of(folder)


def fail():
    raise KeyError("power failure")


@pytest.mark.parametrize(("name", "after"), [*POINTS, *FURTHER])
def test_an_error_at_any_pass_and_a_second_run_give_the_same_bits(name, after, undisturbed, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(*stopping(name, after, fail))
        with pytest.raises(KeyError, match="power failure"):
            propagate(some_world(), tmp_path, bits=2, threads=2)

    propagate(some_world(), tmp_path, bits=2, threads=2)
    assert bits_of(tmp_path) == undisturbed


@pytest.mark.parametrize(("name", "after"), [*POINTS, ("rename seen", 0), ("rename acts", 0)])
def test_a_kill_at_any_pass_and_a_restart_give_the_same_bits(name, after, undisturbed, tmp_path):
    command = [sys.executable, "-c", KILLED, str(tmp_path), name, str(after)]

    killed = subprocess.run(command, cwd=REPOSITORY, check=False, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()[-2000:]

    propagate(some_world(), tmp_path, bits=2, threads=2)
    assert bits_of(tmp_path) == undisturbed
    assert not list((tmp_path / "work").rglob(".*.part"))


def test_an_interrupt_lets_no_further_task_begin(monkeypatch):
    begun, has_begun, may_end = [], Event(), Event()

    class Left(Crew):
        def __exit__(self, *error):
            may_end.set()
            super().__exit__(*error)

    def task(number):
        begun.append(number)
        has_begun.set()
        may_end.wait(10)

    def interrupted(_):
        has_begun.wait(10)
        raise KeyboardInterrupt

    monkeypatch.setattr(crews, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt), Left(1) as crew:
        crew.each(task, 9)
    assert begun == [0]


def test_what_is_done_is_not_done_again(tmp_path, monkeypatch):
    first = propagate(some_world(), tmp_path, bits=2)
    for name in TASKS:
        monkeypatch.setattr(*stopping(name, 0, lambda: pytest.fail("done already")))

    again = propagate(some_world(), tmp_path, bits=2)

    assert again.rows == first.rows
    assert again.figures.residual == first.figures.residual
    assert not (tmp_path / "work" / "given").exists()


def test_present_is_found_before_and_after_propagating(tmp_path):
    plan = make_plan(tmp_path, bits=1)
    files = land(some_world(), tmp_path)
    members = land_members(some_world(), tmp_path)

    with Crew(1) as crew:
        engine = Engine(plan, crew, in_tasks(files, row_counts(files)))
        engine.propagate(members, [])
        after = [pq.read_table(path)["account_key"].to_pylist() for path in engine.present()]
        again = [pq.read_table(path)["account_key"].to_pylist() for path in engine.present()]

    assert sorted(key for block in after for key in block) == list(range(90))
    assert after == again


@pytest.mark.parametrize("kept", [0, 7, 40, -1])
def test_a_work_file_cut_short_is_named(kept, tmp_path):
    path = tmp_path / "edges" / "00000.bin"
    write(path, "a test", {"key": pa.array([1, 2, 3]).to_numpy()})
    path.write_bytes(path.read_bytes()[:kept])

    with pytest.raises(InfrastructureError, match=r"edges/00000\.bin: work file c"):
        Reader(path, "a test")


def test_a_work_file_of_another_run_is_named(tmp_path):
    path = tmp_path / "edges" / "00000.bin"
    write(path, "another", {})

    with pytest.raises(InfrastructureError, match=r"00000\.bin: work file of another run: expected.*this.*another"):
        Reader(path, "this")


@pytest.mark.parametrize(
    ("column", "values", "sentence"),
    [
        ("trust", [1.0, float("nan"), 1.0], "trust: expected 0 to 1e.18, found nan and 0 more"),
        ("trust", [1.0, float("inf"), -1.0], "trust: expected 0 to 1e.18, found inf and 1 more"),
        ("voice", [-0.5, 1.0, 1.0], "voice: expected 0 to 1, found -0.5"),
        ("voice", [1.0, 1.0, 2.0], "voice: expected 0 to 1, found 2.0"),
        ("account_key", [0, None, 2], "account_key is NULL in 1 rows"),
        ("account_key", [0, 2, 2], "members: account_key 2 stands twice"),
        ("account_key", ["0", "1", "2"], "account_key: expected bigint, found string"),
    ],
)
def test_members_that_are_not_usable_are_named(column, values, sentence, tmp_path):
    columns = {"account_key": [0, 1, 2], "trust": [1.0] * 3, "voice": [1.0] * 3}
    pq.write_table(pa.table({**columns, column: values}), tmp_path / "odd.parquet")
    acts = {"actor_key": [2] * 9, "target_key": [0] * 9, "action": ["retweet"] * 9, "count": [1] * 9}

    with pytest.raises(InfrastructureError, match=sentence):
        told(tmp_path, acts, members=[str(tmp_path / "odd.parquet")])


@pytest.mark.parametrize(
    ("column", "values", "sentence"),
    [
        ("count", [1, 0], "count: expected 1 to 2,147,483,647, found 0 to 1"),
        ("count", [1, -5], "found -5 to 1"),
        ("count", [1, 2**40], "found 1 to 1,099,511,627,776"),
        ("count", [2**31 - 1, 2**31 - 1], "acts in one block of 1: expected fewer than 2,147,483,648"),
        ("count", [1, None], "count is NULL in 1 rows"),
        ("count", [1.0, 2.0], "count: expected bigint, found double"),
        ("target_key", [1, None], "target_key is NULL in 1 rows"),
        ("action", ["retweet", None], "action is NULL in 1 rows"),
    ],
)
def test_acts_that_are_not_usable_are_named(column, values, sentence, tmp_path):
    columns = {"actor_key": [2, 2], "target_key": [0, 1], "action": ["retweet"] * 2, "count": [1, 1]}

    with pytest.raises(InfrastructureError, match=sentence):
        told(tmp_path, {**columns, column: values})


@pytest.mark.parametrize("missing", ["action", "actor_key"])
def test_a_missing_column_is_named(missing, tmp_path):
    columns = {"actor_key": [2], "target_key": [0], "action": ["retweet"], "count": [1]}
    columns.pop(missing)

    with pytest.raises(InfrastructureError, match=rf"day\.parquet: expected a column {missing}"):
        told(tmp_path, columns)


def told(folder, columns, members=None):
    """Propagate one day of acts, given as columns, among three accounts."""
    path = folder / "day.parquet"
    pq.write_table(pa.table(columns), path)
    files = [DayFile(str(path), AS_OF)]
    with Crew(1) as crew:
        engine = Engine(make_plan(folder), crew, in_tasks(files, row_counts(files)))
        engine.propagate(members or land_members(Graph((1.0,) * 3, (act(0, 1),)), folder), [])


def test_a_disk_that_is_too_small_is_refused_before_anything_starts(tmp_path, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(work.shutil, "disk_usage", lambda _: usage(10, 0, 10**9))

    refuse_if_full(tmp_path, rows=10**7, accounts=10**5)
    with pytest.raises(
        InfrastructureError, match=r"100,000,000 rows of acts and rel.*9\.04 GB of work files, and 1\.00 GB"
    ):
        refuse_if_full(tmp_path, rows=10**8, accounts=10**5)


def full(*_):
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize(("task", "name"), [("to_slices", "edges"), ("swept", "sweeps")])
def test_a_disk_that_fills_up_names_the_pass(task, name, tmp_path, monkeypatch):
    monkeypatch.setattr(local, task, full)

    with pytest.raises(InfrastructureError, match=rf"the pass {name} stopped: .*No space left on device"):
        propagate(some_world(), tmp_path)


def too_much(*_):
    raise MemoryError("Unable to allocate 90.0 GiB")


@pytest.mark.parametrize(("task", "name"), [("to_voices", "voices"), ("swept", "sweeps"), ("known_of", "sweeps")])
def test_memory_that_does_not_do_names_the_pass_and_what_to_change(task, name, tmp_path, monkeypatch):
    monkeypatch.setattr(local, task, too_much)

    with pytest.raises(InfrastructureError, match=rf"pass {name} ran out of memory: Unable.*fewer engine\.threads"):
        propagate(some_world(), tmp_path)


@pytest.mark.parametrize(
    ("stop", "sentence"),
    [(full, r"writing members\.parquet stopped: .*No space left"), (too_much, r"members\.parquet ran out of memory")],
)
def test_a_table_that_cannot_be_landed_is_named(stop, sentence, tmp_path, monkeypatch):
    monkeypatch.setattr(local_executor, "write_table", stop)
    members = pa.table({"account_key": [1], "trust": [1.0], "voice": [1.0]})
    about = {"network": METHOD.networks["twitter"], "method": METHOD, "as_of": AS_OF}

    with pytest.raises(InfrastructureError, match=sentence):
        LocalExecutor(tmp_path, "a test", threads=1).propagate(PairDays(fail), members, **about)
    release(tmp_path)


HOLDING = "import sys; from pathlib import Path; from sway.engine.work import hold; hold(Path(sys.argv[1])); "


def test_a_night_that_another_process_propagates_is_left_to_it(tmp_path):
    command = [sys.executable, "-c", HOLDING + "print('held', flush=True); sys.stdin.read()", str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(LeaseHeld, match="another process propagates the same night"):
            hold(tmp_path)
        other.stdin.close()
    hold(tmp_path)
    hold(tmp_path)
    release(tmp_path)


def test_a_folder_whose_file_system_has_no_locks_is_no_night_of_another_process(tmp_path, monkeypatch):
    def refused(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    with monkeypatch.context() as patch:
        patch.setattr(work.fcntl, "flock", refused)
        with pytest.raises(InfrastructureError, match=r"cannot be locked: .*No locks available; mount it with locks"):
            hold(tmp_path)

    hold(tmp_path)
    release(tmp_path)


@pytest.mark.parametrize("step", ["mkdir", "open"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_folder_that_cannot_be_written_is_named(step, number, tmp_path, monkeypatch):
    def refused(*_, **__):
        raise OSError(number, os.strerror(number))

    folder = tmp_path / "twitter"
    with monkeypatch.context() as patch:
        patch.setattr(Path, step, refused)
        sentence = rf"twitter: writing held stopped: .*{os.strerror(number)}"
        with pytest.raises(InfrastructureError, match=sentence) as caught:
            hold(folder)
    assert caught.value.exit_code == 50

    hold(folder)
    release(folder)


def test_work_files_that_cannot_be_removed_are_named(tmp_path, monkeypatch):
    (tmp_path / "twitter" / "2016-04-28-0123456789abcdef").mkdir(parents=True)
    monkeypatch.setattr(work.shutil, "rmtree", full)

    with pytest.raises(InfrastructureError, match=r"2016-04-28-\w+: removing work files stopped: .*No space left"):
        tidy(tmp_path)


def test_only_the_blocks_of_the_last_two_nights_stay(tmp_path):
    for night, is_done in {"04-28": True, "04-29": True, "04-30": False, "05-01": True, "05-02": False}.items():
        folder = tmp_path / "twitter" / f"2016-{night}-0123456789abcdef"
        (folder / "edges").mkdir(parents=True)
        (folder / "edges.done").touch()
        (folder / "given").mkdir()
        for name in ("members.parquet", "standing.parquet", "given.done"):
            (folder / name).touch()
        if is_done:
            (folder / "accounts.done").write_text("{}")
    held = tmp_path / "twitter" / "2016-05-02-0123456789abcdef"
    hold(held)

    removed = tidy(tmp_path)

    release(held)
    assert [folder.name[:10] for folder in removed] == ["2016-04-28", "2016-04-30"]
    kept = {folder.name[:10]: {path.name for path in folder.iterdir()} for folder in (tmp_path / "twitter").iterdir()}
    blocks = {"edges", "edges.done", "accounts.done", "held"}
    assert kept.pop("2016-05-02") > {"edges", "given", "members.parquet"}
    assert kept == {"2016-04-29": blocks, "2016-05-01": blocks}
    assert tidy(tmp_path / "nothing yet") == []
