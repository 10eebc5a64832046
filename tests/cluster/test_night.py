"""A whole night on a cluster: every published score as `local` gives it, bit for bit."""

import json
import re
import shutil
import subprocess
import sys
from datetime import date

import pyarrow.compute as pc
import pytest
from sway.contracts.tables.record import RUNS
from sway.contracts.tables.scores import ACCOUNT_SCORES
from sway.runtime.lake import Lake

from tests.places import ENVIRONMENT

pytestmark = pytest.mark.slow

NIGHT = date(2016, 1, 5)


def environment(path, *, executor, exchange="files", master="local[2]", settings=()):
    """tests/environment.toml with another executor, and settings in the place of those of the same name."""
    text = ENVIRONMENT.read_text()
    for name, _ in settings:
        text = re.sub(rf'^"{re.escape(name)}" = .*\n', "", text, flags=re.MULTILINE)
    changes = {
        'executor = "local"': f'executor = "{executor}"',
        'exchange = "files"': f'exchange = "{exchange}"',
        'master = "local[2]"': f'master = "{master}"',
        "[spark.settings]": "\n".join(
            ["[spark.settings]", *(f"{json.dumps(k)} = {json.dumps(v)}" for k, v in settings)]
        ),
    }
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path.write_text(text)
    return path


def night(lake, environment):
    words = [sys.executable, "-m", "sway.cli", "night", "--date", str(NIGHT), "--lake", str(lake)]
    done = subprocess.run([*words, "--env", str(environment)], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-4000:]
    control = Lake(str(lake))
    rows = control.dataset(ACCOUNT_SCORES).to_table(filter=pc.field("score_date") == NIGHT)
    said = [row["message"] for row in control.rows(RUNS) if (row["step"], row["score_date"]) == ("score", NIGHT)]
    return rows.drop_columns(["attempt"]).sort_by([("network", "ascending"), ("account_id", "ascending")]), said[-1]


def test_a_night_on_a_cluster_gives_the_bits_of_local(scored, cluster, tmp_path):
    settings = [item for item in cluster.settings().items() if item[0].startswith(("spark.executor", "spark.driver"))]
    places = {
        "local": {"executor": "local"},
        "files": {"executor": "spark", "master": cluster.master, "settings": settings},
        "cells": {"executor": "spark", "exchange": "cells", "master": cluster.master, "settings": settings},
    }
    found = {}
    for name, how in places.items():
        shutil.copytree(scored, tmp_path / name)
        found[name], said = night(tmp_path / name, environment(tmp_path / f"{name}.toml", **how))
        assert f"twitter by {how['executor']}" in said

    assert found["local"].num_rows > 300
    assert found["files"].equals(found["local"])
    assert found["cells"].equals(found["local"])
    assert not list((tmp_path / "cells" / "work").glob(f"*/*/{NIGHT}-*")), "blocks stay with Spark"
