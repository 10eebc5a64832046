"""Commits that met one of another run: one error for both writers, LeaseHeld."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from deltalake.exceptions import CommitFailedError

from sway.contracts.contract import Contract
from sway.errors import LeaseHeld


@contextmanager
def one_writer(contract: Contract) -> Iterator[None]:
    """Raise LeaseHeld where a commit by delta-rs met one of another run."""
    try:
        yield
    except CommitFailedError as error:
        raise overtaken(contract) from error


@contextmanager
def one_spark_writer(contract: Contract) -> Iterator[None]:
    """Raise LeaseHeld where a commit by Spark met one of another run."""
    from delta import exceptions  # importing it makes Python exceptions of Delta's own

    conflicts = tuple(getattr(exceptions, name) for name in exceptions.__all__)
    try:
        yield
    except conflicts as error:
        raise overtaken(contract) from error


def overtaken(contract: Contract) -> LeaseHeld:
    """What to raise where another run was first."""
    return LeaseHeld(f"{contract.name} was changed by another run meanwhile; run again")
