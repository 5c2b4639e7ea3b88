"""The web application: every path, and what surrounds it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from aiohttp import web

from monitor.web.api import Api, clocks_data
from monitor.web.assets import Assets
from monitor.web.guard import HEADERS, guard
from monitor.web.pages import Pages
from monitor.web.stream import Stream

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from monitor.projector import Projector
    from monitor.web.live import Feed
    from monitor.web.options import Options

__all__ = ["build"]

FOR_EVER = "public, max-age=31536000, immutable"


def build(projector: Projector, feed: Feed, options: Options) -> web.Application:
    """Build the board, its stream and its API over a picture that others keep up to date.

    The caller applies events to the projector and publishes its deltas to the feed; the application runs
    the feed while it serves and ends its streams when it stops. More routes may be added, such as /metrics.

    Args:
        projector: The picture, with its catalogue.
        feed: The live stream.
        options: Settings, and who answers for status and readiness.
    """
    assets = Assets()
    feed.build = assets.build
    feed.beat = lambda: clocks_data(projector.clocks(options.clock.now()))
    pages = Pages(projector, feed, options, assets)
    app = web.Application(middlewares=[guard(options, pages)])  # type: ignore[list-item]  # aiohttp's own alias
    app.add_routes(Api(projector, options).routes())
    app.add_routes(
        [
            web.get("/", pages.board),
            web.get("/chains/{chain:.+}", pages.chain),
            web.get("/incidents", pages.incidents),
            web.get("/events", Stream(feed).events),
            web.get("/static/{name}", _static(assets)),
        ]
    )

    async def running(_: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(feed.run())  # noqa: RUF100  # held here until the application stops
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    async def end_streams(_: web.Application) -> None:
        feed.close()

    app.cleanup_ctx.append(running)
    app.on_shutdown.append(end_streams)
    app.on_response_prepare.append(_protect)
    return app


async def _protect(request: web.Request, response: web.StreamResponse) -> None:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if not request.path.startswith("/static/"):
        response.headers.setdefault("Cache-Control", "no-store")


def _static(assets: Assets) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def static(request: web.Request) -> web.StreamResponse:
        asset = assets.get(request.match_info["name"])
        if asset is None:
            raise web.HTTPNotFound(text="no such file; load the page anew")
        headers = {
            "Content-Type": asset.content_type,
            "Cache-Control": FOR_EVER,
            "Vary": "Accept-Encoding",
        }
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            return web.Response(body=asset.packed, headers={**headers, "Content-Encoding": "gzip"})
        return web.Response(body=asset.body, headers=headers)

    return static
