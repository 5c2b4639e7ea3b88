"""The port to SNMP: what can be asked of an agent, and what comes back.

Two adapters keep it: `fast` (v2c, the default) and `reference` (pysnmp; v2c and v3). They share the
conversations (`lookup`, `walk`, `grid`), which know the protocol's ways but no socket; each brings its
own codec and transport, and they must agree value by value.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

from events.errors import DeviceSilent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from probes.port import SnmpCredential, Target
    from probes.snmp.ber import Oid, RawResponse, Value, VarBind

__all__ = [
    "Agent",
    "Conversation",
    "Counts",
    "Engine",
    "Question",
    "Request",
    "Table",
    "Walked",
    "abandon",
    "agent_of",
    "silence_of",
    "split_address",
]

SNMP_PORT = 161


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """Where an agent listens and how to be let in.

    Args:
        timeout_s: Seconds per try.
        retries: Tries after the first.
    """

    host: str
    port: int = SNMP_PORT
    credential: SnmpCredential
    timeout_s: float = 2.0
    retries: int = 2

    def __str__(self) -> str:
        """`host:port`, with brackets around IPv6."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Question(NamedTuple):
    """Columns of known rows, and scalars beside them.

    Attributes:
        scalars: Whole names, `.0` included.
        columns: Names of columns.
        rows: Their index, in the order in which the agent gives them.
    """

    scalars: tuple[Oid, ...]
    columns: tuple[Oid, ...]
    rows: tuple[int, ...]


@dataclass(slots=True)
class Table:
    """The answer to a `Question`; what the agent does not have is None, never 0.

    Args:
        scalars: In the order asked.
        columns: A list a column, a value a row.
        changed: The agent has rows that were not asked: read the index again.
    """

    scalars: list[Value] = field(default_factory=list)
    columns: list[list[Value]] = field(default_factory=list)
    changed: bool = False
    quirks: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Walked:
    """What stands under some roots, in the order of the agent's answers.

    Args:
        complete: False when requests went without an answer, so that rows may be missing.
    """

    rows: list[VarBind] = field(default_factory=list)
    quirks: list[str] = field(default_factory=list)
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Request:
    """One GET or GETBULK; names are the content bytes of OIDs.

    Args:
        key: Which part of its conversation asks.
    """

    type: int
    names: tuple[bytes, ...]
    non_repeaters: int = 0
    repetitions: int = 0
    key: int = 0


class Conversation(Protocol):
    """What to ask next, given what was answered; no socket, no clock."""

    def ready(self) -> Request | None:
        """The next request that can be sent now, or None until one in flight has ended."""
        ...

    def take(self, request: Request, response: RawResponse) -> None:
        """Use an answer.

        Raises:
            DeviceRefused: The agent said that it does not want to.
        """
        ...

    def smaller(self, request: Request) -> Request:
        """What to send instead when the request found no answer: the answer may have been too big."""
        ...

    def lost(self, request: Request) -> None:
        """Go on without an answer to this request."""
        ...


@dataclass(slots=True)
class Counts:
    """What an engine has met since it started."""

    sent: int = 0
    resent: int = 0
    answered: int = 0
    silent: int = 0
    """Requests without an answer after all tries."""
    garbage: int = 0
    """Datagrams that are no response."""
    unexpected: int = 0
    """Late or doubled answers: nobody waits for that request-id (any more)."""
    wrong_source: int = 0
    """The request-id is right, the sender is not."""
    unsent: int = 0
    """Sends that the machine's own network refused; the retry sends again."""


class Engine(Protocol):
    """An SNMP engine. All reads raise the same two errors and bring quirks home with the rest.

    Raises (every read):
        DeviceSilent: Nothing came back within time-out and tries.
        DeviceRefused: It answered, with a refusal or with something that is not SNMP.
    """

    @property
    def counts(self) -> Counts:
        """What it has met so far."""
        ...

    async def get(self, agent: Agent, names: Sequence[Oid]) -> list[VarBind]:
        """Read single values, in the order asked; an exception value is a VarBind with its tag."""
        ...

    async def walk(self, agent: Agent, roots: Sequence[Oid]) -> Walked:
        """Read everything under the roots."""
        ...

    async def table(self, agent: Agent, question: Question) -> Table:
        """Read known rows of several columns at once."""
        ...

    async def close(self) -> None:
        """Let go of sockets; waiting reads end as silent. May be called twice."""
        ...


def abandon(conversation: Conversation) -> None:
    """Mark everything that a conversation still wants to ask as lost."""
    while (request := conversation.ready()) is not None:
        conversation.lost(request)


def silence_of(agent: Agent) -> DeviceSilent:
    """Turn an agent that gave nothing into the error that says so, and what to look at."""
    tries = "1 try" if not agent.retries else f"{agent.retries + 1} tries"
    return DeviceSilent(
        f"{agent} did not answer in {tries} of {agent.timeout_s:g} s; check the address, the"
        " community or user, and the device's access list"
    )


def agent_of(target: Target) -> Agent:
    """Turn a target into the agent to ask.

    Raises:
        ValueError: The address is not `host:port`.
    """
    host, port = split_address(target.address)
    return Agent(
        host=host,
        port=port,
        credential=target.credential,
        timeout_s=target.timeout_s,
        retries=target.retries,
    )


def split_address(address: str) -> tuple[str, int]:
    """Turn `host`, `host:port`, `[v6]:port` or a bare IPv6 address into host and port.

    Raises:
        ValueError: Says what is wrong with it.
    """
    host, colon, port = address.rpartition(":")
    if not colon or (":" in host and not host.endswith("]")) or address.endswith("]"):
        host, port = address, str(SNMP_PORT)
    host = host.strip("[]")
    highest = 0xFFFF
    if not host or not port.isdecimal() or not 0 < int(port) <= highest:
        raise ValueError(f"{address!r} is no address: write HOST:PORT, or [IPv6]:PORT")
    return host, int(port)
