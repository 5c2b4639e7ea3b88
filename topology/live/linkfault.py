"""A link without signal, turned into a fault of its own or the shadow of an end that fails.

Source: CORE.md 3.2 A.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from topology.live.component import WORKING
from topology.live.rootcause import Explanation
from topology.live.standing import OUT, SILENT
from topology.live.suspect import Suspect
from topology.rootcause.costs import cost_of

if TYPE_CHECKING:
    from topology.live.component import Check
    from topology.live.inquiry import Inquiry

__all__ = ["LinkFaults"]


class LinkFaults:
    """The judge of links."""

    def __init__(self, inquiry: Inquiry) -> None:
        self._inquiry = inquiry
        self._management, self._standing = inquiry.management, inquiry.standing
        self._evidence, self._suspects = inquiry.evidence, inquiry.suspects

    def seen(self, link: str) -> None:
        """Take note of new evidence on a link: suspected while a port of it is dark."""
        checks = [c for c in self._evidence[link].of("port") if c.status == "down"]
        suspect = self._suspects.get(link)
        if suspect is not None and suspect.derived:
            self._seen_fallen(link, suspect, dark=bool(checks))
        elif checks and suspect is None:
            self._suspects[link] = Suspect(asked=self._inquiry.now, since=checks[0].since)
        elif not checks and suspect is not None:
            self._inquiry.forget(link)
        self._inquiry.touched.add(link)
        self._inquiry.queue.append(link)
        self._inquiry.queue.extend(self._management.links[link])

    def _seen_fallen(self, link: str, suspect: Suspect, *, dark: bool) -> None:
        """A link that was named unseen has been seen: without signal it stays named, by what was seen."""
        if dark:
            suspect.derived = False
            self._inquiry.recount()
        elif any(c.status == "up" for c in self._evidence[link].of("port")):
            self._inquiry.withdraw(link)

    def judge(self, link: str, suspect: Suspect) -> None:
        """A link without signal: its own fault, unless an end of it fails and explains it."""
        ends = self._management.links[link]
        failed = [(e, self._suspects.get(e)) for e in ends]
        known = [(e, s) for e, s in failed if s is not None and s.verdict != "answering"]
        out = [end for end in ends if self._standing.status(end) == OUT]
        if len(self._inquiry.vias) == len(self._management.roots):
            self._inquiry.conclude(suspect, "pending", ())
        elif known:
            self._follow(link, suspect, known)
        elif out:
            self._inquiry.conclude(suspect, "shadow", out)
        elif suspect.verdict == "cause" and any(self._standing.status(e) == SILENT for e in ends):
            return  # an end that is asked no longer takes nothing back: the port is dark still
        elif suspect.verdict == "shadow" or (suspect.hidden and not suspect.again):
            self._inquiry.ask_again(suspect)
        elif suspect.verdict != "cause" and self._is_dark(link, suspect):
            cost = cost_of(self._inquiry.catalogue, link)
            own = Explanation((link,), cost, among=((link,),))
            self._inquiry.conclude(suspect, "cause", (), own)

    def _is_dark(self, link: str, suspect: Suspect) -> bool:
        """Whether the loss of signal was seen since the link was asked, and its ends were."""
        checks = self._evidence[link].of("port")
        if _is_refuted(checks):
            return False
        if not suspect.again:
            ready = self._inquiry.ready(link, suspect)
            return ready and (suspect.capped or not self._is_outdated(link, checks))
        fresh = [c.time for c in checks if c.status == "down" and c.time > suspect.asked]
        if not fresh:
            return False
        suspect.again, suspect.asked = False, min(fresh)
        return self._inquiry.ready(link, suspect)

    def _is_outdated(self, link: str, checks: list[Check]) -> bool:
        """Whether an end comes and goes, and no port without signal was read since it was last looked at.

        Nor was it read when its own side was last looked at.
        """
        unsteady = [e for e in self._management.links[link] if self._inquiry.is_unsteady(e)]
        if not unsteady:
            return False
        dark = [check for check in checks if check.status == "down"]
        return not any(self._is_fresh(check, unsteady) for check in dark)

    def _is_fresh(self, dark: Check, unsteady: list[str]) -> bool:
        own = self._standing.seen_at(dark.seen_from)
        if own is not None and own > dark.time:
            return False
        others = (self._standing.seen_at(end) for end in unsteady if end != dark.seen_from)
        return all(at is None or at < dark.time for at in others)

    def _follow(self, link: str, suspect: Suspect, ends: list[tuple[str, Suspect]]) -> None:
        named = [s for _, s in ends if s.verdict == "shadow" and link in s.causes]
        if named:
            suspect.since = min(suspect.since, named[0].since)
            self._inquiry.blame(suspect, ())
            suspect.verdict, suspect.explanation = "cause", named[0].explanation
        elif any(s.verdict == "pending" for _, s in ends):
            if suspect.verdict == "shadow":
                self._inquiry.ask_again(suspect, hidden=True)
            elif suspect.verdict != "cause":  # a named cause stays named while its end is looked at
                suspect.hidden = True
                self._inquiry.conclude(suspect, "pending", ())
        else:
            causes = {c for end, s in ends for c in (s.causes or [end])}
            self._inquiry.conclude(suspect, "shadow", causes)


def _is_refuted(checks: list[Check]) -> bool:
    """Whether the other side has seen signal since the last port without it was read."""
    lit = [check.time for check in checks if check.status in WORKING]
    return bool(lit) and all(check.time < max(lit) for check in checks if check.status == "down")
