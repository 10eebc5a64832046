"""What a run says while it works: JSON lines for machines, readable lines for a person at a terminal.

Every line carries the run id, and network and step where they are bound:
`log = logs.get(step="ingest"); log.info("rows read", network="twitter", rows=12)`.
"""

from __future__ import annotations

import logging
import sys
from typing import Any, TextIO

import structlog


def configure(*, as_json: bool | None = None, stream: TextIO | None = None, **context: Any) -> None:
    """Send log lines to `stream` (standard error), bound to `context` such as the run id.

    `as_json` None: JSON unless the stream is a terminal.
    """
    target = stream or sys.stderr
    json_lines = not target.isatty() if as_json is None else as_json
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso" if json_lines else "%H:%M:%S", utc=json_lines),
    ]
    # Without the values of variables: they may hold what nobody should read in a log.
    tracebacks = structlog.processors.ExceptionRenderer(
        structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    )
    renderer: list[structlog.typing.Processor] = (
        [
            tracebacks,
            structlog.processors.JSONRenderer(sort_keys=False, default=str),
        ]
        if json_lines
        else [_without_run_id, structlog.dev.ConsoleRenderer(colors=target.isatty(), pad_event_to=44)]
    )
    structlog.configure(
        processors=[*shared, *renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        # Asked for at each line: standard error may have been replaced since, as tests do.
        logger_factory=lambda *_: structlog.PrintLogger(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(**context)


def get(**context: Any) -> structlog.typing.FilteringBoundLogger:
    """A logger bound to `context`, such as step and network."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger(**context)
    return logger


def _without_run_id(
    _logger: structlog.typing.WrappedLogger, _name: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """A person follows one run: its id on every line would only push the words aside."""
    event.pop("run_id", None)
    return event
