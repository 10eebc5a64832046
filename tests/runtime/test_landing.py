"""What has landed, held against its manifests."""

import json
import os
import socket
import time
from datetime import date
from pathlib import Path

import pytest
from sway.errors import ConfigError, InfrastructureError
from sway.runtime.landing import MANIFEST, Landing, told

from tests.landing import deliver

DAY = date(2016, 5, 1)


@pytest.fixture
def faults(tmp_path):
    """Faults of a day with the files a.jsonl (4 bytes) and others, and a manifest as given."""

    def find(manifest, **files):
        folder = deliver(tmp_path, "facebook/events", DAY, {"a.jsonl": b"abc\n"})
        for name, content in files.items():
            (folder / f"{name}.jsonl").write_text(content)
        text = manifest if isinstance(manifest, bytes) else json.dumps(manifest).encode()
        (folder / MANIFEST).write_bytes(text)
        return list(Landing(str(tmp_path)).day("facebook", "events", DAY).faults)

    return find


A = {"name": "a.jsonl", "bytes": 4, "rows": 1}


def test_a_day_that_is_as_announced_has_no_faults(faults, tmp_path):
    assert faults({"files": [A]}) == []
    day = Landing(str(tmp_path)).day("facebook", "events", DAY)
    assert day.is_complete
    assert [(file.name, file.bytes, file.rows) for file in day.files] == [("a.jsonl", 4, 1)]


DISAGREEMENTS = {
    "shorter than announced": ([{**A, "bytes": 5}], "a.jsonl: announced with 5 bytes, found 4"),
    "not there": ([A, {**A, "name": "b.jsonl"}], "b.jsonl: announced with 4 bytes, not there"),
    "listed twice": ([A, A], "a.jsonl: listed twice"),
    "not announced": ([], "a.jsonl: not announced by _manifest.json"),
}


@pytest.mark.parametrize(("files", "sentence"), DISAGREEMENTS.values(), ids=DISAGREEMENTS)
def test_each_disagreement_is_a_sentence(faults, files, sentence):
    assert faults({"files": files}) == [sentence]


@pytest.mark.parametrize(
    "name",
    ["{a}.jsonl", "*.jsonl", "a?.jsonl", "../a.jsonl", "a b.jsonl", ".a.jsonl", "a.jsonl\n", "", MANIFEST, 7, None],
)
def test_a_name_that_spark_would_take_for_a_pattern_or_leave_out_is_refused(faults, name):
    found = faults({"files": [A, {**A, "name": name}]})

    assert len(found) == 1
    assert "expected a file name, bytes and rows as whole numbers" in found[0]


@pytest.mark.parametrize("number", [-1, 1.0, "1", True, None, 2**63])
def test_bytes_and_rows_are_whole_numbers(faults, number):
    assert "expected a file name, bytes and rows as whole numbers" in faults({"files": [{**A, "rows": number}]})[0]


NO_MANIFEST = {
    b"": "JSONDecodeError",
    b"{": "JSONDecodeError",
    b"[]": "TypeError",
    b"{}": "KeyError('files')",
    b'{"files": [1]}': "TypeError('1')",
    b'{"files": [{"name": "a"}]}': "TypeError",
    b"\xff": "UnicodeDecodeError",
    b'{"files": ""}': "files: expected a list, found ''",
    b'{"files": {}}': "files: expected a list, found {}",
    b'{"files": null}': "files: expected a list, found None",
    b'{"files": [], "history": "true"}': "history: expected true or false, found 'true'",
    b'{"files": [], "history": 1}': "history: expected true or false, found 1",
    b'{"files": [], "files": []}': "'files': a key twice",
    b'{"files": [{"name": "a.jsonl", "bytes": 4, "rows": 1, "rows": 2}]}': "'rows': a key twice",
}


@pytest.mark.parametrize(("text", "found"), NO_MANIFEST.items())
def test_what_is_no_manifest_is_a_fault(faults, text, found):
    assert any(found in fault for fault in faults(text))
    assert any('expected {"files": [{"name", "bytes", "rows"}]}' in fault for fault in faults(text))


def test_without_manifest_a_day_is_not_complete(tmp_path):
    (deliver(tmp_path, "facebook/events", DAY, {"a.jsonl": b""}) / MANIFEST).unlink()
    day = Landing(str(tmp_path)).day("facebook", "events", DAY)

    assert (day.is_complete, day.files, day.faults) == (False, (), ())


def test_days_come_oldest_first_and_other_folders_are_left_alone(tmp_path):
    for day in ("2016-05-02", "2015-12-31", "2016-05-01"):
        deliver(tmp_path, "facebook/events", day, {})
    for other in ("facebook/events/_temporary", "facebook/.Trash", "_temporary"):
        (tmp_path / "landing" / other).mkdir()
    landing = Landing(str(tmp_path))

    assert landing.days("facebook", "events") == [date(2015, 12, 31), date(2016, 5, 1), date(2016, 5, 2)]
    assert landing.days("facebook", "nothing") == []
    assert (landing.networks(), landing.feeds("facebook")) == (["facebook"], ["events"])


