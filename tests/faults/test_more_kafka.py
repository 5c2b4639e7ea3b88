"""A probe that dies takes no verdict with it: what nobody looks at becomes unknown."""

from __future__ import annotations

import pytest

from tests.faults.running import wait_until
from tests.faults.test_kafka_flow import Devices, chain_state, role

pytestmark = [pytest.mark.slow, pytest.mark.kafka]


def test_a_killed_probe_leaves_its_components_unknown_and_its_chain_not_green(
    tmp_path, kafka_broker
):
    log = tmp_path / "stderr"
    servers = kafka_broker.address
    with (
        Devices(tmp_path / "demo") as devices,
        role("engine", devices, servers, tmp_path, log, "mute.") as engine,
        role("probe", devices, servers, tmp_path, log, "mute.") as probe,
    ):
        wait_until(lambda: chain_state(engine) == "up", "the chain to be up")
        probe.kill()
        wait_until(lambda: chain_state(engine) == "unknown", "the gap rule to speak", 120)
