"""The pipeline from outside: an environment's file, the command `sway`, and a lake's tables without Spark."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
from deltalake import DeltaTable

from tests.places import REPOSITORY


def environment_with_feeds(folder: Path, *, executor: str = "dataframe", **feeds: list[str]) -> Path:
    """The repository's local environment waiting for other feeds: the path that --env takes.

    Influence comes from the twin in float64 unless told otherwise: the engine's float32 is held to 1e-6, not to 1e-9.
    """
    local = (REPOSITORY / "conf" / "environments" / "local.toml").read_text(encoding="utf-8")
    lines = "".join(f"{network} = {json.dumps(names)}\n" for network, names in feeds.items())
    of_feeds = re.compile(r"^(\[feeds\][^\n]*\n).*?(?=^\[)", re.MULTILINE | re.DOTALL)
    text, replaced = of_feeds.subn(lambda found: f"{found[1]}{lines}\n", local)
    assert replaced == 1, "conf/environments/local.toml has no section [feeds] to replace"
    text, replaced = re.subn(r'^executor = "\w+"', f'executor = "{executor}"', text, flags=re.MULTILINE)
    assert replaced == 1, "conf/environments/local.toml names no executor to replace"
    path = folder / f"environment-{executor}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def sway(*arguments: object, lake: Path, environment: Path) -> str:
    """Run one verb in a process of its own, as people do; its standard output. Fails with what it wrote."""
    words = [*map(str, arguments), "--lake", str(lake), "--env", str(environment)]
    library = os.pathsep.join(filter(None, (str(REPOSITORY / "lib"), os.environ.get("PYTHONPATH"))))
    done = subprocess.run(
        [sys.executable, "-m", "sway.cli", *words],
        env={**os.environ, "PYTHONPATH": library},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    wrote = f"{done.stdout}\n{done.stderr[-8000:]}"
    assert done.returncode == 0, f"sway {' '.join(words)} exited {done.returncode}\n{wrote}"
    return done.stdout


def table(lake: Path, name: str, columns: list[str] | None = None) -> pd.DataFrame:
    return DeltaTable(str(lake / "tables" / name)).to_pandas(columns=columns)


def published_scores(lake: Path, version: str, score_date: str) -> pd.DataFrame:
    """The rows of account_scores that readers see for a version and date, by account_id."""
    published = table(lake, "published")
    is_it = (
        (published["dataset"] == "scores")
        & (published["algorithm_version"] == version)
        & (published["score_date"].astype(str) == score_date)
    )
    (attempt,) = published.loc[is_it, "attempt"]
    scores = table(lake, "account_scores")
    scores = scores[
        (scores["algorithm_version"] == version)
        & (scores["score_date"].astype(str) == score_date)
        & (scores["attempt"] == attempt)
    ]
    return scores.set_index("account_id", verify_integrity=True).sort_index()
