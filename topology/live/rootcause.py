"""A component that does not answer, seen from those that do, turned into its cheapest explanation.

The frontier rule: whoever stops answering next to components that answer has failed itself, or all the
links through which those reach it have. Everything behind it is shadow. The costs say which is likelier; what
cannot be told apart is said, with what would tell it.

Source: CORE.md 3.1 and 3.2 A; DESIGN.md 7.3 (costs).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from topology.model import Tier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topology.model import Catalogue

__all__ = [
    "COSTS",
    "MESSAGE_PENALTY",
    "SPREAD_S",
    "VANTAGE_COST",
    "Explanation",
    "Port",
    "explain_blind",
]
__all__ += ["cost_of", "explain_component", "explain_risk"]

COSTS = {"link": 1000, "device": 1200, "power": 1500, "core": 1500}
"""Default priors: about -1000 ln(rate), so the cheaper one is the likelier one."""

VANTAGE_COST = 900
"""Of the poller's own link."""

MESSAGE_PENALTY = 500
"""Of explaining away a message that the component itself or its supplier sent."""

SPREAD_S = 120
"""Members of one shared risk fail within so many seconds of each other."""


class Port(NamedTuple):
    """A link to the failed component; its port at the answering side: `down`, `up`, None = not seen."""

    link: str
    status: str | None


class Explanation(Struct, frozen=True):
    """What is at fault, at which cost, and how sure that is.

    Attributes:
        causes: Ids, sorted.
        runner_up: Cost of the next best explanation; None when nothing else is possible.
        certainty: Words for people.
    """

    causes: tuple[str, ...]
    cost: int
    runner_up: int | None = None
    certainty: str = ""


def cost_of(catalogue: Catalogue, id_: str) -> int:
    """The prior of a component, link or shared risk being at fault."""
    if id_ in catalogue.links:
        return COSTS["link"]
    if id_ in catalogue.shared_risks:
        return COSTS.get(catalogue.shared_risks[id_].kind, COSTS["power"])
    return COSTS["core" if catalogue.components[id_].tier is Tier.CORE else "device"]


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
    by_links = len(links) * COSTS["link"] + (MESSAGE_PENALTY if said_down else 0)
    names = ", ".join(links)
    if any(port.status == "up" for port in ports):
        lit = ", ".join(port.link for port in ports if port.status == "up")
        return Explanation((component,), cost, None, f"signaal op {lit}: de verbinding is het niet")
    dark = [port.link for port in ports if port.status is None]
    if dark:
        unseen = f"kan ook {names} zijn: poortstatus van {', '.join(dark)} niet gezien"
        return Explanation((component,), cost, by_links, unseen)
    if by_links < cost:
        return Explanation(
            links, by_links, cost, f"geen signaal op {names}; kan ook {component} zijn"
        )
    certainty = f"geen signaal op {names}"
    if said_down:
        certainty += f"; {component} is zelf gemeld als uit"
    return Explanation((component,), cost, by_links, f"{certainty}; kan ook {names} zijn")


def explain_risk(risk: str, cost: int, parts: Sequence[Explanation]) -> Explanation | None:
    """Choose between a shared risk and the faults of its members one by one; None when those are cheaper.

    Args:
        risk: The shared risk.
        cost: Its prior.
        parts: The cheapest explanation of each failed member that stands next to an answering component.
    """
    apart = sum(part.cost for part in parts)
    if apart <= cost:
        return None
    named = sorted({cause for part in parts for cause in part.causes})
    return Explanation(
        (risk,), cost, apart, f"alles onder {risk} viel samen uit; anders {', '.join(named)}"
    )


def explain_blind(via: str, cost: int) -> Explanation:
    """The explanation when nothing answers: the poller's own link.

    Args:
        via: The poller's own link.
        cost: Prior of the component that the poller is attached to: it looks the same from here.
    """
    return Explanation(
        (via,), VANTAGE_COST, cost, "niets antwoordt: een tweede meetpunt kan uitsluitsel geven"
    )
