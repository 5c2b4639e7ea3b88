"""The picture as JSON: `/api/v1`, `/health`.

Times are ISO 8601 in UTC. A chain or component never told of is `unknown`, with the reason.

Source: DESIGN.md 7.5; the Dutch REST-API design rules (plural nouns, no trailing slash, API-Version).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from aiohttp import web

from monitor.projector import UNMEASURED
from monitor.reports.explanation import explanation
from monitor.reports.lane_rule import rule
from monitor.web.views import part_name
from topology.lanes import ChainVerdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from events.contract import StateData
    from monitor.projector import Clocks, Projector
    from monitor.web.options import Options

__all__ = ["Api", "clocks_data"]

VERSION = "1.0.0"
NEVER = "nog geen metingen"


class Api:
    """Answers machines."""

    def __init__(self, projector: Projector, options: Options) -> None:
        self._projector = projector
        self._catalogue = projector.catalogue
        self._options = options

    def routes(self) -> list[web.RouteDef]:
        """Every path with its handler."""
        return [
            web.get("/api/v1/chains", self.chains),
            web.get("/api/v1/chains/{id:.+}", self.chain),
            web.get("/api/v1/components", self.components),
            web.get("/api/v1/components/{id:.+}", self.component),
            web.get("/api/v1/incidents", self.incidents),
            web.get("/api/v1/status", self.status),
            web.get("/health/live", self.live),
            web.get("/health/ready", self.ready),
        ]

    async def chains(self, request: web.Request) -> web.Response:
        """List every chain in catalogue order; `?state=down` keeps those in that state."""
        listed = [self._chain(id_) for id_ in self._catalogue.chains]
        wanted = request.query.get("state")
        return _json({"chains": [one for one in listed if wanted in {None, one["state"]}]})

    async def chain(self, request: web.Request) -> web.Response:
        """Tell of one chain."""
        id_ = request.match_info["id"]
        if id_ not in self._catalogue.chains:
            raise web.HTTPNotFound(text=f"there is no chain {id_!r}; see /api/v1/chains")
        kappa = self._options.kappa(id_)
        return _json({**self._chain(id_), "kappa": kappa, **self._why(id_, kappa)})

    async def components(self, request: web.Request) -> web.Response:
        """List every component, link and shared risk; `?state=down` keeps those in that state."""
        kinds = (self._catalogue.components, self._catalogue.links, self._catalogue.shared_risks)
        listed = [self._component(id_) for kind in kinds for id_ in kind]
        wanted = request.query.get("state")
        return _json({"components": [one for one in listed if wanted in {None, one["state"]}]})

    async def component(self, request: web.Request) -> web.Response:
        """Tell of one component, link or shared risk."""
        id_ = request.match_info["id"]
        kinds = (self._catalogue.components, self._catalogue.links, self._catalogue.shared_risks)
        if not any(id_ in kind for kind in kinds):
            raise web.HTTPNotFound(text=f"there is no component {id_!r}; see /api/v1/components")
        return _json(self._component(id_))

    async def incidents(self, request: web.Request) -> web.Response:
        """List the incidents that are kept, the last moved last; `?status=open` keeps those."""
        wanted = request.query.get("status")
        listed = [
            {"id": id_, **msgspec.to_builtins(_whole(data))}
            for id_, data in self._projector.incidents.items()
            if wanted in {None, data.status}
        ]
        return _json({"incidents": listed})

    async def status(self, request: web.Request) -> web.Response:  # noqa: ARG002  # a handler is given the request
        """Tell how far the folds are: digest, watermark, the two clocks."""
        told: Mapping[str, object] = self._options.status.status() if self._options.status else {}
        clocks = self._projector.clocks(self._options.clock.now())
        body = {
            "version": self._options.version,
            "catalogue": self._catalogue.version,
            "timezone": self._catalogue.timezone,
            "ready": self._options.ready() is None,
            "clocks": clocks_data(clocks),
            "strangers": self._projector.strangers,
            **told,
        }
        return _json(body)

    async def live(self, request: web.Request) -> web.Response:  # noqa: ARG002  # a handler is given the request
        """Say that the process runs."""
        return _json({"status": "live"})

    async def ready(self, request: web.Request) -> web.Response:  # noqa: ARG002  # a handler is given the request
        """Say whether the picture is complete; 503 with the reason when it is not."""
        reason = self._options.ready()
        if reason is None:
            return _json({"status": "ready"})
        return _json({"status": "not ready", "reason": reason}, status=503)

    def _chain(self, id_: str) -> dict[str, object]:
        chain = self._catalogue.chains[id_]
        told = self._projector.states.get(id_)
        hops = [
            {
                "title": hop.title,
                **msgspec.to_builtins(self._projector.hop_state(id_, place)),
                "members": hop.members,
                "suppliers": hop.suppliers,
            }
            for place, hop in enumerate(self._projector.hops[id_])
        ]
        causes = told.causes if told else []
        return {
            "id": id_,
            "name": chain.name,
            **_state(told, "unknown"),
            "flags": told.flags if told else [],
            "redundancy_lost": told.redundancy_lost if told else False,
            "level": chain.level,
            "group": chain.source,
            "service": chain.to,
            "users": self._catalogue.groups[chain.source].users,
            "users_affected": {
                "certain": told.users_certain if told else 0,
                "possible": told.users_possible if told else 0,
            },
            "owners": list(dict.fromkeys(filter(None, map(self._supplier, causes)))),
            "hops": hops,
        }

    def _why(self, id_: str, kappa: int | None) -> dict[str, object]:
        """The rule that made the verdict, and the explanations of its causes."""
        told = self._projector.states.get(id_)
        level = self._catalogue.levels[self._catalogue.chains[id_].level]
        causes = told.causes if told else []
        verdict = ChainVerdict(
            told.state if told else "unknown",
            tuple(told.flags) if told else (),
            kappa,
            0,
            0,
            told.redundancy_lost if told else False,
        )
        return {
            "rule": rule(verdict, level.redundancy),
            "root_causes": [
                {
                    "id": one,
                    "supplier": self._supplier(one),
                    "explanation": explanation(self._projector.causes.get(one)),
                }
                for one in causes
            ],
        }

    def _component(self, id_: str) -> dict[str, object]:
        state = self._projector.state_of(id_)
        untold = "up" if state == UNMEASURED else "unknown"
        return {
            "id": id_,
            "name": part_name(self._catalogue, id_),
            **_state(self._projector.states.get(id_), untold),
            "measured": state != UNMEASURED,
            "supplier": self._supplier(id_),
            "chains": self._projector.chains_through(id_),
        }

    def _supplier(self, id_: str) -> str | None:
        known = self._catalogue
        part = known.components.get(id_) or known.links.get(id_) or known.shared_risks.get(id_)
        return part.supplier if part else None


def clocks_data(clocks: Clocks) -> dict[str, object]:
    """Turn the two clocks into JSON, as the heartbeat and the status tell them."""
    return {
        "last_event": clocks.last_event.isoformat() if clocks.last_event else None,
        "watermark": clocks.watermark.isoformat() if clocks.watermark else None,
        "sources": clocks.sources,
        "silent": clocks.silent,
        "stalled_since": clocks.stalled_since.isoformat() if clocks.stalled_since else None,
    }


def _state(told: StateData | None, untold: str) -> dict[str, object]:
    if told is None:
        return {"state": untold, "since": None, "reason": NEVER, "causes": []}
    return {
        "state": told.state,
        "since": told.since.isoformat(),
        "reason": told.reason,
        "causes": told.causes,
    }


def _whole(data: msgspec.Struct) -> dict[str, object]:
    """Every field of an event's data, defaults included: readers need not know the defaults."""
    return {name: getattr(data, name) for name in data.__struct_fields__}


def _json(body: object, status: int = 200) -> web.Response:
    return web.Response(
        body=msgspec.json.encode(body),
        status=status,
        content_type="application/json",
        headers={"API-Version": VERSION, "Cache-Control": "no-store"},
    )
