"""What the system says of memory: the machine's, and limits of control groups of either version."""

import pytest
from sway.engine.memory import available_bytes

MACHINE = {"proc/meminfo": "MemTotal:       9000 kB\nMemFree:         100 kB\nMemAvailable:   8000 kB\n"}
IN_GROUPS = {**MACHINE, "proc/self/cgroup": "3:cpuset:/\n2:memory:/jobs/night\n0::/user/shell\n"}
CGROUP = "sys/fs/cgroup"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, None),
        (MACHINE, 8000 * 1024),
        (IN_GROUPS, 8000 * 1024),
        ({**IN_GROUPS, f"{CGROUP}/user/shell/memory.max": "max\n"}, 8000 * 1024),
        ({**IN_GROUPS, f"{CGROUP}/user/shell/memory.max": "70000\n"}, 70000),
        ({**IN_GROUPS, f"{CGROUP}/user/shell/memory.max": "70000\n", f"{CGROUP}/user/memory.max": "60000\n"}, 60000),
        ({**IN_GROUPS, f"{CGROUP}/memory/jobs/night/memory.limit_in_bytes": "50000\n"}, 50000),
        ({**IN_GROUPS, f"{CGROUP}/memory/memory.limit_in_bytes": "9223372036854771712\n"}, 8000 * 1024),
    ],
)
def test_memory_is_the_machines_or_the_lowest_limit_around_this_process(files, expected, tmp_path):
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)

    assert available_bytes(tmp_path) == expected
