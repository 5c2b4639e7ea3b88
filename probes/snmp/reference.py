"""The reference engine: the same conversations over pysnmp, for v3 and to hold the fast engine against.

One request at a time, some hundred times slower than `fast`: right for a device of which SNMPv3 is asked
and for a test, wrong for a region.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from pysnmp.entity.engine import SnmpEngine
from pysnmp.entity.rfc3413 import cmdgen
from pysnmp.error import PySnmpError
from pysnmp.hlapi.v3arch.asyncio import auth
from pysnmp.hlapi.v3arch.asyncio.lcd import CommandGeneratorLcdConfigurator
from pysnmp.hlapi.v3arch.asyncio.transport import Udp6TransportTarget, UdpTransportTarget
from pysnmp.proto import errind
from pysnmp.proto.rfc1902 import Null, ObjectName

from events.errors import ConfigError, DeviceRefused
from probes.snmp import ber
from probes.snmp.asn1 import UINTEGER32
from probes.snmp.ber import RawResponse, decode_oid, encode_oid, encode_value
from probes.snmp.engine import Counts, abandon, silence_of
from probes.snmp.grid import Grid, rows_that_fit
from probes.snmp.lookup import Lookup
from probes.snmp.walk import Walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from probes.port import SnmpCredential
    from probes.snmp.ber import Oid, VarBind
    from probes.snmp.engine import Agent, Conversation, Question, Request, Table, Walked

__all__ = ["AUTH_TYPES", "PRIV_TYPES", "ReferenceEngine"]

AUTH_TYPES = {
    "MD5": auth.USM_AUTH_HMAC96_MD5,
    "SHA1": auth.USM_AUTH_HMAC96_SHA,
    "SHA224": auth.USM_AUTH_HMAC128_SHA224,
    "SHA256": auth.USM_AUTH_HMAC192_SHA256,
    "SHA384": auth.USM_AUTH_HMAC256_SHA384,
    "SHA512": auth.USM_AUTH_HMAC384_SHA512,
}
PRIV_TYPES = {
    "DES": auth.USM_PRIV_CBC56_DES,
    "AES128": auth.USM_PRIV_CFB128_AES,
    "AES192": auth.USM_PRIV_CFB192_AES_BLUMENTHAL,
    "AES256": auth.USM_PRIV_CFB256_AES_BLUMENTHAL,
    "AES192C": auth.USM_PRIV_CFB192_AES,
    "AES256C": auth.USM_PRIV_CFB256_AES,
}
"""AES192C and AES256C extend the key the way Cisco's devices do."""

_NUMBERS = frozenset(
    {ber.INTEGER, ber.COUNTER32, ber.GAUGE32, ber.TIME_TICKS, ber.COUNTER64, UINTEGER32}
)
_SILENCE = (errind.RequestTimedOut, errind.EmptyResponse)
LOSSES = 2


