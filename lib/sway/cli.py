"""The command `sway`: every step of a night for people, and whole nights in one Spark session."""

from __future__ import annotations

import argparse
import os
import sys
from datetime import date
from pathlib import Path
from typing import TypeAlias

from sway.runtime.start import Parser, add_common, answer, day, guarded, open_run

# Verbs import what they need when they run: looking must not wait for pyspark.

Verbs: TypeAlias = "argparse._SubParsersAction[Parser]"
ACCEPT = "take the days as they are, however many rows came, were refused or came before, and however short lists are"


def main(arguments: list[str] | None = None) -> int:
    """Run one verb and return its exit code."""
    options = _parser().parse_args(arguments)
    return guarded(lambda: options.verb(options), as_json=options.json)


def _parser() -> Parser:
    parser = Parser(prog="sway", description="An open, nightly, distributed influence score.")
    verbs = parser.add_subparsers(required=True, metavar="VERB", parser_class=Parser)

    generate = verbs.add_parser("generate", help="write a believable social world as landing files")
    generate.add_argument("--accounts", type=_positive, required=True, help="accounts on Twitter")
    generate.add_argument("--days", type=_positive, required=True, help="days of landing files")
    generate.add_argument("--seed", type=int, required=True, help="same seed, same bytes")
    generate.add_argument("--start", type=day, default=date(2016, 1, 1), help="first day (default: 2016-01-01)")
    faults = "plant bad input of every kind, with a ledger of it; what is bad by its number alone needs --crowds too"
    generate.add_argument("--faults", action="store_true", help=faults)
    generate.add_argument(
        "--crowds", action="store_true", help="with --faults: a million reactions to one account, ten thousand files"
    )
    generate.set_defaults(verb=_generate)

    night = verbs.add_parser("night", help="ingest what has landed, score a date and publish it")
    night.add_argument("--date", type=day, required=True, help="score date")
    night.add_argument("--version", action="append", help="algorithm version; may be repeated")
    night.add_argument("--dry-run", action="store_true", help="say what would be done, write nothing")
    night.set_defaults(verb=_night)

    calibrate = verbs.add_parser("calibrate", help="freeze a version's constants for this lake")
    calibrate.add_argument("--version", required=True, help="algorithm version")
    calibrate.add_argument("--date", type=day, required=True, help="reference date")
    calibrate.set_defaults(verb=_calibrate)

    backfill = verbs.add_parser("backfill", help="score past dates by one version and publish them")
    backfill.add_argument("--version", required=True, help="algorithm version")
    backfill.add_argument("--from", dest="first", type=day, required=True, help="first score date")
    backfill.add_argument("--to", dest="last", type=day, required=True, help="last score date")
    backfill.set_defaults(verb=_backfill)

    promote = verbs.add_parser("promote", help="make a version the one readers see")
    promote.add_argument("version", help="algorithm version")
    promote.add_argument("--why", default="promotion", help="reason, kept in the table promotions")
    promote.set_defaults(verb=_promote)

    rollback = verbs.add_parser("rollback", help="return to the version before the last promotion")
    rollback.set_defaults(verb=_rollback)

    sql = verbs.add_parser("sql", help="query the lake's tables and views, without Spark")
    sql.add_argument("query", help="one SELECT, in DuckDB's SQL")
    sql.set_defaults(verb=_sql)

    _add_verbs_of_comparing(verbs)
    _add_verbs_of_input(verbs)
    for verb in verbs.choices.values():
        add_common(verb)
    _add_evaluate(verbs)
    _add_quarantine(verbs)
    return parser


def _add_verbs_of_comparing(verbs: Verbs) -> None:
    agree = verbs.add_parser("agree", help="how alike versions are on a date: every two of them")
    agree.add_argument("--date", type=day, required=True, help="score date")
    agree.add_argument("--picture", help="image file to draw the rank correlations into, such as agree.png")
    agree.set_defaults(verb=_agree)

    learn = verbs.add_parser("learn-weights", help="action weights learnt from the lake, beside a version's own")
    learn.add_argument("--version", required=True, help="algorithm version")
    learn.add_argument("--date", type=day, required=True, help="last day that is looked at")
    learn.add_argument("--network", help="this one alone")
    learn.set_defaults(verb=_learn_weights)


