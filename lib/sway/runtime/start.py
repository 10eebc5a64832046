"""How a process begins and ends: common arguments, logs, and the exit code that says why it failed."""

from __future__ import annotations

import argparse
import json
import math
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, NoReturn

from sway.contracts.tables.columns import EARLIEST
from sway.errors import ConfigError, InfrastructureError, SwayError
from sway.runtime import config, logs
from sway.runtime.run import Run

# Control characters but for the line's end, letters that turn the direction of writing, halves of characters.
STEERING = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

LATEST = date(2100, 12, 31)


class Parser(argparse.ArgumentParser):
    """An argument parser whose usage errors exit like any other configuration error.

    An option that does not say what becomes of several values takes one: argparse would let the last hold, silently.
    """

    def __init__(self, *args: Any, **told: Any) -> None:
        super().__init__(*args, **told)
        self.register("action", None, _Once)

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(ConfigError.exit_code, f"{self.prog}: {message}\n")


class _Once(argparse.Action):
    """Keep a value; a second one is a usage error."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, option: str | None = None
    ) -> None:
        given = vars(namespace).setdefault("given", set())
        if self.dest in given:
            raise argparse.ArgumentError(self, "given twice")
        given.add(self.dest)
        setattr(namespace, self.dest, values)


def day(text: str) -> date:
    """A day written YYYY-MM-DD, so far from the calendar's ends that any horizon around it can be counted."""
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"expected a day such as 2016-05-03, found {text!r}") from error
    if not EARLIEST <= found <= LATEST:
        raise argparse.ArgumentTypeError(f"expected a day from {EARLIEST} to {LATEST}, found {text!r}")
    return found


def add_common(parser: argparse.ArgumentParser, *, has_lake: bool = True) -> None:
    """The arguments every verb and every job takes; without `has_lake` those of a verb that looks at none."""
    if has_lake:
        parser.add_argument("--lake", required=True, metavar="DIR", help="folder or URI of the lake")
    environment = "name in conf/environments/, or a path ending in .toml (default: local)"
    parser.add_argument("--env", default="local", help=environment)
    parser.add_argument("--json", action="store_true", help="log and answer in JSON, also at a terminal")


def job(
    work: Callable[[Run, argparse.Namespace], None], *, description: str, arguments: Sequence[str] = ()
) -> NoReturn:
    """Run a spark-submit entry point: `arguments` names those of --date and --version it needs."""
    parser = Parser(description=description)
    add_common(parser)
    if "--date" in arguments:
        parser.add_argument("--date", type=day, required=True, help="day, YYYY-MM-DD")
    if "--version" in arguments:
        parser.add_argument("--version", action="append", help="algorithm version (default: the environment's)")
    options = parser.parse_args()
    sys.exit(guarded(lambda: work(open_run(options, name=parser.prog), options), as_json=options.json))


def open_run(options: argparse.Namespace, *, name: str) -> Run:
    """The run these arguments describe; its id is on every log line from here on.

    Raises ConfigError where nothing has landed and no table is there: the lake's name may be mistyped.
    """
    run = Run(config.load(options.env), options.lake, name=name)
    if not run.landing.has_lake():
        raise ConfigError(f"lake {run.lake.root}: expected a folder with landing/ or tables/ in it, found neither")
    logs.configure(as_json=True if options.json else None, run_id=run.run_id)
    return run


def guarded(work: Callable[[], None], *, as_json: bool) -> int:
    """Do `work`; turn an error into its sentence and exit code. What nobody foresaw keeps its traceback."""
    logs.configure(as_json=True if as_json else None)
    try:
        work()
    except SwayError as error:
        _say(type(error).__name__, str(error), error.exit_code, as_json=as_json)
        return error.exit_code
    except KeyboardInterrupt:
        _say("Interrupted", "stopped; run again to go on where it left off", 50, as_json=as_json)
        return InfrastructureError.exit_code
    except Exception as error:
        logs.get().exception("unforeseen error", kind=type(error).__name__)
        return InfrastructureError.exit_code
    return 0


def answer(value: object, *, as_json: bool, text: str) -> None:
    """Print a verb's result: JSON for machines, `text` for people. Who stops reading, as `head` does, ends nothing."""
    try:
        print(json.dumps(_in_json(value), default=str) if as_json else harmless(text), flush=True)
    except BrokenPipeError:
        sys.stdout = None  # else Python writes the rest as it ends


def _in_json(value: object) -> object:
    """The value as JSON can say it, which knows no NaN and no infinity: they are null, as what is not known."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _in_json(one) for key, one in value.items()}
    return [_in_json(one) for one in value] if isinstance(value, list | tuple) else value


def harmless(text: str) -> str:
    """Text of strangers as a terminal can bear it: what would steer it, or turn letters around, as escapes."""
    return STEERING.sub(lambda found: ascii(found[0])[1:-1], text)


def _say(kind: str, sentence: str, exit_code: int, *, as_json: bool) -> None:
    log = logs.get()
    if sys.stderr.isatty() and not as_json:
        log.error(f"{kind} (exit {exit_code})")
        print(harmless(sentence), file=sys.stderr)
    else:
        log.error(sentence, kind=kind, exit_code=exit_code)
