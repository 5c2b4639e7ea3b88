"""The exception tree: what went wrong decides whether to retry, to refuse or to repair.

    KetenError
    +-- ConfigError          the operator's files are wrong; carries every problem with its place
    +-- ContractError        bytes that are not the language
    |   +-- UndecodableEvent     cannot be read; carries the reason
    |   +-- QuarantinedEvent     readable, but its times cannot be believed
    +-- TransientError       try again later; nothing is lost
    |   +-- LogUnavailable       the event log is away
    |   +-- LogFull              no space left for the event log
    |   +-- StoreUnavailable     the database of the ledger is away
    |   +-- NothingRecorded      the ledger does not reach the time that is asked about yet
    |   +-- DeviceSilent         a device did not answer in time
    |   +-- ChannelUnavailable   a notification could not be delivered
    +-- PermanentError       trying again gives the same
        +-- DeviceRefused        a device answered, with a refusal
        +-- DirectoryInUse       another process owns the data directory
        +-- PositionLost         the offset asked for is no longer kept
        +-- LogCorrupt           the event log on disk is damaged or not ours
        +-- LedgerDamaged        the ledger cannot be read, or is of another release
        +-- MonthRefused         a month cannot be closed or revised now

A device being down is an observation, not an exception. Foreign errors are mapped at the adapter;
whether to retry is decided by the type, never by the text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "ChannelUnavailable",
    "ConfigError",
    "ContractError",
    "DeviceRefused",
    "DeviceSilent",
    "DirectoryInUse",
    "KetenError",
    "LedgerDamaged",
    "LogCorrupt",
    "LogFull",
    "LogUnavailable",
    "MonthRefused",
    "NothingRecorded",
    "PermanentError",
    "PositionLost",
    "Problem",
    "QuarantinedEvent",
    "StoreUnavailable",
    "TransientError",
    "UndecodableEvent",
]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One finding about an operator's file: the place, what is wrong, and the cure in the message.

    Args:
        file: Path as the operator wrote it; empty when no file is at fault.
        line: From 1; 0 when unknown.
        column: From 1; 0 when unknown.
        severity: `error` refuses the whole, `warning` is a finding, `note` never changes an exit code.
        code: Stable short name of the rule, kebab-case.
        message: One sentence that says what is wrong and, after a semicolon or colon, what to do.
    """

    file: str
    line: int
    column: int
    severity: str
    code: str
    message: str

    def __str__(self) -> str:
        """`file:line:column: severity[code] message`, as compilers write it; only `file` without a line."""
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.severity}[{self.code}] {self.message}"


class KetenError(Exception):
    """Root of everything this product raises on purpose."""


class ConfigError(KetenError):
    """The operator's files or arguments are wrong; every problem is listed at once."""

    def __init__(self, problems: Sequence[Problem] | str) -> None:
        self.problems: tuple[Problem, ...] = (
            (Problem("", 0, 0, "error", "usage", problems),)
            if isinstance(problems, str)
            else tuple(problems)
        )
        super().__init__(
            "\n".join(str(p) if p.file else p.message for p in self.problems) or "no problem named"
        )


class ContractError(KetenError):
    """Bytes that do not follow the event contract."""


class UndecodableEvent(ContractError):
    """Bytes that are not an event; `reason` names the field and what is wrong with it."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class QuarantinedEvent(ContractError):
    """A readable event whose `time` cannot be believed; it is kept apart and never used as clock."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class TransientError(KetenError):
    """Trying again later may succeed; nothing was lost."""


class LogUnavailable(TransientError):
    """The event log cannot be reached or does not accept events now."""


class LogFull(TransientError):
    """The disk of the event log is full; nothing of the batch was accepted."""


class StoreUnavailable(TransientError):
    """The database of the ledger cannot be reached or does not take rows now; nothing was lost."""


class NothingRecorded(TransientError):
    """The ledger knows nothing of the time that is asked about; it may once more of the log was read."""


class DeviceSilent(TransientError):
    """A device did not answer within its time-out and retries."""


class ChannelUnavailable(TransientError):
    """A notification channel cannot be reached now."""


class PermanentError(KetenError):
    """Trying again gives the same result."""


class DeviceRefused(PermanentError):
    """A device answered with a refusal: wrong credentials, a view that excludes what was asked."""


class DirectoryInUse(PermanentError):
    """Another process owns the data directory."""


class PositionLost(PermanentError):
    """The offset asked for is no longer kept by the log."""


class LogCorrupt(PermanentError):
    """The event log on disk is damaged, or is not an event log of a version that we can read."""


class LedgerDamaged(PermanentError):
    """The ledger cannot be read, says two things at once, or was made by another release."""


class MonthRefused(PermanentError):
    """A month cannot be closed or revised now; the message says why and what to do."""
