"""What the writer drops, the reader finds complete."""

import errno
import fcntl
import gzip
from datetime import date

import pyarrow as pa
import pytest
from sway.errors import ConfigError, InfrastructureError, LeaseHeld
from sway.runtime import landing_writer
from sway.runtime.landing import Landing
from sway.runtime.landing_writer import LandingWriter

DAY = date(2016, 3, 1)


def test_a_day_written_is_a_day_without_faults(tmp_path):
    with LandingWriter(tmp_path).day("linkedin", "events", DAY) as delivery:
        delivery.write_lines([["1"], ["2", "3"]], ".jsonl")
        delivery.write_lines([["{}"]], ".jsonl.gz")
        delivery.write_table(pa.table({"a": ["x", "y"]}))

    day = Landing(str(tmp_path)).day("linkedin", "events", DAY)

    assert day.is_complete
    assert not day.faults
    assert [(file.name, file.rows) for file in day.files] == [
        ("part-000.jsonl", 3),
        ("part-001.jsonl.gz", 1),
        ("part-002.parquet", 2),
    ]
    assert delivery.rows == 6
    assert delivery.bytes == sum(file.bytes for file in day.files)
    folder = tmp_path / "landing/linkedin/events/dt=2016-03-01"
    assert (folder / "part-000.jsonl").read_text() == "1\n2\n3\n"
    assert gzip.decompress((folder / "part-001.jsonl.gz").read_bytes()) == b"{}\n"


def test_many_lines_are_spread_over_files(tmp_path, monkeypatch):
    monkeypatch.setattr(landing_writer, "ROWS_PER_FILE", 2)
    with LandingWriter(tmp_path).day("linkedin", "events", DAY) as delivery:
        delivery.write_lines([["1"], ["2"], ["3"]], ".jsonl")

    folder = tmp_path / "landing/linkedin/events/dt=2016-03-01"
    assert [path.read_text() for path in sorted(folder.glob("part-*"))] == ["1\n2\n", "3\n"]


def test_a_day_without_lines_has_one_file_without_rows(tmp_path):
    with LandingWriter(tmp_path).day("twitter", "users", DAY) as delivery:
        delivery.write_lines([], ".jsonl.gz")

    assert [file.rows for file in Landing(str(tmp_path)).day("twitter", "users", DAY).files] == [0]


def test_a_day_that_failed_has_no_manifest_and_is_begun_again(tmp_path):
    writer, landing = LandingWriter(tmp_path), Landing(str(tmp_path))

    def broken():
        yield ["{}"]
        raise OSError("the source is gone")

    with pytest.raises(OSError, match="gone"), writer.day("twitter", "users", DAY) as delivery:
        delivery.write_lines(broken(), ".jsonl.gz")
    assert not landing.day("twitter", "users", DAY).is_complete

    with writer.day("twitter", "users", DAY) as delivery:
        delivery.write_lines([["{}"]], ".jsonl")

    assert not landing.day("twitter", "users", DAY).faults


def test_a_delivered_day_is_not_written_again(tmp_path):
    with LandingWriter(tmp_path).day("twitter", "users", DAY) as delivery:
        delivery.write_lines([["{}"]], ".jsonl")
    with (
        pytest.raises(ConfigError, match="already delivered"),
        LandingWriter(tmp_path).day("twitter", "users", DAY),
    ):
        pass


def test_names_that_are_no_folder_names_are_refused(tmp_path):
    with pytest.raises(ConfigError, match="expected a name"):
        LandingWriter(tmp_path).day("../twitter", "users", DAY)


def test_a_lake_below_a_file_is_refused_and_nothing_is_written(tmp_path):
    (tmp_path / "file").write_text("")

    for lake in (tmp_path / "file", tmp_path / "file" / "lake"):
        with pytest.raises(ConfigError, match=r"file.*: expected a folder: "), LandingWriter(lake).alone():
            pass
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_lock_that_was_removed_since_it_was_opened_holds_nothing(tmp_path, monkeypatch):
    writer = LandingWriter(tmp_path / "lake")
    flock = fcntl.flock

    def after_another_ended(lock, how):
        monkeypatch.undo()
        (writer.beside / landing_writer.LOCK).unlink()
        flock(lock, how)

    monkeypatch.setattr(fcntl, "flock", after_another_ended)
    with pytest.raises(LeaseHeld, match="another process writes this world"), writer.alone():
        pass

    with writer.alone():
        pass
    assert not list(writer.beside.iterdir())


def test_a_disk_that_takes_no_more_is_a_sentence(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(landing_writer, "_write_at_once", full)
    writer = LandingWriter(tmp_path / "lake")

    sentence = r"lake: the world could not be written: \[Errno 28\] No space left on device; run again"
    with pytest.raises(InfrastructureError, match=sentence), writer.alone():
        writer.write_note("world.json", {})