@pytest.mark.parametrize(
    "folder",
    ["dt=2016-02-30", "dt=2016-5-1", "dt=20160501", "dt=", "dt=2016-05-01.bak", "dt=0217-05-04", "dt=1989-12-31"],
)
def test_a_folder_meant_as_a_day_that_is_none_is_named_and_not_read(tmp_path, folder):
    deliver(tmp_path, "facebook/events", DAY, {})
    (tmp_path / "landing/facebook/events" / folder).mkdir()
    landing = Landing(str(tmp_path))

    assert landing.days("facebook", "events") == [DAY]
    assert [name.replace("'", "") for name in landing.misnamed("facebook", "events")] == [f"facebook/events/{folder}"]
    assert landing.beside("facebook", "events") == []


def test_names_that_are_no_utf_8_are_named_and_the_rest_is_read(tmp_path):
    day = deliver(tmp_path, "facebook/events", DAY, {"a.jsonl": b"abc\n"})
    for folder in (day.parent, day.parent.parent, tmp_path / "landing"):
        Path(os.fsdecode(os.fsencode(folder) + b"/dt=\xff")).mkdir()
    landing = Landing(str(tmp_path))

    assert (landing.networks(), landing.feeds("facebook")) == (["facebook"], ["events"])
    assert landing.days("facebook", "events") == [DAY]
    assert landing.day("facebook", "events", DAY).faults == ()
    assert landing.misnamed("facebook", "events") == [r"facebook/events/'dt=\udcff'"]
    assert landing.beside("facebook") == [r"facebook/'dt=\udcff'"]
    assert landing.beside() == [r"'dt=\udcff'"]

    Path(os.fsdecode(os.fsencode(day) + b"/\xe9.jsonl")).touch()
    assert landing.day("facebook", "events", DAY).faults == (r"'\udce9.jsonl': not announced by _manifest.json",)


def test_pipes_and_sockets_are_faults(tmp_path, monkeypatch):
    folder = deliver(tmp_path, "facebook/events", DAY, {"a.jsonl": b""})
    (folder / "a.jsonl").unlink()
    os.mkfifo(folder / "a.jsonl")
    monkeypatch.chdir(folder)  # a socket's path is short
    with socket.socket(socket.AF_UNIX) as there:
        there.bind("b")
        faults = Landing(str(tmp_path)).day("facebook", "events", DAY).faults

    assert faults == tuple(f"{name}: expected a file, found a pipe, a socket or a device" for name in ("a.jsonl", "b"))


def test_a_manifest_of_many_files_is_read_at_once(faults):
    many = [{"name": f"{n}.jsonl", "bytes": 1, "rows": 1} for n in range(40_000)]
    began = time.monotonic()
    found = faults({"files": [A, *many, *many]})

    assert time.monotonic() - began < 20  # 3 s; looking for each name among all took minutes
    assert (found[0], len(found)) == ("0.jsonl: listed twice", 120_000)
    assert told(found) == [*found[:10], "and 119,990 more"]


def test_a_name_of_any_length_is_cut_in_sentences(faults):
    name = "x" * 100_000
    found = faults({"files": [A, *([{**A, "name": name}] * 2)]})

    assert "expected a file name, bytes and rows as whole numbers" in found[0]
    assert found[-1] == f"{'x' * 200}...: listed twice"
    assert max(map(len, found)) < 300


def test_an_empty_lake_has_landed_nothing(tmp_path):
    assert Landing(str(tmp_path / "none")).networks() == []


def test_the_manifests_hash_tells_a_day_delivered_again(tmp_path):
    def look():
        return Landing(str(tmp_path)).day("facebook", "events", DAY).manifest_hash

    deliver(tmp_path, "facebook/events", DAY, {"a.jsonl": b"1\n"}, a=1)
    first = look()
    deliver(tmp_path, "facebook/events", DAY, {"a.jsonl": b"2\n"}, a=1)
    assert look() == first  # same name, bytes and rows: the manifest is the same
    deliver(tmp_path, "facebook/events", DAY, {"a.jsonl": b"22\n"}, a=1)
    assert look() != first


def test_files_are_where_the_lake_is_wherever_the_process_goes(tmp_path, monkeypatch):
    deliver(tmp_path / "lake", "facebook/events", DAY, {"a.jsonl": b""})
    monkeypatch.chdir(tmp_path)
    landing = Landing("lake")
    monkeypatch.chdir("/")

    (file,) = landing.day("facebook", "events", DAY).files
    assert file.uri == f"{tmp_path}/lake/landing/facebook/events/dt=2016-05-01/a.jsonl"


def test_a_store_that_nobody_knows_is_a_fault_of_the_configuration():
    with pytest.raises(ConfigError, match=r"foo://x/landing: expected a folder or a URI that Arrow knows: "):
        Landing("foo://x")


def test_a_store_that_cannot_be_reached_from_here_is_a_sentence():
    with pytest.raises(InfrastructureError, match=r"hdfs://a/b/landing: cannot be opened: .*libhdfs"):
        Landing("hdfs://a/b")
