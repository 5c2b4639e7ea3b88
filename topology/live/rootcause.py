"""A component that does not answer, seen from those that do, turned into its cheapest explanation.

The frontier rule: whoever stops answering next to components that answer has failed itself, or all the
links through which those reach it have. Everything behind it is shadow. It is the quick path where only
devices and watched ports are involved; `topology.live.scene` asks the exact search for the rest, with the
same costs and the same words.

Source: CORE.md 3.1 and 3.2 A, C; DESIGN.md 7.3 (costs).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from topology.rootcause.costs import COSTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "MESSAGE_PENALTY",
    "SPREAD_S",
    "Explanation",
    "NextTest",
    "Port",
    "doubted",
    "explain_blind",
    "explain_component",
    "explain_one_sided",
    "unseen_penalty",
    "words_for",
]

MESSAGE_PENALTY = 500
"""Of explaining away a message that the component itself or its supplier sent."""

_LISTED = 3
"""Members that are named in a sentence."""

SPREAD_S = 120
"""Members of one shared risk fail within so many seconds of each other, unless they ran on battery."""


class Port(NamedTuple):
    """A link to the failed component; its port at the answering side: `down`, `up`, None = not seen."""

    link: str
    status: str | None
    near: str = ""


class NextTest(Struct, frozen=True):
    """The next thing to look at: `way` as in `topology.rootcause.nexttest`."""

    way: str
    subject: str
    seen_from: str | None = None


class Explanation(Struct, frozen=True):
    """What is at fault, at which cost, and how sure that is.

    Attributes:
        causes: Ids, sorted.
        runner_up: Cost of the next best explanation; None when nothing else is possible.
        certainty: Words for people.
        among: All explanations of this cost; `causes` is the one of them that is named.
        tests: What would tell it from the others, the best first.
        second: The next best explanation.
        flags: `topology-doubtful`, `contradiction`, `inexact`.
    """

    causes: tuple[str, ...]
    cost: int
    runner_up: int | None = None
    certainty: str = ""
    among: tuple[tuple[str, ...], ...] = ()
    tests: tuple[NextTest, ...] = ()
    second: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


def doubted(explanation: Explanation) -> Explanation:
    """The same, with the catalogue in doubt: somebody answers whom it puts behind the cause."""
    return replace(explanation, flags=tuple(sorted({*explanation.flags, "topology-doubtful"})))


def unseen_penalty(links: int, far: int) -> int:
    """What an unread port adds to the cost of its link: alone, a link cannot be told from its end.

    Args:
        links: Ways to the component at the far end.
        far: Prior of that component.
    """
    return max(0, far - COSTS["link"]) if links == 1 else 0


def explain_component(
    component: str, cost: int, ports: Sequence[Port], *, said_down: bool
) -> Explanation:
    """Choose between a component that does not answer and its links to those that do.

    Args:
        component: Who does not answer.
        cost: Prior of the component.
        ports: Its links to components that answer; at least one.
        said_down: The component or its supplier reported it down.
    """
    links = tuple(sorted(port.link for port in ports))
    own = (component,)
    lit = [port.link for port in ports if port.status == "up"]
    if lit:
        certainty = f"signaal op {', '.join(lit)}: de verbinding is het niet"
        return Explanation(own, cost, None, certainty, (own,))
    by_links = len(links) * COSTS["link"] + (MESSAGE_PENALTY if said_down else 0)
    dark = [port for port in ports if port.status is None]
    if dark:
        by_links += unseen_penalty(len(links), cost)
        named = ", ".join(port.link for port in dark)
        certainty = f"kan ook {', '.join(links)} zijn: poortstatus van {named} niet gezien"
        among = (own, links) if by_links == cost else (own,)
        tests = tuple(NextTest("port", port.link, port.near or None) for port in dark)
        return Explanation(own, cost, by_links, certainty, among, tests, links)
    return _in_the_dark(own, links, (cost, by_links), said_down=said_down)


def _in_the_dark(
    own: tuple[str, ...], links: tuple[str, ...], costs: tuple[int, int], *, said_down: bool
) -> Explanation:
    """All ports towards a component are without signal."""
    cost, by_links = costs
    certainty = f"geen signaal op {', '.join(links)}"
    look = tuple(NextTest("inspect", suspect) for suspect in (*own, *links))
    if by_links < cost:
        certainty += f"; kan ook {own[0]} zijn"
        return Explanation(links, by_links, cost, certainty, (links,), look, own)
    if said_down:
        certainty += f"; {own[0]} is zelf gemeld als uit"
    certainty += f"; kan ook {', '.join(links)} zijn"
    among = (own, links) if by_links == cost else (own,)
    return Explanation(own, cost, by_links, certainty, among, look, links)


def explain_blind(via: str, cost: int, root: str = "") -> Explanation:
    """The explanation when nothing answers: the poller's own link.

    Args:
        via: The poller's own link.
        cost: Prior of the component that the poller is attached to: it looks the same from here.
        root: That component.
    """
    words = "niets antwoordt: een tweede meetpunt kan uitsluitsel geven"
    tests = (NextTest("elsewhere", root),) if root else ()
    second = (root,) if root else ()
    return Explanation((via,), COSTS["vantage"], cost, words, ((via,),), tests, second)


def explain_one_sided(vantage: str, via: str, cost: int, lost: Sequence[str]) -> Explanation:
    """The explanation when others reach what one vantage point does not: its own way there.

    Args:
        vantage: Who does not reach it.
        via: Its own link; which part of its way it is cannot be told.
        cost: Prior of that link.
        lost: What it does not reach, and others do.
    """
    listed = ", ".join(lost[:_LISTED])
    more = f" en nog {len(lost) - _LISTED}" if len(lost) > _LISTED else ""
    words = f"meetpunt {vantage} bereikt niet wat een ander wel bereikt: {listed}{more}"
    tests = (NextTest("inspect", via),)
    return Explanation((via,), cost, None, words, ((via,),), tests, (), ("contradiction",))


def words_for(
    named: Sequence[str],
    others: Iterable[Sequence[str]],
    *,
    shared: bool,
    denied: Sequence[str] = (),
    left: Sequence[str] = (),
) -> str:
    """How sure an explanation of the exact search is, in words.

    Args:
        named: The explanation that is named.
        others: Those that cost as much, or else the runner-up.
        shared: It explains several failures at once.
        denied: Of its causes, those that their supplier says work.
        left: Members of the power that is named that still answer.
    """
    rest = list(others)
    clauses = []
    if shared:
        otherwise = sorted({fault for one in rest[:1] for fault in one} - set(named))
        together = f"alles onder {', '.join(named)} viel samen uit"
        if left:
            together = _outlived(named, left)
        clauses.append(f"{together}; anders {', '.join(otherwise)}" if otherwise else together)
    else:
        clauses += [f"kan ook {', '.join(one)} zijn" for one in rest]
    clauses += [f"leverancier meldt {id_} als werkend" for id_ in denied]
    return "; ".join(clauses)


def _outlived(named: Sequence[str], left: Sequence[str]) -> str:
    """The words for a power that some of its members outlive."""
    listed = ", ".join(left[:_LISTED])
    more = f" en nog {len(left) - _LISTED}" if len(left) > _LISTED else ""
    return (
        f"onder {', '.join(named)} viel een deel kort na elkaar uit; "
        f"misschien op noodstroom: {listed}{more}"
    )
