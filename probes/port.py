"""What a probe is: a way of looking that turns a target into what it saw.

Probes know nothing of the topology. The composition root tells each target which links its ports are
and whom to look at again when it fails (the path to the poller and its neighbours, CORE.md 3.3).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from events.contract import MeasurementData, ObservationData, Status

__all__ = ["Look", "Probe", "Secret", "SnmpCredential", "Target"]


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A secret that never shows itself: `reveal()` is the only way to it."""

    _value: str

    def reveal(self) -> str:
        """The secret itself, for the wire only."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"


@dataclass(frozen=True, slots=True, kw_only=True)
class SnmpCredential:
    """How to be let in: a community for v2c, or a user with optional authentication and privacy.

    Args:
        version: `2c` or `3`.
        auth_type: MD5 SHA1 SHA224 SHA256 SHA384 SHA512, or None.
        priv_type: DES AES128 AES192 AES256, or None.
    """

    version: str = "2c"
    community: Secret | None = None
    user: str | None = None
    auth_type: str | None = None
    auth_secret: Secret | None = None
    priv_type: str | None = None
    priv_secret: Secret | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One component to look at.

    Args:
        component: Its id; the subject of what is seen.
        address: `host:port`.
        credential: How to be let in.
        interval_s: Seconds between cycles.
        timeout_s: Seconds per try.
        retries: Tries after the first.
        ports: Port name (ifName, ifDescr or ifAlias as the device gives it) to the id of its link.
        least: Link id to how many of its ports here must be up for it to carry; absent = 1.
        recheck: Components to look at again at once when this one fails for the first time.
        beyond: Link id to the component at its other end: looked at at once when the port here goes dark.
        domain: Key of its observations on the log.
    """

    component: str
    address: str
    credential: SnmpCredential
    interval_s: float
    timeout_s: float
    retries: int
    ports: Mapping[str, str] = field(default_factory=dict)
    least: Mapping[str, int] = field(default_factory=dict)
    recheck: tuple[str, ...] = ()
    beyond: Mapping[str, str] = field(default_factory=dict)
    domain: str = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one look at one target gave.

    Args:
        status: `up` answered, `down` did not answer in time and tries, `unknown` cannot be told
            (refused, garbage): `reason` says why.
        ports: Link id to what the port of this target says of it.
        measurement: The numbers, when the device answered with any.
        quirks: What the device got wrong, in words.
    """

    status: Status
    reason: str = ""
    ports: Mapping[str, ObservationData] = field(default_factory=dict)
    measurement: MeasurementData | None = None
    quirks: tuple[str, ...] = ()


class Probe(Protocol):
    """One way of looking, for many targets at once."""

    async def look(self, target: Target) -> Look:
        """Look once. Never raises for a device's fault: that is a `Look`."""
        ...

    async def close(self) -> None:
        """Let go of sockets; may be called twice."""
        ...
