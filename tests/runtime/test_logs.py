"""What a run says: JSON lines for machines, readable lines for a person at a terminal."""

import io
import json
import re

from sway.runtime import logs
from sway.runtime.start import guarded


def test_a_line_carries_the_run_and_what_it_is_bound_to():
    out = io.StringIO()
    logs.configure(stream=out, run_id="r1")
    logs.get(step="ingest").info("rows read", network="twitter", rows=12)

    line = json.loads(out.getvalue())
    assert {name: line[name] for name in ("run_id", "step", "event", "network", "rows", "level")} == {
        "run_id": "r1",
        "step": "ingest",
        "event": "rows read",
        "network": "twitter",
        "rows": 12,
        "level": "info",
    }
    assert line["timestamp"].endswith("Z")


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_person_at_a_terminal_gets_readable_lines():
    out = Terminal()
    logs.configure(stream=out, run_id="r1")
    logs.get(step="ingest").info("rows read", network="twitter", rows=12)

    told = re.sub(r"\x1b\[[0-9;]*m", "", out.getvalue())
    assert re.fullmatch(r"\d\d:\d\d:\d\d \[info +] rows read +network=twitter rows=12 step=ingest\n", told)


def test_an_unforeseen_error_keeps_its_traceback_but_no_values_of_variables(capsys):
    def work():
        password = "hunter2"
        raise ZeroDivisionError(len(password))

    assert guarded(work, as_json=True) == 50
    told = capsys.readouterr().err
    assert "ZeroDivisionError" in told
    assert '"frames"' in told
    assert "hunter2" not in told
