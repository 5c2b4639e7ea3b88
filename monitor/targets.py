"""A catalogue turned into what the probes look at: addresses, credentials, ports, whom to look at again.

Probes know nothing of the topology; everything they need of it is worked out here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from probes.port import Target
from topology.management import compile_management

if TYPE_CHECKING:
    from collections.abc import Mapping

    from probes.port import SnmpCredential
    from topology.model import Catalogue, Component, SharedRisk

__all__ = ["targets"]

SNMP_PORT = 161


def targets(catalogue: Catalogue, credentials: Mapping[str, SnmpCredential]) -> list[Target]:
    """Turn every component with an SNMP probe into a target, in the order of the catalogue.

    Args:
        catalogue: Checked: a probe names known credentials, and its component has an address.
        credentials: By id.
    """
    every: list[Component | SharedRisk] = [
        *catalogue.components.values(),
        *catalogue.shared_risks.values(),
    ]
    polled = {
        one.id: one
        for one in every
        if one.probe is not None and one.probe.way == "snmp" and one.address is not None
    }
    ports, beyond = _ports(catalogue), _beyond(catalogue)
    least = _least(catalogue)
    management = compile_management(catalogue)
    return [
        _target(
            one,
            credentials,
            ports.get(one.id, {}),
            least.get(one.id, {}),
            tuple(c for c in management.recheck(one.id) if c in polled and c != one.id)
            if one.id in management.nearer
            else (),
            {link: far for link, far in beyond.get(one.id, {}).items() if far in polled},
        )
        for one in polled.values()
    ]


def _target(
    one: Component | SharedRisk,
    credentials: Mapping[str, SnmpCredential],
    ports: Mapping[str, str],
    least: Mapping[str, int],
    recheck: tuple[str, ...],
    beyond: Mapping[str, str],
) -> Target:
    assert one.probe is not None
    assert one.address is not None
    assert one.probe.credentials is not None
    return Target(
        component=one.id,
        address=one.address if ":" in one.address else f"{one.address}:{SNMP_PORT}",
        credential=credentials[one.probe.credentials],
        interval_s=float(one.probe.interval_s),
        timeout_s=float(one.probe.timeout_s),
        retries=one.probe.retries,
        ports=ports,
        least=least,
        recheck=recheck,
        beyond=beyond,
        domain=getattr(one, "domain", "default"),
    )


def _ports(catalogue: Catalogue) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for link in catalogue.links.values():
        for end, names in zip(link.ends, link.ports, strict=True):
            found.setdefault(end, {}).update(dict.fromkeys(names, link.id))
    return found


def _least(catalogue: Catalogue) -> dict[str, dict[str, int]]:
    """Turn every component into its links that need several ports, each with how many of those told here.

    A member line whose port is not told counts as up: a name for the whole aggregation stands for them all.
    """
    found: dict[str, dict[str, int]] = {}
    for link in catalogue.links.values():
        for end, names in zip(link.ends, link.ports, strict=True):
            needed = link.min_links - (link.members - len(names))
            if needed > 1:
                found.setdefault(end, {})[link.id] = needed
    return found


def _beyond(catalogue: Catalogue) -> dict[str, dict[str, str]]:
    """Turn every component into its links, each with the component at the other end."""
    found: dict[str, dict[str, str]] = {}
    for link in catalogue.links.values():
        one, other = link.ends
        found.setdefault(one, {})[link.id] = other
        found.setdefault(other, {})[link.id] = one
    return found
