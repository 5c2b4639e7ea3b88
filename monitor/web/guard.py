"""What surrounds every answer: who may ask, which headers protect it, errors that tell what to do."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

import msgspec
from aiohttp import web

from events import ids
from monitor.logs import logger

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from monitor.web.options import Options
    from monitor.web.pages import Pages

__all__ = ["HEADERS", "guard", "problem"]

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self';"
    " img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

MACHINES = ("/api/", "/events", "/metrics", "/health/")
"""Paths whose errors are JSON (RFC 9457), not a page."""

log = logger("web")


def guard(
    options: Options, pages: Pages
) -> Callable[[web.Request, Callable[[web.Request], Awaitable[web.StreamResponse]]], object]:
    """Make the middleware that checks the Host header and turns what goes wrong into an answer."""

    @web.middleware
    async def guarded(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        if not _is_ours(request.host, options.hosts):
            return problem(421, f"this service is not called {request.host!r}; use its own address")
        try:
            return await handler(request)
        except web.HTTPException as error:
            if error.status < 400:  # noqa: PLR2004  # a redirect is an answer, not an error
                raise
            return _told(request, pages, error.status, error.text or error.reason)
        except (ConnectionError, TimeoutError):
            raise
        except Exception:
            at = options.clock.now().isoformat()
            reference = ids.derive("failure", request.method, request.path, at)[:8]
            log.exception("request.failed", path=request.path, reference=reference)
            return _told(request, pages, 500, f"internal error, reference {reference}", reference)

    return guarded


def problem(status: int, detail: str) -> web.Response:
    """Turn an error into `application/problem+json`.

    Source: RFC 9457.
    """
    body = msgspec.json.encode({"type": "about:blank", "status": status, "detail": detail})
    return web.Response(body=body, status=status, content_type="application/problem+json")


def _told(
    request: web.Request, pages: Pages, status: int, detail: str, reference: str = ""
) -> web.Response:
    if request.path.startswith(MACHINES):
        return problem(status, detail)
    return pages.failure(request, status, reference=reference, detail=detail)


def _is_ours(host: str, names: frozenset[str]) -> bool:
    """Tell whether a Host header names loopback or a name that we were given."""
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    name = name.strip("[]").lower().rstrip(".")
    if name == "localhost" or name in names:
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
