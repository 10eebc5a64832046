"""Commits that did not come about: the same errors of both writers, LeaseHeld where another run was first,
InfrastructureError where the store took nothing more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from deltalake.exceptions import CommitFailedError, DeltaError

from sway.contracts.contract import Contract
from sway.errors import InfrastructureError, LeaseHeld

# How delta-rs and Java put what an operating system or an object store refused.
REFUSED = re.compile(
    r"Generic \w+ error|os error \d+|Os \{ code: \d+|Mkdirs failed to create|No space left on device"
    r"|Disk quota exceeded|Read-only file system|Permission denied|[Nn]ot a directory|File too large|Input/output error"
)
CAUSE = re.compile(r"^(?:: |Caused by: )(.+)", re.MULTILINE)  # the sentence of an error in a trace of Java
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@contextmanager
def one_writer(contract: Contract) -> Iterator[None]:
    """Raise LeaseHeld where a commit by delta-rs met one of another run, InfrastructureError where nothing could be
    written.
    """
    try:
        yield
    except OSError as error:
        raise _unwritten(contract, str(error)) from error
    except DeltaError as error:
        if REFUSED.search(str(error)):
            raise _unwritten(contract, str(error)) from error
        if isinstance(error, CommitFailedError):
            raise overtaken(contract) from error
        raise


@contextmanager
def one_spark_writer(contract: Contract) -> Iterator[None]:
    """As `one_writer`, of a commit by Spark."""
    from delta import exceptions  # importing it makes Python exceptions of Delta's own
    from py4j.protocol import Py4JJavaError

    conflicts = tuple(getattr(exceptions, name) for name in exceptions.__all__)
    try:
        yield
    except conflicts as error:
        raise overtaken(contract) from error
    except Py4JJavaError as error:
        refused = [sentence for sentence in CAUSE.findall(str(error)) if REFUSED.search(sentence)]
        if refused:
            raise _unwritten(contract, refused[-1]) from error
        raise


def _unwritten(contract: Contract, why: str) -> InfrastructureError:
    """What to raise where the store took no commit."""
    sentence = " ".join(COLOURS.sub("", why).split())
    return InfrastructureError(f"{contract.name} could not be written: {sentence}; mend the store and run again")


def overtaken(contract: Contract) -> LeaseHeld:
    """What to raise where another run was first."""
    return LeaseHeld(f"{contract.name} was changed by another run meanwhile; run again")
