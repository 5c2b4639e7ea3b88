"""Failures that may share a cause, turned into their cheapest explanation by the exact search.

The frontier rule answers where a device fails by itself. The search is asked where more can be at fault: a
shared risk of which nothing is seen to work unless on battery, a component that nobody looks at, a supplier's
word. The scene holds who fails around the one in hand, as far as one fault could have felled both.

Who stands under a power and was not asked since its first member failed may be gone as well: where the
answer hangs on that, they are waited for.

Source: CORE.md 3.2 B and C, 3.3 (site power; ranking; supplier against observation).
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from topology.live.battery import Batteries
from topology.live.rootcause import Explanation, NextTest, words_for
from topology.live.standing import FAIL, OK, SILENT
from topology.live.testimony import IMPOSSIBLE, Testimony
from topology.rootcause.effect import Effect
from topology.rootcause.evidence import Evidence
from topology.rootcause.exact import Bounds
from topology.rootcause.nexttest import Look, next_tests, rivals
from topology.rootcause.search import search_together
from topology.rootcause.sight import Sight

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from topology.live.inquiry import Inquiry
    from topology.rootcause.evidence import Spared
    from topology.rootcause.region import Region
    from topology.rootcause.search import Found, Part

__all__ = ["Scenes"]

LARGEST = 150
"""Failures in one scene up to which it is searched as far as can be."""

WIDE = Bounds(faults=4, sets=100)
"""How far a larger scene is searched: a few faults that explain all are found, the rest greedily."""

MOST = 2000
"""Failures in one scene; past it the frontier rule decides alone."""

FEW = 25
"""Failures, or ways onward, up to which it is worked out what to look at next."""


class Scene(NamedTuple):
    """Who fails together, and everything that one of them could have failed by."""

    failed: frozenset[str]
    parts: frozenset[str]
    risks: frozenset[str]


class Answer(NamedTuple):
    """An explanation, and since when what it explains failed.

    `awaits`: the power whose members are to be asked first: if those not asked since are gone, it is another.
    """

    explanation: Explanation
    since: datetime
    awaits: str = ""


class Answering(AbstractSet[str]):
    """Those that a vantage point gets through to: asked one by one, nothing is copied."""

    def __init__(self, inquiry: Inquiry, vantage: str) -> None:
        self._inquiry, self._vantage = inquiry, vantage

    def __contains__(self, id_: object) -> bool:
        standing = self._inquiry.standing
        return id_ in self._inquiry.answering or standing.answered(str(id_), self._vantage)

    def __iter__(self) -> Iterator[str]:
        return (id_ for id_ in self._inquiry.management.nearer if id_ in self)

    def __len__(self) -> int:
        return self._inquiry.standing.count_answering(self._vantage)


class Scenes:
    """The judge of failures that may share a cause.

    Args:
        rank: Orders explanations of equal cost: users, changes, ids (CORE.md 3.3).
    """

    def __init__(
        self, inquiry: Inquiry, rank: Callable[[tuple[str, ...]], tuple[object, ...]]
    ) -> None:
        self._inquiry, self._rank = inquiry, rank
        self._management, self._standing = inquiry.management, inquiry.standing
        self._evidence, self._suspects = inquiry.evidence, inquiry.suspects
        self._batteries = Batteries(inquiry)
        self._testimony = Testimony(inquiry, self._batteries)
        self._risks: dict[str, tuple[str, ...]] = {}
        for risk in inquiry.catalogue.shared_risks:
            for member in sorted(inquiry.effect(risk) - {risk}):
                self._risks[member] = (*self._risks.get(member, ()), risk)

    def explain(self, id_: str) -> Answer | None:
        """The cheapest explanation of a component that fails; None where the frontier rule will do."""
        if not self._inquiry.regions or not self._asks_more(id_):
            return None
        scene = self._around(id_)
        if scene is None:
            return None
        views = self._views(scene)
        if not views:
            return None
        bounds = WIDE if len(scene.failed) > LARGEST else Bounds()
        found = search_together(views, bounds)
        part = _part_of(found, id_)
        if part is None or not any(part.explanations):
            return None
        since = min(self._suspects[one].since for one in part.failed)
        explanation = self._explanation(found, part, views)
        if self._is_blind(explanation):
            return None
        return Answer(explanation, since, self._hangs_on(id_, part, views, bounds))

    def _hangs_on(
        self, id_: str, part: Part, views: list[tuple[Region, Evidence]], bounds: Bounds
    ) -> str:
        """The power by which it would be explained if all its members not asked since had gone too."""
        (region, first), *others = views
        stale = {one.risk for one in first.spared if self._batteries.is_stale(one)}
        if not stale:
            return ""
        if not part.exact:
            return min(stale)
        gone = tuple(
            one._replace(penalty=0) if self._batteries.is_stale(one) else one
            for one in first.spared
        )
        worse = search_together([(region, replace(first, spared=gone)), *others], bounds)
        other = _part_of(worse, id_)
        if other is None or other.explanations == part.explanations:
            return ""
        return min(stale)

    def exonerated(self, cause: str) -> bool:
        """Whether something is seen to work that a derived cause would have felled."""
        if self._inquiry.on_battery(cause):
            return False
        spared = self._batteries.spared(cause)
        if spared is None:
            return True
        down = self._without(cause, spared)
        if any(self._standing.status(part) == OK or self._standing.is_lit(part) for part in down):
            return True
        for vantage, region in self._inquiry.regions.items():
            ok = Answering(self._inquiry, vantage)
            seen = Evidence(ok=ok, ends=self._inquiry.ends)
            if vantage not in self._inquiry.vias and Sight(region, seen).is_cut(down):
                return True
        return False

    def _without(self, cause: str, spared: Sequence[Spared]) -> frozenset[str]:
        region = next(iter(self._inquiry.regions.values()))
        return Effect(region, spared).of(cause)

    def _is_blind(self, explanation: Explanation) -> bool:
        """Whether it blames a poller's own link: the blind rule is the judge of that."""
        vias = set(self._management.vias.values())
        return bool(vias & set(explanation.causes))

    def shares(self, id_: str, causes: Iterable[str]) -> list[str]:
        """Of several causes, those by which this component could have failed."""
        near, every = self._near(id_), sorted(causes)
        return [one for one in every if one in near] or every

    def can_fell(self, id_: str, cause: str) -> bool:
        """Whether a component fails by a cause though whoever is next to it answers."""
        return cause in self._near(id_)

    def _near(self, id_: str) -> set[str]:
        """A component, its steps to those who answer or fail, and the shared risks above all these."""
        parts, _ = self._ways(id_)
        return parts | {risk for part in parts for risk in self._risks.get(part, ())}

    # --- who belongs to it --------------------------------------------------------------------

    def _asks_more(self, id_: str) -> bool:
        """Whether the frontier rule may fall short: a risk, an unwatched step, a supplier's word."""
        if self._is_spoken_of(id_):
            return True
        if any(self._may_be_at_fault(risk) for risk in self._risks.get(id_, ())):
            return True
        for near, link in self._management.toward[id_]:
            if self._standing.status(near) == SILENT or self._is_spoken_of(link):
                return True
            if any(self._may_be_at_fault(risk) for risk in self._risks.get(link, ())):
                return True
        return False

    def _is_spoken_of(self, id_: str) -> bool:
        evidence = self._evidence.get(id_)
        return evidence is not None and bool(evidence.of("supplier"))

    def _may_be_at_fault(self, risk: str) -> bool:
        """Whether nothing under a shared risk is seen to work, unless on battery."""
        return self._batteries.spared(risk) is not None

    def _around(self, id_: str) -> Scene | None:
        failed, parts, risks = {id_: None}, set[str](), set[str]()
        queue = [id_]
        for one in queue:
            ways, beside = self._ways(one, past=self._carries)
            fresh = ways - parts
            parts |= ways
            near = [*beside, *self._behind(fresh)]
            for part in sorted(fresh):
                for risk in self._risks.get(part, ()):
                    if risk not in risks and self._may_be_at_fault(risk):
                        risks.add(risk)
                        near += self._testimony.under(risk)
            fresh_ids = [n for n in dict.fromkeys(near) if n not in failed and self._fails(n)]
            failed |= dict.fromkeys(fresh_ids)
            queue += fresh_ids
            if len(failed) > MOST:
                return None
        return Scene(frozenset(failed), frozenset(parts), frozenset(risks))

    def _ways(
        self, id_: str, past: Callable[[str], bool] = lambda _: False
    ) -> tuple[set[str], list[str]]:
        """What it is reached through as far as nobody answers, and who fails beside it there.

        Args:
            id_: Who fails.
            past: Those whom nobody looks at and who are known to carry nevertheless.
        """
        parts, beside, seen = {id_}, [], {id_}
        ahead = [id_]
        while ahead:
            for near, link in self._management.toward[ahead.pop()]:
                parts.add(link)
                if near in seen:
                    continue
                seen.add(near)
                status = self._standing.status(near)
                if status == FAIL and near not in self._inquiry.answering:
                    beside.append(near)
                elif status == SILENT and not past(near):
                    parts.add(near)
                    ahead.append(near)
        return parts, beside

    def _carries(self, id_: str) -> bool:
        """Whether somebody answers to whom no way leads but by this one, which is reached itself.

        What fails behind it then shares nothing by it. Of several vantage points that is left to the search.
        """
        if len(self._inquiry.regions) > 1 or not self._standing.reached(id_, set()):
            return False
        queue, (vantage,) = [id_], self._inquiry.regions
        answering = Answering(self._inquiry, vantage)
        for near in queue:
            for far, _ in self._management.away[near]:
                if far in self._inquiry.ends or self._fails(far) or far in queue:
                    continue
                if any(edge.component != near for edge in self._management.toward[far]):
                    continue
                if far in answering:
                    return True
                queue.append(far)
        return False

    def _behind(self, parts: Iterable[str]) -> Iterator[str]:
        """Who stands behind parts that nobody looks at."""
        for part in sorted(parts):
            if part in self._management.away and self._standing.status(part) == SILENT:
                yield from (edge.component for edge in self._management.away[part])

    def _fails(self, id_: str) -> bool:
        if self._standing.status(id_) != FAIL or id_ not in self._management.nearer:
            return False
        suspect = self._suspects.get(id_)
        return suspect is not None and not suspect.again and id_ not in self._inquiry.answering

    # --- what was seen of it ------------------------------------------------------------------

    def _views(self, scene: Scene) -> list[tuple[Region, Evidence]]:
        views: list[tuple[Region, Evidence]] = []
        words = self._testimony.of(scene)
        for vantage, region in self._inquiry.regions.items():
            if vantage in self._inquiry.vias:
                continue
            ok = Answering(self._inquiry, vantage)
            failed = frozenset(one for one in scene.failed if one not in ok)
            ends = self._inquiry.ends
            seen = replace(Evidence() if views else words, ok=ok, failed=failed, ends=ends)
            views.append((region, seen))
        return views

    # --- what it says -------------------------------------------------------------------------

    def _explanation(
        self, found: Found, part: Part, views: list[tuple[Region, Evidence]]
    ) -> Explanation:
        named = min(part.explanations, key=self._rank)
        others = [one for one in part.explanations if one != named]
        possible = part.runner_up is not None and part.runner_up < IMPOSSIBLE
        if not others and possible and part.second is not None:
            others = [part.second]
        looks = self._looks(views[0], part, named) if len(part.failed) <= FEW else []
        tests = [NextTest(look.way, look.subject, look.seen_from) for look in looks]
        denied = [one for one in named if self._is_denied(one)]
        left = [one.component for one in views[0][1].spared if one.risk in named]
        flags = ["topology-doubtful"] if self._answered_since(found.doubtful, part) else []
        flags += ["contradiction"] if denied or found.unexplained else []
        flags += [] if part.exact else ["inexact"]
        return Explanation(
            named,
            part.cost,
            part.runner_up if possible else None,
            words_for(
                named, others, shared=len(part.failed) > len(named), denied=denied, left=left
            ),
            part.explanations,
            (*self._unread([named, *others]), *tests)[:3],
            tuple(others[0]) if others else (),
            tuple(sorted(flags)),
        )

    def _answered_since(self, answering: Iterable[str], part: Part) -> bool:
        """Whether any of them was asked, and answered, after everything of this part had failed."""
        since = max(self._suspects[one].since for one in part.failed)
        asked = (self._standing.seen_at(one) for one in answering)
        return any(at is not None and at > since for at in asked)

    def _looks(
        self, view: tuple[Region, Evidence], part: Part, named: tuple[str, ...]
    ) -> list[Look]:
        """What would tell the named explanation from the others; nothing where that is a long walk."""
        against = [one for one in rivals(part) if one != named]
        faults = {fault for one in (named, *against) for fault in one}
        if any(len(self._management.away.get(part, ())) > FEW for part in faults):
            return []
        return next_tests(*view, [named, *against])

    def _unread(self, rivals: Iterable[tuple[str, ...]]) -> list[NextTest]:
        """The ports of suspected links that nobody read: with signal, a link is exonerated."""
        found = []
        for link in sorted({fault for one in rivals for fault in one}):
            near = self._management.links.get(link, ("",))[0]
            reached = near and self._standing.reached(near, set())
            if reached and self._standing.port_of(link, near) is None:
                found.append(NextTest("port", link, near))
        return found

    def _is_denied(self, id_: str) -> bool:
        evidence = self._evidence.get(id_)
        return evidence is not None and any(c.status == "up" for c in evidence.of("supplier"))


def _part_of(found: Found, id_: str) -> Part | None:
    return next((one for one in found.parts if id_ in one.failed), None)
