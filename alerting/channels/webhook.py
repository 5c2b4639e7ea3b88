"""A notification as a CloudEvent over HTTP POST, signed when a secret is given.

The body is the notification's event with the incident beside it; `Idempotency-Key` is the notification's
id, so that a receiver that sees it twice after a crash can tell. The signature is HMAC-SHA256 over
`<timestamp>.<body>`; the timestamp lets a receiver refuse replays.

Source: CloudEvents HTTP protocol binding 1.0.
"""

from __future__ import annotations

import hashlib
import hmac
from http import HTTPStatus
from typing import TYPE_CHECKING

import aiohttp
import msgspec

from events import span
from events.errors import ChannelUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from events.contract import Incident, Notification

__all__ = ["SIGNATURE", "TIMESTAMP", "Webhook", "body", "sign"]

SIGNATURE = "Keten-Signature"
TIMESTAMP = "Keten-Timestamp"
TIMEOUT_S = 10.0
MAX_ERROR = 200


class Webhook:
    """Posts notifications to one address.

    Args:
        name: Name of the channel, for deliveries and logs.
        url: Gives the address when needed; it may hold a token, so it never appears in an error.
        secret: Gives the signing secret, or None for unsigned posts.
        now: Tells the moment of a post, for the signed timestamp.
    """

    def __init__(
        self,
        name: str,
        url: Callable[[], str],
        *,
        secret: Callable[[], str] | None,
        now: Callable[[], datetime],
    ) -> None:
        self.name = name
        self._url = url
        self._secret = secret
        self._now = now
        self._session: aiohttp.ClientSession | None = None

    async def send(self, notification: Notification, incident: Incident | None) -> None:
        """Deliver one notification; return when the receiver answered 2xx.

        Raises:
            ChannelUnavailable: Anything else; names the status or the kind of failure, not the address.
        """
        content = body(notification, incident)
        headers = {
            "Content-Type": "application/cloudevents+json; charset=UTF-8",
            "Idempotency-Key": notification.id,
        }
        if self._secret is not None:
            stamp = span.text(self._now())
            headers[TIMESTAMP] = stamp
            headers[SIGNATURE] = sign(self._secret(), stamp, content)
        await self._post(content, headers)

    async def _post(self, content: bytes, headers: dict[str, str]) -> None:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=TIMEOUT_S), trust_env=False
            )
        try:
            async with self._session.post(
                self._url(), data=content, headers=headers, allow_redirects=False
            ) as answer:
                status = answer.status
        except (aiohttp.ClientError, TimeoutError) as error:
            raise ChannelUnavailable(f"{self.name}: {type(error).__name__}") from None
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            raise ChannelUnavailable(f"{self.name}: the receiver answered {status}")

    async def close(self) -> None:
        """Let go of connections; may be called twice."""
        if self._session is not None:
            await self._session.close()
            self._session = None


def body(notification: Notification, incident: Incident | None) -> bytes:
    """The posted bytes: the notification's event, its data joined by the incident as it stands."""
    plain = msgspec.to_builtins(notification)
    if incident is not None:
        plain["data"]["about"] = {"id": incident.subject, **msgspec.to_builtins(incident.data)}
    return msgspec.json.encode(plain, order="deterministic")


def sign(secret: str, stamp: str, content: bytes) -> str:
    """`sha256=<hex>` over the timestamp, a dot and the body."""
    digest = hmac.new(secret.encode(), stamp.encode() + b"." + content, hashlib.sha256)
    return f"sha256={digest.hexdigest()}"
