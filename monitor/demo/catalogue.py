"""The simulated region as a catalogue: readable, commented YAML files, the form an operator would write.

Only two things differ from a catalogue of a real region: intervals and waits are seconds instead of
minutes, and every address is a loopback address.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from events.errors import ConfigError
from monitor.demo.lan import CORE, GOLD, POLLER, POLLER_LINK, SILVER, SITES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from monitor.demo.kit import Device
    from monitor.demo.lan import Chain, Group, Lan, Risk, Service, Site
    from monitor.demo.wire import Wire

__all__ = ["COMMUNITY_FILE", "CREDENTIAL", "Wiring", "write"]

CREDENTIAL = "lan-ro"
COMMUNITY_FILE = "lan-ro.community"
"""Next to the YAML files; the catalogue only refers to it."""

Plain = str | int | list["Plain"] | dict[str, "Plain"]

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9 ./_-]*")
_SHARE = re.compile(r"0\.[0-9]+")
_YAML_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """Where things listen on this machine.

    Args:
        agents: `host:port` of each device.
        community: The read community that every agent expects.
        listen: `host:port` of the board.
        traps: `host:port` of the trap receiver.
    """

    agents: Mapping[str, str]
    community: str
    listen: str = "127.0.0.1:8470"
    traps: str = "127.0.0.1:9162"


def write(lan: Lan, directory: Path, wiring: Wiring) -> None:
    """Turn the region into YAML files in a directory; files of the same name are replaced.

    The community goes to a file of its own that only its owner can read.

    Raises:
        ConfigError: The directory holds YAML files of somebody else; nothing is written.
    """
    made = pages(lan, wiring, directory)
    strange = sorted({path.name for path in directory.glob("*.yaml")} - set(made))
    if strange:
        raise ConfigError(
            f"{directory} holds {', '.join(strange)}, which the demo did not write: "
            "choose another directory with --data"
        )
    directory.mkdir(parents=True, exist_ok=True)
    _write_secret(directory / COMMUNITY_FILE, wiring.community)
    for name, text in made.items():
        (directory / name).write_text(text, encoding="utf-8")


def pages(lan: Lan, wiring: Wiring, directory: Path) -> dict[str, str]:
    """Turn the region into file name -> YAML text. `directory` is where the community file will be."""
    made = {"00-regio.yaml": _region_page()}
    for number, site in enumerate(SITES, start=1):
        made[f"{number}0-{site.municipality.lower()}.yaml"] = _site_page(lan, site, wiring)
    made["80-datacentrum.yaml"] = _data_centre_page(lan, wiring)
    made["90-ketens.yaml"] = _page(
        "De ketens: van een groep gebruikers tot een dienst.",
        _section("chains", map(_chain, lan.chains.values())),
    )
    made["99-service.yaml"] = _service_page(wiring, directory)
    return made


def _write_secret(path: Path, secret: str) -> None:
    path.unlink(missing_ok=True)  # an old file would keep its old mode
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(secret + "\n")


SUPPLIERS = (
    ("lan-bv", "LAN BV"),
    ("glaspartner", "Glaspartner BV"),
    ("kabelpartner", "Kabelpartner BV"),
    ("grondwerk", "Grondwerk BV"),
    ("ict-drechtsteden", "ICT Drechtsteden"),
    ("facilitair", "Facilitair Bedrijf"),
    ("zaakwerk", "Zaakwerk SaaS BV"),
    ("spraakmeester", "Spraakmeester BV"),
    ("topdesk", "TOPdesk SaaS"),
)


RATED: Mapping[str, str] = {
    "ap": "0.9995",
    "switch": "0.9998",
    "router": "0.998",
    "firewall": "0.9999",
    "ups": "0.9999",
    "server": "0.999",
    "service": "0.9995",
    "duct": "0.9999",
    "power": "0.9996",
}
"""How much of the time a part of a kind works, a router with its line; invented, of the usual size."""

RATED_LINK = "0.99995"


# --- the files --------------------------------------------------------------------------------

REGION = f"""\
# De regio van de demo: zeven gemeenten, hun leveranciers en wat er is afgesproken.
# Alles hier is verzonnen, behalve de namen van de gemeenten.
version: 1
timezone: Europe/Amsterdam

