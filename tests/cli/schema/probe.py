"""Results of the verbs of the family `probe`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.schema.words import number, one_of, rows, text, texts, thing, whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.cli.schema.words import Schema

__all__ = ["RESULTS"]

INTERFACE = thing(
    "A port.",
    index=whole("ifIndex."),
    name=text("Short name.", null=True),
    description=text("Long name.", null=True),
    alias=text("What the administrator wrote.", null=True),
    admin=text("What it should be: up, down, testing.", null=True),
    oper=text("What it is: up, down, dormant, ...", null=True),
    speed_bps=whole("Bits a second.", null=True),
    in_octets=whole("Counter.", null=True),
    out_octets=whole("Counter.", null=True),
    in_errors=whole("Counter.", null=True),
    out_errors=whole("Counter.", null=True),
    in_discards=whole("Counter.", null=True),
    out_discards=whole("Counter.", null=True),
    last_change_s=whole("Seconds since `oper` changed.", null=True),
    type=text("IANAifType by name.", null=True),
)

SENSOR_CLASSES = (
    *("temperature", "humidity", "fanspeed", "voltage", "current", "power", "frequency", "dbm"),
    *("charge", "runtime", "load", "percent", "state", "clients", "ap-count"),
)

SENSOR = thing(
    "A sensor.",
    **{"class": one_of(SENSOR_CLASSES, "What it measures.")},
    description=text("Its name.", null=True),
    value={
        "type": ["number", "string", "null"],
        "description": "In `unit`; of a state: ok, warning, critical or unknown.",
    },
    unit=text("Its unit; null for a state and a count.", null=True),
)

SENSOR["properties"]["raw"] = {
    "type": ["integer", "null"],
    "description": "Only of a state: the number as the device gave it.",
}

RADIO = thing(
    "A radio of an access point.",
    name=text("Its name.", null=True),
    band=text("As the device says it.", null=True),
    channel=whole("Channel.", null=True),
    clients=whole("Associated now.", null=True),
    utilisation=number("Of the channel, per cent.", null=True),
)

ACCESS_POINT = thing(
    "An access point.",
    name=text("Its name.", null=True),
    mac=text("Its address.", null=True),
    serial=text("Serial number.", null=True),
    state=one_of(("up", "down", "unknown"), "As its controller sees it.", null=True),
    clients=whole("Associated now.", null=True),
    radios=rows(RADIO, "Its radios."),
)

PROBE = thing(
    "One device, the same for every vendor; unknown is null, never 0.",
    system=thing(
        "The device itself.",
        name=text("sysName.", null=True),
        description=text("sysDescr.", null=True),
        object_id=text("sysObjectID in dots.", null=True),
        uptime_s=whole("Seconds since it started.", null=True),
        vendor=text("Maker.", null=True),
        model=text("Model.", null=True),
        version=text("Software.", null=True),
        serial=text("Serial number.", null=True),
    ),
    interfaces=rows(INTERFACE, "Ports."),
    processors=rows(
        thing(
            "A processor.",
            description=text("Its name.", null=True),
            percent=number("Load.", null=True),
        ),
        "Processors.",
    ),
    memory=rows(
        thing(
            "A memory.",
            description=text("Its name.", null=True),
            used_bytes=whole("In use.", null=True),
            total_bytes=whole("Size.", null=True),
            percent=number("In use.", null=True),
        ),
        "Memories.",
    ),
    sensors=rows(SENSOR, "Sensors."),
    poe=rows(
        thing(
            "A group of ports that share a supply.",
            group={
                "type": ["integer", "string", "null"],
                "description": "Its number, or its name.",
            },
            budget_w=number("Watts it can give.", null=True),
            used_w=number("Watts it gives.", null=True),
        ),
        "Power over Ethernet.",
    ),
    neighbours=rows(
        thing(
            "What a port is connected to.",
            protocol=text("Who says so: `lldp`, `cdp` or a vendor's own.", null=True),
            local_port=text("Port of this device.", null=True),
            remote_name=text("Name of the other.", null=True),
            remote_port=text("Port of the other.", null=True),
            remote_id=text("Id of the other.", null=True),
        ),
        "Neighbours.",
    ),
    access_points=rows(ACCESS_POINT, "Access points of a controller, or the device itself."),
    entities=rows(
        thing(
            "A part.",
            **{"class": text("PhysicalClass by name.")},
            name=text("Its name.", null=True),
            model=text("Model.", null=True),
            serial=text("Serial number.", null=True),
        ),
        "Parts.",
    ),
    quirks=texts("What the device gets wrong or left unanswered."),
)

RESULTS: Mapping[str, Schema] = {
    "probe": PROBE,
}
