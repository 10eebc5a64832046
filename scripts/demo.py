"""The demo: a generated world of 5,000 accounts, calibrated, its last three nights scored, and the top tens.

A second run finds everything done and only looks.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

from sway.contracts.tables.deliveries import FEED_DAYS
from sway.runtime import config, logs
from sway.runtime.landing_writer import LandingWriter
from sway.runtime.run import Run
from sway.runtime.start import answer, guarded
from sway.runtime.views import query
from sway.steps.night import calibrate_version, night, plan
from sway.worlds.generate import generate

ACCOUNTS, DAYS, SEED, START = 5_000, 21, 7, date(2016, 1, 1)
NIGHTS = 3
VERSION = "sway-1.0"

TOP_TEN = """
SELECT s.rank, '@' || p.handle AS handle, round(s.score, 1) AS score, round(s.error, 1) AS error, s.grade,
       s.reactions, s.reactors, s.original_posts AS posts, p.followers
FROM account_scores_current AS s
LEFT JOIN profiles AS p
  ON p.network = s.network AND p.account_id = s.account_id AND p.valid_to IS NULL
WHERE s.network = 'twitter'
ORDER BY s.rank
LIMIT 10"""

TOP_ENTITIES = """
SELECT e.rank, e.type, round(e.score, 1) AS score, round(e.error, 1) AS error, e.grade,
       string_agg(s.network || ' @' || coalesce(p.handle, s.account_id), ', ' ORDER BY s.network) AS accounts
FROM entity_scores_current AS e
JOIN account_scores_current AS s USING (entity_id)
LEFT JOIN profiles AS p
  ON p.network = s.network AND p.account_id = s.account_id AND p.valid_to IS NULL
WHERE s.score IS NOT NULL
GROUP BY ALL
ORDER BY e.rank
LIMIT 10"""

LOOK_FURTHER = {
    "one account over time": """
SELECT score_date, score, change_1_day, error, influence, reach, efficiency, break_days, trust, received
FROM account_scores_history
WHERE network = 'twitter' AND account_id = '{account}'
ORDER BY score_date""",
    "score against evidence, by network": """
SELECT network, grade, count(*) AS accounts, round(avg(score), 1) AS score
FROM account_scores_current
WHERE score IS NOT NULL
GROUP BY network, grade
ORDER BY network, grade""",
    "what each night did": """
SELECT step, network, score_date, state, ended_at - started_at AS took, counts
FROM runs
ORDER BY started_at""",
}


def demo(lake: str) -> None:
    """Generate, calibrate, run the last nights, print the top tens."""
    landing = LandingWriter.of(lake)
    run = Run(config.load(), lake, name="demo")
    logs.configure(run_id=run.run_id)
    with ThreadPoolExecutor(max_workers=1) as beside:
        if run.lake.version(FEED_DAYS) is None:  # Spark starts while the world is written, which takes one core
            beside.submit(lambda: run.spark)
        generate(
            landing,
            accounts=ACCOUNTS,
            days=DAYS,
            seed=SEED,
            start=START,
            progress=logs.get(step="generate").info,
        )
    dates = [START + timedelta(days=DAYS - n) for n in range(NIGHTS, 0, -1)]
    calibrate_version(run, VERSION, dates[-1])
    for on in dates:
        night(run, plan(run, on, [VERSION]))
    answer(None, as_json=False, text=shown(run))


def shown(run: Run) -> str:
    """The top tens and the queries to go on with."""
    first = query(run.lake, "SELECT account_id FROM account_scores_current WHERE network = 'twitter' AND rank = 1")
    account = first.fetchall()[0][0]
    lines = [
        f"\nThe ten most influential accounts on twitter, {DAYS} days into a generated world:{TOP_TEN}\n",
        str(query(run.lake, TOP_TEN)),
        f"The ten most influential people and organisations over all networks:{TOP_ENTITIES}\n",
        str(query(run.lake, TOP_ENTITIES)),
        "Look further, in DuckDB's SQL; tables and columns: docs/data-dictionary.md",
    ]
    for what, sql in LOOK_FURTHER.items():
        lines.append(f'\n  -- {what}\n  .venv/bin/sway sql {run.lake.option} "{sql.format(account=account)}"')
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(guarded(lambda: demo(sys.argv[1]), as_json=False))
