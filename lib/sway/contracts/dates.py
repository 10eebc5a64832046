"""Filters on dates of tables: what holds on a day, what happened up to one."""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow.compute as pc


def is_valid(as_of: date) -> pc.Expression:
    """Whether a row holds on the date: from valid_from on, until the day before valid_to."""
    return (pc.field("valid_from") <= as_of) & (pc.field("valid_to").is_null() | (pc.field("valid_to") > as_of))


def is_within(as_of: date, days: int) -> pc.Expression:
    """Whether a row's event_date is one of so many days up to the date, the date included."""
    return (pc.field("event_date") <= as_of) & (pc.field("event_date") > as_of - timedelta(days=days))