def _add_evaluate(verbs: Verbs) -> None:
    """`evaluate` looks at no lake: its worlds are its own."""
    evaluate = verbs.add_parser("evaluate", help="how good the score is: experiments on real data and generated worlds")
    evaluate.add_argument("--data", type=Path, help="folder with data sets (default: what SWAY_DATA names)")
    evaluate.add_argument("--only", default="", help="experiments, such as E1,E7 (default: all)")
    evaluate.add_argument("--full", action="store_true", help="five seeds and larger worlds: far longer")
    evaluate.add_argument("--accounts", type=_positive, help="accounts of a generated world")
    out = "the report (default: docs/evaluation.md, with --only build/evaluation.md, in the project folder)"
    evaluate.add_argument("--out", type=Path, help=out)
    evaluate.set_defaults(verb=_evaluate)
    add_common(evaluate, has_lake=False)


def _add_verbs_of_input(verbs: Verbs) -> None:
    ingest = verbs.add_parser("ingest", help="bring in what has landed of one network")
    ingest.add_argument("--network", required=True, help="network, or registry")
    ingest.add_argument("--date", type=day, required=True, help="last delivery day")
    ingest.add_argument("--dry-run", action="store_true", help="say what would be read, write nothing")
    ingest.add_argument("--accept", action="store_true", help=ACCEPT)
    ingest.set_defaults(verb=_ingest)

    doctor = verbs.add_parser("doctor", help="say what is wrong with the input, and what to do; exit 20 if anything is")
    doctor.add_argument("--date", type=day, help="look up to this day (default: the newest delivery day)")
    doctor.set_defaults(verb=_doctor)


def _add_quarantine(verbs: Verbs) -> None:
    """`quarantine` has verbs of its own."""
    quarantine = verbs.add_parser("quarantine", help="show refused rows, or read their days again")
    actions = quarantine.add_subparsers(required=True, metavar="list|replay", parser_class=Parser)
    listed = actions.add_parser("list", help="refused rows by rule, feed and day, each with an example")
    listed.add_argument("--network", help="of this network alone")
    listed.add_argument("--rule", help="that broke this rule alone")
    listed.set_defaults(verb=_quarantine_list)
    replay = actions.add_parser("replay", help="read delivery days again, after what was wrong is mended")
    replay.add_argument("--network", required=True, help="network, or registry")
    replay.add_argument("--feed", help="one feed (default: every feed of the network)")
    replay.add_argument("--from", dest="first", type=day, required=True, help="first delivery day")
    replay.add_argument("--to", dest="last", type=day, required=True, help="last delivery day")
    replay.add_argument("--dry-run", action="store_true", help="say what would be read again, write nothing")
    replay.add_argument("--accept", action="store_true", help=ACCEPT)
    replay.set_defaults(verb=_quarantine_replay)
    for verb in actions.choices.values():
        add_common(verb)


def _generate(options: argparse.Namespace) -> None:
    from sway.runtime import logs
    from sway.runtime.landing_writer import LandingWriter
    from sway.worlds.generate import generate

    summary = generate(
        LandingWriter.of(options.lake),
        accounts=options.accounts,
        days=options.days,
        seed=options.seed,
        start=options.start,
        faults=options.faults,
        crowds=options.crowds,
        progress=logs.get(step="generate").info,
    )
    answer(summary.__dict__, as_json=options.json, text=str(summary))


def _ingest(options: argparse.Namespace) -> None:
    from sway.steps.ingest_plan import plan_ingest

    run = open_run(options, name="ingest")
    if options.dry_run:
        todo = plan_ingest(run, options.network, options.date)
        answer(todo.shown(), as_json=options.json, text=todo.text())
        todo.check()
        return
    from sway.steps.ingest import ingest
    from sway.steps.readiness import look

    ingest(run, look(run, until=options.date, network=options.network), is_accepted=options.accept)


