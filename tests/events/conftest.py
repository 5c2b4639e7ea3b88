"""One handle on each adapter."""

from __future__ import annotations

import pytest

from tests.events.rigs import JournalRig, KafkaRig, MemoryRig

ADAPTERS = ["memory", "journal", pytest.param("kafka", marks=pytest.mark.kafka)]


@pytest.fixture(params=ADAPTERS)
async def rig(request, tmp_path):
    match request.param:
        case "memory":
            made = MemoryRig()
        case "journal":
            made = JournalRig(tmp_path / "log")
        case _:
            made = KafkaRig(request.getfixturevalue("kafka_broker"))
    yield made
    await made.close()


@pytest.fixture
async def journal(tmp_path):
    made = JournalRig(tmp_path / "log")
    yield made
    await made.close()
