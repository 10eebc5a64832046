"""A world goes to disk as it is made: its size is bounded by the accounts, not by the days."""

import subprocess
import sys

import pytest

# What /proc says: getrusage counts what the process that started this one had in memory.
PROGRAM = """
import re, sys
from pathlib import Path
from sway.runtime.landing_writer import LandingWriter
from sway.worlds.generate import generate
generate(LandingWriter(Path(sys.argv[1])), accounts=int(sys.argv[2]), days=2, seed=1)
print(int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) * 1024)
"""


@pytest.mark.slow
def test_a_million_accounts_need_less_than_two_gigabytes(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "lake"), "1000000"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert int(done.stdout) < 2e9
