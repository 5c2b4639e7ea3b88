"""The live stream over HTTP: `GET /events`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import web

from monitor.web.live import TOPICS

if TYPE_CHECKING:
    from monitor.web.live import Feed, Viewer

__all__ = ["Stream"]

PATIENCE_S = 20.0
"""How long one write may wait for a viewer that does not read: under the 30 s of UX.md 9.4."""


class Stream:
    """Serves the feed as server-sent events."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Stream `hello`, then every change; `?topics=` chooses, `Last-Event-ID` or `?last=` resumes."""
        asked = [topic for topic in request.query.get("topics", "").split(",") if topic]
        unknown = [topic for topic in asked if topic not in TOPICS]
        if unknown:
            raise web.HTTPBadRequest(
                text=f"unknown topic {unknown[0]!r}; choose from {', '.join(TOPICS)}"
            )
        names = frozenset[str]().union(*(TOPICS[topic] for topic in asked or TOPICS))
        last = request.headers.get("Last-Event-ID") or request.query.get("last")
        response = web.StreamResponse(
            headers={
                "Content-Type": "text/event-stream; charset=utf-8",
                "Cache-Control": "no-store",
                "X-Accel-Buffering": "no",
            }
        )
        async with self._feed.subscribe(names, last) as viewer:
            await response.prepare(request)
            await self._pour(viewer, response)
            if viewer.dropped and request.transport is not None:
                request.transport.abort()  # it does not read: nothing more can be said to it
        return response

    async def _pour(self, viewer: Viewer, response: web.StreamResponse) -> None:
        while (frame := await viewer.queue.get()) is not None:
            try:
                async with asyncio.timeout(PATIENCE_S):
                    await response.write(frame.text)
            except TimeoutError:
                self._feed.dropped += 1
                viewer.dropped = True
                return
            except ConnectionError:
                return
