"""What tests of several packages share."""

from __future__ import annotations

import pytest

from events.errors import KetenError
from tests.services import HOME, in_ci


@pytest.fixture(scope="session")
def kafka_broker(tmp_path_factory):
    """A running Apache Kafka of this test process; one that cannot start fails in CI and skips elsewhere."""
    from monitor.demo.broker import Broker

    broker = Broker(HOME / "kafka", tmp_path_factory.mktemp("kafka"))
    try:
        broker.start()
    except (KetenError, OSError) as error:
        lacking = f"Apache Kafka is not available here: {error}"
        if in_ci():
            pytest.fail(lacking)
        pytest.skip(lacking)
    yield broker
    broker.stop()
