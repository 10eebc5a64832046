"""conf/locks: what an installation is made from."""

import re

import pytest

from tests.places import REPOSITORY

LOCKS = REPOSITORY / "conf" / "locks"
PIN = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>[^ ]+)(?P<rest>.*)$")
PYTHON_LOCKS = ["build", "jobs", "dev", "airflow"]


def pins(lock: str) -> dict[str, str]:
    found = (PIN.match(line) for line in requirements(lock))
    return {pin["name"]: pin["version"] for pin in found if pin}


def requirements(lock: str) -> list[str]:
    """A line for each requirement, its hashes joined to it."""
    text = (LOCKS / f"{lock}.lock").read_text(encoding="utf-8").replace("\\\n", "")
    return [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]


@pytest.mark.parametrize("lock", PYTHON_LOCKS)
def test_every_requirement_is_one_version_with_its_hashes(lock):
    assert requirements(lock)
    for line in requirements(lock):
        assert PIN.match(line), line
        assert "--hash=sha256:" in line, line


@pytest.mark.parametrize("lock", PYTHON_LOCKS)
def test_a_lock_names_no_index_host_or_folder_of_the_machine_it_was_made_on(lock):
    text = (LOCKS / f"{lock}.lock").read_text(encoding="utf-8")
    assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host|(?<![\w.-])/\w+/", text)


def test_the_tests_run_on_the_very_versions_of_the_jobs():
    jobs, dev = pins("jobs"), pins("dev")
    assert jobs.items() <= dev.items()


def test_sources_are_built_with_the_tools_that_are_locked():
    build = pins("build")
    assert {"pip", "setuptools", "wheel"} <= build.keys()
    for lock in ("jobs", "dev", "airflow"):
        shared = build.keys() & pins(lock).keys()
        assert {name: pins(lock)[name] for name in shared} == {name: build[name] for name in shared}


def test_what_was_proven_together_is_what_is_locked():
    jobs, airflow = pins("jobs"), pins("airflow")
    assert (jobs["pyspark"], jobs["delta-spark"]) == ("4.1.4", "4.4.0")
    assert jobs["pandas"].startswith("2.")
    assert airflow["apache-airflow"] == "3.3.2"
    assert airflow["apache-airflow-providers-apache-spark"] == "6.3.4"
    assert "pyspark-client" not in jobs  # its files overwrite pyspark's
