"""How likely each part is to be at fault, as a cost: about -1000 ln(rate), the cheaper the likelier.

Source: CORE.md 3.1 (default priors); DESIGN.md 7.3 (`costs`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from topology.model import Tier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from topology.model import Catalogue

__all__ = ["COSTS", "SPARED_PENALTY", "cost_of", "costs_of"]

COSTS: Mapping[str, int] = {
    "vantage": 900,
    "link": 1000,
    "device": 1200,
    "core": 1500,
    "power": 1500,
}
"""Default priors: `vantage` is a poller's own link, `power` any shared risk whose kind has no prior."""

SPARED_PENALTY = 250
"""Of each member of a site power that still answers when its power is said to be gone.

-1000 ln(0.78): of the devices fed by a power that went without a word, about four in five are taken to live
on for the two minutes in which their neighbours die. With the priors above, one failed device (1,200) is
never power (1,500 and more); two that fail within two minutes are where up to three others answer
(1,500 + 3 x 250 < 2,400), three where up to eight do, and on a site of thirty it takes seven. With 150 three
broken switches of a site of thirty were called its power in 4 of 12 cases, with 250 in none, and a staircase
of failing UPSes was named as soon. With a year of own incidents it is to be estimated like the priors. A
member that says that it runs on battery costs nothing.
"""


def cost_of(catalogue: Catalogue, id_: str, costs: Mapping[str, int] = COSTS) -> int:
    """The prior of a component, link, shared risk or poller's own link being at fault.

    Args:
        catalogue: Where it stands.
        id_: Of the component, link, shared risk, or a vantage point's `via`.
        costs: All the words of COSTS; a kind of shared risk may be added.
    """
    if id_ in catalogue.links:
        return costs["link"]
    risk = catalogue.shared_risks.get(id_)
    if risk is not None:
        return costs.get(risk.kind, costs["power"])
    component = catalogue.components.get(id_)
    if component is None:
        return costs["vantage"]
    return costs["core" if component.tier is Tier.CORE else "device"]


def costs_of(catalogue: Catalogue, costs: Mapping[str, int] = COSTS) -> dict[str, int]:
    """The prior of everything that can be at fault; the pollers themselves are never suspects."""
    vias = (point.via for point in catalogue.vantage_points.values())
    every = (*catalogue.components, *catalogue.links, *catalogue.shared_risks, *vias)
    return {id_: cost_of(catalogue, id_, costs) for id_ in every}
