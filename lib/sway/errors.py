"""Errors we raise. Each kind has its exit code, so a scheduler sees the cause without reading the log."""


class SwayError(Exception):
    """Base of every error raised on purpose: says what, where, what was expected and found, what to do."""

    exit_code = 50


class ConfigError(SwayError):
    """Configuration or usage is wrong; nothing was started."""

    exit_code = 10


class InputNotReady(SwayError):
    """Something a run needs has not arrived, or arrived damaged; running again later may succeed."""

    exit_code = 20


class AuditFailed(SwayError):
    """The data was read and found wanting; nothing of it was published."""

    exit_code = 30


class NotConverged(AuditFailed):
    """An iteration did not come to rest within the sweeps it was given."""


class LeaseHeld(SwayError):
    """Another run changed the same thing at the same time; run again."""

    exit_code = 40


class InfrastructureError(SwayError):
    """Storage, memory, Java or Spark failed; the data is not to blame."""

    exit_code = 50


class ContractBroken(InfrastructureError):
    """A table does not have the columns its contract declares."""
