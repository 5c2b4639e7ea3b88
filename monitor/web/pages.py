"""The pages: the picture through a template, in the language and theme of the reader.

What was rendered for a version of the picture is kept for a second, so that a hundred viewers who fetch
the page after the same change cost one rendering.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined

from monitor.language import FAULTS, INCIDENTS, LANGUAGES, Language, choose, language
from monitor.reasons import Reasons
from monitor.web import views
from monitor.web.because import because
from monitor.web.trouble import SEVERITY, counts, troubles
from monitor.web.verdict import verdict
from monitor.web.wall import columns, tile_columns, tile_lines

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.projector import Projector
    from monitor.web.assets import Assets
    from monitor.web.live import Feed
    from monitor.web.options import Options
    from monitor.web.views import ChainView

__all__ = ["Pages", "Reader"]

FOLD = 14
"""More chains than this and the healthy ones are shown small (UX.md 5, page 1)."""
WALL_ROWS = 6
"""Rows with hops that a wall shows above the small ones: the worst; the others are small too."""
TILES = 96
"""Small chains on one page; beyond that only their number is told."""
ROWS = 500
"""Rows on one page when all are asked for; the filter finds the others."""
KEPT_PAGES = 64
THEMES = ("dark", "light")
YEAR_S = 365 * 86400


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks: the language and theme of one request."""

    words: Language
    theme: str


