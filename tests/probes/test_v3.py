"""The reference engine speaks SNMPv3 with an agent that shares no code with ours."""

from __future__ import annotations

import pytest
from pysnmp.carrier.asyncio.dgram import udp
from pysnmp.entity import config, engine
from pysnmp.entity.rfc3413 import cmdrsp, context

from events.errors import DeviceRefused, DeviceSilent
from probes.port import Secret, SnmpCredential
from probes.snmp.engine import Agent
from probes.snmp.reference import ReferenceEngine

SYS_DESCR = (1, 3, 6, 1, 2, 1, 1, 1, 0)
SYSTEM = (1, 3, 6, 1, 2, 1, 1)


@pytest.fixture
async def port():
    agent = engine.SnmpEngine()
    transport = udp.UdpAsyncioTransport().open_server_mode(("127.0.0.1", 0))
    config.add_transport(agent, udp.DOMAIN_NAME, transport)
    config.add_v3_user(
        agent,
        "mon",
        config.USM_AUTH_HMAC192_SHA256,
        "authauthauth",
        config.USM_PRIV_CFB128_AES,
        "privprivpriv",
    )
    config.add_vacm_user(agent, 3, "mon", "authPriv", SYSTEM, (1, 3, 6, 1, 6, 6))
    made = context.SnmpContext(agent)
    cmdrsp.GetCommandResponder(agent, made)
    cmdrsp.BulkCommandResponder(agent, made)
    await transport._lport
    yield transport.transport.get_extra_info("sockname")[1]
    agent.close_dispatcher()


@pytest.fixture
async def reference():
    made = ReferenceEngine()
    yield made
    await made.close()


def asked(port: int, *, password: str = "privprivpriv", user: str = "mon") -> Agent:
    credential = SnmpCredential(
        version="3",
        user=user,
        auth_type="SHA256",
        auth_secret=Secret("authauthauth"),
        priv_type="AES128",
        priv_secret=Secret(password),
    )
    return Agent(host="127.0.0.1", port=port, credential=credential, timeout_s=1.0, retries=0)


async def test_auth_and_priv_read_values_and_rows(reference, port) -> None:
    (found,) = await reference.get(asked(port), [SYS_DESCR])
    assert b"PySNMP" in found.value
    walked = await reference.walk(asked(port), [SYS_DESCR[:-1]])
    assert SYS_DESCR in {row.oid for row in walked.rows}
    assert walked.complete


async def test_an_unknown_user_is_a_refusal_that_says_so(reference, port) -> None:
    with pytest.raises(DeviceRefused, match="check the credentials"):
        await reference.get(asked(port, user="nobody"), [SYS_DESCR])


async def test_a_wrong_privacy_secret_is_no_answer_or_a_refusal(reference, port) -> None:
    with pytest.raises((DeviceRefused, DeviceSilent)):
        await reference.get(asked(port, password="otherother"), [SYS_DESCR])
