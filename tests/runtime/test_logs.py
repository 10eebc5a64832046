"""What a run says: JSON lines for machines."""

import io
import json

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


def test_an_unforeseen_error_keeps_its_traceback_but_no_values_of_variables(capsys):
    def work():
        password = "hunter2"
        raise ZeroDivisionError(len(password))

    assert guarded(work, as_json=True) == 50
    told = capsys.readouterr().err
    assert "ZeroDivisionError" in told
    assert '"frames"' in told
    assert "hunter2" not in told