class ReferenceEngine:
    """Asks through pysnmp; v2c and v3."""

    def __init__(self) -> None:
        self._counts = Counts()
        self._engines: dict[SnmpCredential, SnmpEngine] = {}
        self._fitted: dict[tuple[str, int, int], int] = {}
        self._configurator = CommandGeneratorLcdConfigurator()

    @property
    def counts(self) -> Counts:
        """What it has met so far."""
        return self._counts

    async def get(self, agent: Agent, names: Sequence[Oid]) -> list[VarBind]:
        """Read single values, in the order asked."""
        lookup = Lookup(names)
        await self._converse(agent, lookup)
        return lookup.result()

    async def walk(self, agent: Agent, roots: Sequence[Oid]) -> Walked:
        """Read everything under the roots."""
        walk = Walk(roots)
        await self._converse(agent, walk)
        return walk.result()

    async def table(self, agent: Agent, question: Question) -> Table:
        """Read known rows of several columns."""
        width = len(question.columns)
        key = (agent.host, agent.port, width)
        grid = Grid(question, self._fitted.get(key, rows_that_fit(width)))
        await self._converse(agent, grid)
        self._fitted[key] = grid.fitted
        return grid.result()

    async def close(self) -> None:
        """Let go of the sockets."""
        for engine in self._engines.values():
            engine.close_dispatcher()
        self._engines.clear()

    async def _converse(self, agent: Agent, conversation: Conversation) -> None:
        heard, losses = False, 0
        while (request := conversation.ready()) is not None:
            sent, response = await self._exchange(agent, conversation, request)
            if response is not None:
                heard, losses = True, 0
                conversation.take(sent, response)
                continue
            self._counts.silent += 1
            losses += 1
            conversation.lost(sent)
            if not heard:
                raise silence_of(agent)
            if losses >= LOSSES:
                abandon(conversation)

    async def _exchange(
        self, agent: Agent, conversation: Conversation, request: Request
    ) -> tuple[Request, RawResponse | None]:
        """Ask, and again with less; the request of the last try and its answer."""
        for attempt in range(agent.retries + 1):
            if attempt:
                request = conversation.smaller(request)
                self._counts.resent += 1
            self._counts.sent += 1
            response = await self._ask(agent, request)
            if response is not None:
                self._counts.answered += 1
                return request, response
        return request, None

    async def _ask(self, agent: Agent, request: Request) -> RawResponse | None:
        engine = self._engine(agent.credential)
        try:
            target = await _transport(agent)
            address, _ = self._configurator.configure(engine, _login(agent.credential), target, b"")
            answer = await _send(engine, address, request)
        except PySnmpError as error:
            raise DeviceRefused(f"{agent}: {error}") from None
        indication, status, index, varbinds = answer
        if isinstance(indication, _SILENCE):
            return None
        if indication:
            raise DeviceRefused(f"{agent}: {indication}; check the credentials")
        raw = [_raw(name, value) for name, value in varbinds]
        return RawResponse(b"", 0, int(status), int(index), raw)

    def _engine(self, credential: SnmpCredential) -> SnmpEngine:
        if credential not in self._engines:
            self._engines[credential] = SnmpEngine()
        return self._engines[credential]


async def _transport(agent: Agent) -> Any:
    kind = Udp6TransportTarget if ":" in agent.host else UdpTransportTarget
    return await kind.create((agent.host, agent.port), timeout=agent.timeout_s, retries=0)


def _login(credential: SnmpCredential) -> Any:
    if credential.version == "2c":
        community = credential.community.reveal() if credential.community else ""
        return auth.CommunityData(community, mpModel=1)  # noqa: S508  # the LAN is what it is
    secret = credential.auth_secret
    private = credential.priv_secret
    return auth.UsmUserData(
        credential.user or "",
        authKey=secret.reveal() if secret else None,
        privKey=private.reveal() if private else None,
        authProtocol=_named(AUTH_TYPES, credential.auth_type) if secret else None,
        privProtocol=_named(PRIV_TYPES, credential.priv_type) if private else None,
    )


def _named(types: dict[str, Any], name: str | None) -> Any:
    if name not in types:
        raise ConfigError(f"{name!r} is not known here; use one of {', '.join(types)}")
    return types[name]


async def _send(engine: SnmpEngine, address: Any, request: Request) -> tuple[Any, Any, Any, Any]:
    future: asyncio.Future[tuple[Any, Any, Any, Any]]
    future = asyncio.get_running_loop().create_future()

    def done(*answer: Any) -> None:
        if not future.done():
            future.set_result((answer[2], answer[3], answer[4], answer[5]))

    names = [(ObjectName(decode_oid(name)), Null("")) for name in request.names]
    if request.type == ber.GET:
        cmdgen.GetCommandGenerator().send_varbinds(engine, address, None, b"", names, done)
    else:
        sender = cmdgen.BulkCommandGeneratorSingleRun()
        numbers = (request.non_repeaters, request.repetitions)
        sender.send_varbinds(engine, address, None, b"", *numbers, names, done)
    return await future


def _raw(name: Any, value: Any) -> tuple[bytes, int, bytes]:
    """Turn pysnmp's objects into the bytes that the conversations read."""
    outer = value.tagSet[-1]
    tag = int(outer.tagClass | outer.tagFormat | outer.tagId)
    return encode_oid(tuple(name)), tag, _content(tag, value)


def _content(tag: int, value: Any) -> bytes:
    if tag in _NUMBERS:
        return encode_value(tag, int(value))[2:]
    if tag == ber.OID:
        return encode_oid(tuple(value))
    if tag in (ber.OCTET_STRING, ber.IP_ADDRESS, ber.OPAQUE):
        return bytes(value)
    return b""