def _doctor(options: argparse.Namespace) -> None:
    from sway.steps.doctor import diagnose

    found = diagnose(open_run(options, name="doctor"), options.date)
    answer(found.shown(), as_json=options.json, text=found.text())
    found.check()


def _quarantine_list(options: argparse.Namespace) -> None:
    from sway.steps.quarantine import asked_for, listed_text

    run = open_run(options, name="quarantine")
    rows = asked_for(run, network=options.network, rule=options.rule)
    is_part = options.network is not None or options.rule is not None
    answer(rows, as_json=options.json, text=listed_text(rows, is_part=is_part))


def _quarantine_replay(options: argparse.Namespace) -> None:
    from sway.steps.quarantine import plan_replay, replay

    run = open_run(options, name="quarantine")
    todo = plan_replay(run, options.network, options.feed, options.first, options.last)
    if options.dry_run:
        answer(todo.shown(), as_json=options.json, text=todo.text())
        return
    replay(run, todo, is_accepted=options.accept)


def _night(options: argparse.Namespace) -> None:
    from sway.steps.night import night, plan

    run = open_run(options, name="night")
    todo = plan(run, options.date, options.version)
    if options.dry_run:
        answer(todo.shown(), as_json=options.json, text=todo.text())
        todo.check()
        return
    night(run, todo)


def _calibrate(options: argparse.Namespace) -> None:
    from sway.steps.night import calibrate_version

    calibrate_version(open_run(options, name="calibrate"), options.version, options.date)


def _backfill(options: argparse.Namespace) -> None:
    from sway.steps.night import backfill

    backfill(open_run(options, name="backfill"), options.version, options.first, options.last)


def _agree(options: argparse.Namespace) -> None:
    from sway.steps.agree import agree, draw, shown, text

    found = agree(open_run(options, name="agree"), options.date)
    answer(shown(found), as_json=options.json, text=text(found))
    if options.picture:
        draw(found, options.picture)


def _learn_weights(options: argparse.Namespace) -> None:
    from sway.steps.learn_weights import learn_weights, shown, text

    run = open_run(options, name="learn-weights")
    found = learn_weights(run, options.version, options.date, options.network)
    answer(shown(found), as_json=options.json, text=text(found))


def _evaluate(options: argparse.Namespace) -> None:
    from sway.runtime import config, logs
    from sway.steps.evaluate import Wanted, evaluate, shown, text

    folder = options.data or (Path(os.environ["SWAY_DATA"]) if os.environ.get("SWAY_DATA") else None)
    only = tuple(key.strip() for key in options.only.split(",") if key.strip())
    wanted = Wanted(folder, only, options.full, options.accounts, options.out)
    found = evaluate(config.load(options.env), wanted, on=date.today(), tell=logs.get(step="evaluate").info)
    answer(shown(found), as_json=options.json, text=text(found, wanted.page))


def _promote(options: argparse.Namespace) -> None:
    from sway.steps.promote import promote

    promote(open_run(options, name="promote"), options.version, why=options.why)
    answer({"current": options.version}, as_json=options.json, text=f"current: {options.version}")


def _rollback(options: argparse.Namespace) -> None:
    from sway.steps.promote import rollback

    version = rollback(open_run(options, name="rollback"))
    answer({"current": version}, as_json=options.json, text=f"current: {version}")


def _sql(options: argparse.Namespace) -> None:
    from sway.runtime.views import as_text, query

    found = query(open_run(options, name="sql").lake, options.query)
    rows = found.fetchall() if options.json else []
    columns = found.columns
    answer(
        [dict(zip(columns, row, strict=True)) for row in rows],
        as_json=options.json,
        text="" if options.json else as_text(found),
    )


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number above 0, found {text!r}")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