class Pages:
    """Renders every page.

    Args:
        projector: Whose picture is shown.
        feed: For the place in the stream at which a page was made.
        options: Settings.
        assets: Static files.
    """

    def __init__(self, projector: Projector, feed: Feed, options: Options, assets: Assets) -> None:
        self.projector = projector
        self._views = views.Views(projector)
        self._reasons = Reasons(partial(views.part_name, projector.catalogue))
        self._feed = feed
        self._options = options
        self._assets = assets
        self._kept: dict[tuple[object, ...], str] = {}
        self._environments = {code: self._environment(language(code)) for code in LANGUAGES}

    def _environment(self, words: Language) -> Environment:
        made = Environment(
            loader=PackageLoader("monitor.web"),
            autoescape=True,
            undefined=StrictUndefined,
            extensions=["jinja2.ext.i18n"],
            trim_blocks=True,
            lstrip_blocks=True,
        )
        made.install_gettext_translations(words.texts, newstyle=True)  # type: ignore[attr-defined]
        made.globals |= {
            "asset": self._assets.url,
            "options": self._options,
            "languages": LANGUAGES,
        }
        made.globals |= {"build": self._assets.build, "shapes": views.SHAPES}
        return made

    def reader(self, request: web.Request) -> Reader:
        """Turn a request into the language and theme that it wants."""
        code = choose(
            request.query.get("lang"),
            request.cookies.get("lang"),
            request.headers.get("Accept-Language", ""),
            self._options.language,
        )
        theme = request.query.get("theme") or request.cookies.get("theme") or ""
        zone = self.projector.catalogue.timezone
        return Reader(language(code, zone), theme if theme in THEMES else "")

    # --- handlers ------------------------------------------------------------------------------

    async def board(self, request: web.Request) -> web.Response:
        """Show every chain; with `?wall` on one screen that nobody scrolls."""
        return self._answer(request, "board.html", self._board)

    async def chain(self, request: web.Request) -> web.Response:
        """Show one chain: the verdict in a sentence, its hops, its incidents."""
        return self._answer(request, "chain.html", self._chain)

    async def incidents(self, request: web.Request) -> web.Response:
        """List what people handle now, and what was closed lately."""
        return self._answer(request, "incidents.html", self._incidents)

    def failure(self, request: web.Request, status: int, **values: object) -> web.Response:
        """Say what could not be done, what still works and what to quote."""
        reader = self.reader(request)
        text = self._render(request, reader, "failure.html", {"status": status, **values})
        return web.Response(text=text, status=status, content_type="text/html")

    # --- what the templates are given -------------------------------------------------------------

    def _board(self, request: web.Request, _reader: Reader, _now: datetime) -> dict[str, object]:
        wall, wanted = "wall" in request.query, request.query.get("q", "").strip()[:100]
        all_ = self._views.chains()
        chains = self._views.chains(wanted) if wanted else all_
        folded = len(chains) > FOLD and "all" not in request.query
        rows = [one for one in chains if one.state != "up"] if folded else chains
        if wall and len(rows) > WALL_ROWS and folded:
            worst = sorted(rows, key=lambda one: SEVERITY.index(one.state))[:WALL_ROWS]
            rows = [one for one in rows if one in worst]
        rows = rows[:ROWS]
        small = [one for one in chains if one not in rows] if folded else []
        room = 8 * tile_lines(len(rows)) if wall else TILES
        return {
            "wall": wall,
            "wanted": wanted,
            "chains": chains,
            "rows": rows,
            "small": small[:room],
            "wide": tile_columns(len(small[:room]), len(rows)),
            "unseen": len(chains) - len(rows) - len(small[:room]),
            "folded": folded,
            "healthy": sum(one.state == "up" for one in all_),
            "total": len(all_),
            "unknown_all": all(not one.known for one in all_),
            "calm_since": max((one.since for one in all_ if one.since), default=None),
            "counts": counts(all_),
            "troubles": troubles(all_),
            "columns": columns(rows),
        }

    def _chain(self, request: web.Request, reader: Reader, now: datetime) -> dict[str, object]:
        id_ = request.match_info["chain"]
        if id_ not in self.projector.catalogue.chains:
            raise web.HTTPNotFound
        chain = replace(
            self._views.chain(id_),
            kappa=self._options.kappa(id_),
            flapping=self._views.flapping(id_, now),
        )
        hops = zip(chain.hops, self.projector.hops[id_], strict=True)
        told = self._said(chain, reader.words, now)
        return {
            "chain": chain,
            "verdict": verdict(told, reader.words, now),
            "because": [
                because(cause, reader.words, first=not place)
                for place, cause in enumerate(told.causes)
            ],
            "hops": [(view, *self._views.parts(hop, id_)) for view, hop in hops],
            "incidents": [
                one
                for one in self._views.incidents()
                if id_ in one.data.chains and one.data.status == "open"
            ],
            "faults": FAULTS,
            "restless": {one.part.id for one in chain.flapping},
        }

    def _said(self, chain: ChainView, words: Language, now: datetime) -> ChainView:
        """The chain with its reason and the certainty of its causes in the words of the reader."""
        causes = tuple(
            replace(cause, certainty=self._reasons.say(cause.certainty, words, now))
            for cause in chain.causes
        )
        return replace(chain, reason=self._reasons.say(chain.reason, words, now), causes=causes)

    def _incidents(
        self, _request: web.Request, _reader: Reader, _now: datetime
    ) -> dict[str, object]:
        listed = self._views.incidents()
        return {
            "open": [one for one in listed if one.data.status == "open"],
            "closed": [one for one in listed if one.data.status == "closed"],
            "faults": FAULTS,
            "words_of": INCIDENTS,
        }

    # --- rendering -----------------------------------------------------------------------------

    def _answer(self, request: web.Request, template: str, values: Any) -> web.Response:
        reader = self.reader(request)
        now = self._options.clock.now()
        last = self._options.notices.last if self._options.notices else None
        key = (
            request.path_qs,
            reader,
            self.projector.version,
            self._feed.position,
            int(now.timestamp()),
            last,
        )
        text = self._kept.get(key)
        if text is None:
            if len(self._kept) >= KEPT_PAGES:
                self._kept.clear()
            text = self._render(request, reader, template, values(request, reader, now))
            self._kept[key] = text
        response = web.Response(text=text, content_type="text/html")
        self._remember(request, response)
        return response

    def _remember(self, request: web.Request, response: web.Response) -> None:
        for name, allowed in (("lang", LANGUAGES), ("theme", THEMES)):
            if request.query.get(name) in allowed and "wall" not in request.query:
                response.set_cookie(
                    name, request.query[name], max_age=YEAR_S, httponly=True, samesite="Lax"
                )

    def _render(
        self, request: web.Request, reader: Reader, template: str, values: dict[str, object]
    ) -> str:
        words, now = reader.words, self._options.clock.now()

        def link(**changed: str) -> str:
            return str(request.rel_url.update_query(changed))

        def said(reason: str) -> str:
            return self._reasons.say(reason, words, now)

        text: str = (
            self._environments[words.code]
            .get_template(template)
            .render(
                words=words,
                theme=reader.theme or ("dark" if "wall" in request.query else ""),
                now=now,
                clocks=self.projector.clocks(now),
                position=self._feed.position,
                notice=self._options.notices.last if self._options.notices else None,
                link=link,
                said=said,
                path=request.path,
                **values,
            )
        )
        return text
