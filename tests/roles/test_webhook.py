"""The webhook: one signed CloudEvent a notification, and no secret in any error."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from alerting.channels.webhook import SIGNATURE, TIMESTAMP, Webhook
from events import ids
from events.contract import Incident, IncidentData, Notification, NotificationData
from events.errors import ChannelUnavailable

NOW = datetime(2026, 6, 9, 7, 0, tzinfo=UTC)

INCIDENT = ids.event(
    Incident,
    source="engine/default",
    subject="inc-1",
    time=NOW,
    data=IncidentData(cause="sw-1", fault="down", status="open", opened=NOW, since=NOW),
)
NOTIFICATION = ids.event(
    Notification,
    source="engine/default",
    subject="inc-1",
    time=NOW,
    data=NotificationData(incident="inc-1", action="opened", title="Storing: sw-1"),
)


class Receiver:
    def __init__(self, status: int = 204) -> None:
        self.status = status
        self.requests: list[tuple[dict[str, str], bytes]] = []

    async def take(self, request: web.Request) -> web.Response:
        self.requests.append((dict(request.headers), await request.read()))
        headers = {"Location": "/elsewhere"} if self.status == 302 else {}
        return web.Response(status=self.status, headers=headers)


@pytest.fixture
async def serve():
    servers = []

    async def start(receiver: Receiver) -> str:
        app = web.Application()
        app.router.add_post("/hook/geheim-token", receiver.take)
        server = TestServer(app)
        servers.append(server)
        await server.start_server()
        return str(server.make_url("/hook/geheim-token"))

    yield start
    for server in servers:
        await server.close()


def channel(url: str, secret: str | None = "s3cr3t") -> Webhook:
    sign = (lambda: secret) if secret else None
    return Webhook("wacht", lambda: url, secret=sign, now=lambda: NOW)


async def test_the_receiver_gets_the_event_with_its_incident_and_a_signature_it_can_check(serve):
    receiver = Receiver()
    hook = channel(await serve(receiver))
    await hook.send(NOTIFICATION, INCIDENT)
    await hook.close()
    headers, content = receiver.requests[0]
    told = json.loads(content)
    assert told["type"] == "nl.ketenmonitor.notification.v1"
    assert told["data"]["title"] == "Storing: sw-1"
    assert told["data"]["about"]["cause"] == "sw-1"
    assert headers["Idempotency-Key"] == NOTIFICATION.id
    wanted = hmac.new(b"s3cr3t", headers[TIMESTAMP].encode() + b"." + content, hashlib.sha256)
    assert headers[SIGNATURE] == f"sha256={wanted.hexdigest()}"


async def test_without_a_secret_nothing_is_signed(serve):
    receiver = Receiver()
    hook = channel(await serve(receiver), secret=None)
    await hook.send(NOTIFICATION, None)
    await hook.close()
    assert SIGNATURE not in receiver.requests[0][0]


@pytest.mark.parametrize("status", [302, 400, 500, 503])
async def test_any_other_answer_is_a_failed_delivery_that_names_the_status(serve, status):
    hook = channel(await serve(Receiver(status)))
    with pytest.raises(ChannelUnavailable, match=f"wacht: the receiver answered {status}"):
        await hook.send(NOTIFICATION, None)
    await hook.close()


async def test_an_error_never_shows_the_address_because_it_may_hold_a_token(unused_tcp_port):
    hook = channel(f"http://127.0.0.1:{unused_tcp_port}/hook/geheim-token")
    with pytest.raises(ChannelUnavailable) as caught:
        await hook.send(NOTIFICATION, None)
    await hook.close()
    assert "geheim" not in str(caught.value)
    assert str(unused_tcp_port) not in str(caught.value)
