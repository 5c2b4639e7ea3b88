"""Error status of a response: which of them is a refusal."""

from __future__ import annotations

from events.errors import DeviceRefused
from probes.snmp.ber import ERROR_NAMES

__all__ = ["error_name", "refuse_if_refused"]

_REFUSALS = frozenset({6, 16})
"""noAccess and authorizationError (RFC 3416)."""


def error_name(status: int) -> str:
    """Turn an error-status into its name."""
    return ERROR_NAMES[status] if 0 <= status < len(ERROR_NAMES) else f"error-status {status}"


def refuse_if_refused(status: int) -> None:
    """Raise for the statuses that say no to the asker rather than to the question.

    Raises:
        DeviceRefused: The agent does not let us in.
    """
    if status in _REFUSALS:
        raise DeviceRefused(
            f"the agent refused: {error_name(status)}; check its view and community"
        )
