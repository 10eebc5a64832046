"""SQL of parts of a table, made of values that cannot be anything else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from sway.errors import InfrastructureError

PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]*")


Values = str | date | Sequence[str] | Sequence[date]


def slice_of(**equal: Values) -> str:
    """The SQL predicate of one slice: each column equal to a value, or in a list of days or names.

    Raises InfrastructureError for a text that is no plain name: names are validated long before they get here.
    """
    return " AND ".join(f"{column} {_condition(value)}" for column, value in equal.items())


def _condition(value: Values) -> str:
    if isinstance(value, (str, date)):
        return f"= {_literal(value)}"
    return f"IN ({', '.join(_literal(one) for one in value)})"


def _literal(value: str | date) -> str:
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    if not PLAIN.fullmatch(value):
        raise InfrastructureError(f"not a plain name: {value!r}")
    return f"'{value}'"
