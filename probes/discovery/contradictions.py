"""What does not fit together in what the targets say (pure).

| kind | what |
|---|---|
| several-neighbours | a port has more than one neighbour by one protocol: a hub, or an old row |
| protocols-differ | LLDP and CDP see different targets at a port |
| ends-differ | the other end does not see what this end says of it |
| several-targets | more than one target fits a neighbour |
| same-identity | targets share a name or chassis identifier |
| other-chassis | a neighbour bears a target's name and another chassis identifier |
| itself | a device sees itself: members of a stack, or a loop |
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from probes.discovery.evidence import meant, near_port, port_text
from probes.discovery.identity import short_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from probes.discovery.device import Device
    from probes.discovery.edges import Link
    from probes.discovery.evidence import End, Evidence
    from probes.discovery.identity import Identities
    from probes.snmp.neighbour import Neighbour

__all__ = ["contradictions"]

Row = dict[str, object]


def contradictions(
    identities: Identities, evidence: Iterable[Evidence], links: Iterable[Link]
) -> list[Row]:
    """Turn what was told into what does not fit, each once; nothing is taken out for it."""
    rows = [
        *_clashes(identities),
        *(row for device in identities.devices.values() for row in _at_ports(identities, device)),
        *_ends(identities, evidence, links),
    ]
    kept = {str(row): row for row in rows}
    return list(kept.values())


def _row(kind: str, device: str | None, port: str | None, text: str) -> Row:
    return {"kind": kind, "device": device, "port": port, "text": text}


def _clashes(identities: Identities) -> Iterator[Row]:
    for text, who in identities.clashes():
        yield _row("same-identity", None, None, f"{' and '.join(who)} all go by {text}")


def _at_ports(identities: Identities, device: Device) -> Iterator[Row]:
    at: dict[object, dict[str, dict[str, str | None]]] = {}
    for told in device.neighbours:
        target = meant(identities, device.name, told)
        yield from _of_row(identities, device, told, target)
        who = target or short_name(told.name or told.chassis or told.port.id)
        at.setdefault(near_port(told), {}).setdefault(told.protocol, {})[who] = target
    for port, protocols in at.items():
        if port is not None:
            yield from _of_port(device, port, protocols)


def _of_row(
    identities: Identities, device: Device, told: Neighbour, target: str | None
) -> Iterator[Row]:
    port = port_text(device, near_port(told))
    called = told.name or told.chassis
    fits = identities.candidates(told)
    if target == device.name:
        yield _row("itself", device.name, port, f"sees itself there, as {called}")
    elif target is None and len(fits) > 1:
        yield _row("several-targets", device.name, port, f"{called} may be {' or '.join(fits)}")
    elif target is None and fits:
        text = f"{called} there is not the target {fits[0]}: its chassis is {told.chassis}"
        yield _row("other-chassis", device.name, port, text)


def _of_port(
    device: Device, port: object, protocols: dict[str, dict[str, str | None]]
) -> Iterator[Row]:
    name = port_text(device, port) if isinstance(port, int | str) else None
    for protocol, who in sorted(protocols.items()):
        if len(who) > 1:
            text = f"{protocol} sees {' and '.join(sorted(who))} there"
            yield _row("several-neighbours", device.name, name, text)
    targets = [{one for one in who.values() if one} for who in protocols.values()]
    if len(targets) > 1 and all(targets) and not set.intersection(*targets):
        text = " but ".join(
            f"{protocol} sees {' and '.join(sorted(who))}"
            for protocol, who in sorted(protocols.items())
        )
        yield _row("protocols-differ", device.name, name, text)


def _ends(
    identities: Identities, evidence: Iterable[Evidence], links: Iterable[Link]
) -> Iterator[Row]:
    """Statements with two ports that no link bears out."""
    known = {frozenset((link.a, link.b)) for link in links}
    for _, near, far in evidence:
        if near.port is None or not isinstance(far.port, int) or frozenset((near, far)) in known:
            continue
        device = identities.devices[near.device]
        text = f"says it meets {_called(identities, far)}, which does not bear it out"
        yield _row("ends-differ", near.device, port_text(device, near.port), text)


def _called(identities: Identities, end: End) -> str:
    return f"{end.device} {port_text(identities.devices[end.device], end.port)}"
