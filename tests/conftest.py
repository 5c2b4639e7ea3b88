"""What tests of several packages share."""

from __future__ import annotations

import gc
import warnings

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


@pytest.fixture(autouse=True)
def _sweep_after_kafka(request):
    """Collect the sockets of kafka-python where they were left, not in whatever test comes next.

    A client whose broker is away gives up its connections without closing them; the warning about that is
    kafka-python's, and it would hit the test in which the collector happens to run.
    """
    yield
    if "kafka" in request.node.path.name or request.node.get_closest_marker("kafka"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()