calendars:
  - id: kantoor
    hours: [{{days: [mon, tue, wed, thu, fri], from: "08:00", to: "18:00"}}]
    holidays: {{country: NL, good_friday: open, liberation_day: closed}}
  - {{id: altijd, always: true}}

levels:
  # Goud: mag elk los onderdeel verliezen; is de reserve weg, dan is de keten verstoord.
  - id: {GOLD}
    target: 99.5
    calendar: kantoor
    unknown: neutral
    attribution: shapley
    minimum_coverage: 99.5
    redundancy: 2
    priority_times: {{P1: {{react: 30m, solve: 4h}}, P2: {{react: 1h, solve: 8h}}}}
  - id: {SILVER}
    target: 99.0
    calendar: kantoor
    unknown: neutral
    attribution: shapley
    minimum_coverage: 99.0
    redundancy: 1

# De poller staat aan een coreswitch van het datacentrum, aan een eigen kabel.
vantage_points:
  - {{id: {POLLER}, attached_to: {CORE}, via: {POLLER_LINK}}}

# Korter dan in het echt, zodat een bezoeker niet hoeft te wachten.
timing:
  confirm: 10s
  confirm_corroborated: 0s
  clear: 10s
  reopen: 60s
  flap: {{count: 4, window: 60s}}

