"""scripts/jars.py: build/jars is what jars.lock says, or setup stops."""

import hashlib
import importlib.util
from pathlib import Path

import pytest

from tests.places import REPOSITORY

PACKAGE = "io.delta:delta-spark_4.1_2.13:4.4.0"

spec = importlib.util.spec_from_file_location("jars", REPOSITORY / "scripts" / "jars.py")
jars = importlib.util.module_from_spec(spec)
spec.loader.exec_module(jars)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def lock(tmp_path) -> Path:
    lock = tmp_path / "jars.lock"
    lock.write_text(f"# package {PACKAGE}\n{sha256(b'delta')}  delta.jar\n{sha256(b'storage')}  storage.jar\n")
    return lock


@pytest.fixture
def resolver(monkeypatch):
    """Stands in for Spark's: `resolver(name=content, ...)` says what it will fetch."""

    def fetches(**contents: bytes) -> None:
        def fetch(package: str, into: Path) -> Path:
            assert package == PACKAGE
            return folder_of(into / "ivy", **contents)

        monkeypatch.setattr(jars, "fetch", fetch)

    return fetches


def folder_of(folder: Path, **contents: bytes) -> Path:
    folder.mkdir(parents=True)
    for name, content in contents.items():
        (folder / f"{name}.jar").write_bytes(content)
    return folder


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_the_lock_names_delta_with_everything_it_needs():
    package, hashes = jars.read_lock(REPOSITORY / "conf" / "locks" / "jars.lock")

    assert package == PACKAGE
    assert {"io.delta_delta-spark_4.1_2.13-4.4.0.jar", "io.delta_delta-storage-4.4.0.jar"} <= hashes.keys()
    assert all(len(digest) == 64 for digest in hashes.values())


def test_what_is_missing_is_fetched_and_what_is_there_only_verified(tmp_path, lock, resolver):
    folder = tmp_path / "build" / "jars"
    resolver(delta=b"delta", storage=b"storage")
    assert jars.install(lock, folder) == "2 jars fetched and verified"

    resolver()  # nothing: a second fetch would fail
    assert jars.install(lock, folder) == "2 jars verified"
    assert names(folder) == ["delta.jar", "storage.jar"]


def test_every_difference_is_named_with_what_was_expected_and_found(tmp_path, lock):
    folder = folder_of(tmp_path / "jars", delta=b"other", surprise=b"")

    with pytest.raises(jars.JarsDiffer) as error:
        jars.install(lock, folder)

    said = str(error.value)
    assert f"delta.jar: expected SHA-256 {sha256(b'delta')}, found {sha256(b'other')}" in said
    assert "storage.jar: missing" in said
    assert "surprise.jar: not in the lock" in said
    assert f"Remove {folder}" in said
    assert names(folder) == ["delta.jar", "surprise.jar"]


def test_a_fetch_that_brings_something_else_leaves_nothing(tmp_path, lock, resolver):
    folder = tmp_path / "build" / "jars"
    resolver(delta=b"tampered", storage=b"storage")

    with pytest.raises(jars.JarsDiffer, match=r"delta\.jar: expected"):
        jars.install(lock, folder)

    assert names(folder.parent) == []


def test_a_graphframes_jar_put_there_by_hand_stays(tmp_path, lock, resolver):
    folder = folder_of(tmp_path / "jars", **{"io.graphframes_graphframes-spark4_2.13-0.12.3": b"own"})
    resolver(delta=b"delta", storage=b"storage")

    assert jars.install(lock, folder) == "2 jars fetched and verified"
    assert jars.install(lock, folder) == "2 jars verified"
    assert len(names(folder)) == 3


def test_a_lock_without_jars_is_refused(tmp_path):
    lock = tmp_path / "jars.lock"
    lock.write_text("# nothing\n")
    with pytest.raises(jars.JarsDiffer, match="expected a line '# package"):
        jars.read_lock(lock)