"""


def _region_page() -> str:
    organisations: list[dict[str, Plain]] = [
        {"id": f"gem-{site.key}", "name": f"Gemeente {site.municipality}"} for site in SITES
    ]
    sites: list[dict[str, Plain]] = [
        {
            "id": site.key,
            "name": f"Gemeentehuis {site.municipality}",
            "organisation": f"gem-{site.key}",
        }
        for site in SITES
    ]
    sites.append({"id": "dc", "name": "Datacentrum ICT Drechtsteden"})
    suppliers = [_supplier(id_, name, n) for n, (id_, name) in enumerate(SUPPLIERS, start=1)]
    return (
        REGION
        + _section("suppliers", suppliers)
        + _section("organisations", organisations)
        + _section("sites", sites)
    )


def _site_page(lan: Lan, site: Site, wiring: Wiring) -> str:
    devices = [device for device in lan.devices.values() if device.site == site.key]
    inside = {device.id for device in devices}
    wires = [wire for wire in lan.wires.values() if wire.ends[0] in inside]
    wires_of = {wire.id for wire in wires}
    risks = [risk for risk in lan.risks.values() if set(risk.members) <= inside | wires_of]
    groups = [group for group in lan.groups.values() if group.site == site.key]
    return _page(
        f"Gemeentehuis {site.municipality}: elke verdiepingsswitch aan twee distributieswitches, "
        "twee WAN-lijnen van twee leveranciers.",
        _section("components", (_component(device, wiring) for device in devices)),
        _section("links", map(_link, wires)),
        _section("shared_risks", map(_risk, risks)),
        _section("groups", map(_group, groups)),
    )


def _data_centre_page(lan: Lan, wiring: Wiring) -> str:
    devices = [device for device in lan.devices.values() if device.site == "dc"]
    inside = {device.id for device in devices}
    wires = [wire for wire in lan.wires.values() if wire.ends[0] in inside]
    risks = [risk for risk in lan.risks.values() if set(risk.members) <= inside]
    return _page(
        "Het datacentrum: alles dubbel, op twee stroomvoedingen. Diensten hebben geen eigen meting.",
        _section(
            "components",
            [
                *(_component(device, wiring) for device in devices),
                *map(_service, lan.services.values()),
            ],
        ),
        _section("links", map(_link, wires)),
        _section("shared_risks", map(_risk, risks)),
    )


def _service_page(wiring: Wiring, directory: Path) -> str:
    secret: dict[str, Plain] = {"file": str((directory / COMMUNITY_FILE).absolute())}
    credential: dict[str, Plain] = {
        "id": CREDENTIAL,
        "snmp": {"version": "2c", "community": secret},
    }
    return _page(
        "Waar de dienst luistert en hoe hij binnenkomt; geheimen staan in een eigen bestand.",
        "service:\n"
        f"  listen: {wiring.listen}\n"
        f"  traps: {wiring.traps}\n"
        "  log: journal\n"
        f"  credentials:\n    - {_flow(credential)}\n",
    )


# --- the entries ------------------------------------------------------------------------------


def _supplier(id_: str, name: str, number: int) -> dict[str, Plain]:
    contact: dict[str, Plain] = {
        "email": f"storing@{id_}.example",
        "phone": f"+3178000{number:04d}",
    }
    return {"id": id_, "name": name, "contact": contact}


def _rated(kind: str) -> dict[str, Plain]:
    return {"availability": RATED[kind]} if kind in RATED else {}


def _component(device: Device, wiring: Wiring) -> dict[str, Plain]:
    entry: dict[str, Plain] = {
        "id": device.id,
        "kind": device.kind,
        "site": device.site,
        "supplier": device.supplier,
        "name": device.name,
        "model": device.model.name,
    }
    entry |= _rated(device.kind)
    if device.tier:
        entry["tier"] = device.tier
    if device.needs:
        entry["needs"] = [{"any": list(device.needs)}]
    entry["address"] = wiring.agents[device.id]
    entry["probe"] = {
        "snmp": {"credentials": CREDENTIAL, "interval": "5s", "timeout": "500ms", "retries": 1}
    }
    return entry


def _service(service: Service) -> dict[str, Plain]:
    entry: dict[str, Plain] = {
        "id": service.id,
        "kind": "service",
        "supplier": service.supplier,
        "name": service.name,
        **_rated("service"),
    }
    if service.needs:
        entry["needs"] = [
            need[0] if len(need) == 1 else {"any": list(need)} for need in service.needs
        ]
    return entry


def _link(wire: Wire) -> dict[str, Plain]:
    entry: dict[str, Plain] = {"id": wire.id, "between": list(wire.ends)}
    if len(wire.cables) == 1:
        entry["ports"] = list(wire.cables[0])
    elif wire.cables:
        entry["ports"] = [list(ports) for ports in zip(*wire.cables, strict=True)]
    entry["supplier"] = wire.supplier
    entry["availability"] = RATED_LINK
    if wire.name:
        entry["name"] = wire.name
    return entry


def _risk(risk: Risk) -> dict[str, Plain]:
    return {
        "id": risk.id,
        "kind": risk.kind,
        "name": risk.name,
        "members": list(risk.members),
        "supplier": risk.supplier,
        **_rated(risk.kind),
    }


def _group(group: Group) -> dict[str, Plain]:
    return {
        "id": group.id,
        "site": group.site,
        "name": group.name,
        "users": group.users,
        "members": list(group.members),
        "min": group.least,
        "full": len(group.members),
    }


def _chain(chain: Chain) -> dict[str, Plain]:
    return {
        "id": chain.id,
        "name": chain.name,
        "from": chain.group,
        "to": chain.to,
        "level": chain.level,
        "urgency": chain.urgency,
        "exempt": list(chain.exempt),
    }


# --- YAML -------------------------------------------------------------------------------------


def _page(comment: str, *sections: str) -> str:
    return f"# {comment}\nversion: 1\n\n" + "".join(sections)


def _section(key: str, entries: Iterable[Mapping[str, Plain]]) -> str:
    lines = [f"  - {_flow(dict(entry))}" for entry in entries]
    return f"{key}:\n" + "\n".join(lines) + "\n\n" if lines else ""


def _flow(value: Plain) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return _scalar(value)


def _scalar(value: str | int) -> str:
    text = str(value)
    if (
        isinstance(value, int)
        or _SHARE.fullmatch(text)
        or (_WORD.fullmatch(text) and text.lower() not in _YAML_WORDS)
    ):
        return text
    return json.dumps(text, ensure_ascii=False)
