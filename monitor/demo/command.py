"""What the demo tells its agents, one JSON line a command, and what they say back."""

from __future__ import annotations

from typing import Literal

import msgspec

__all__ = ["Command", "Ready", "Serve"]


class Command(msgspec.Struct, frozen=True, omit_defaults=True):
    """One change of one device.

    Attributes:
        do: `kill` takes its power, `revive` gives it back (a cold start), `hush` and `speak` stop and
            resume its answers while it works on, `reboot`, `port` (with `up`), `load` (with
            `thousandths`), `battery` (with `up`: true = back on the mains).
        device: Whose.
        port: Of `port`: its ifName.
        up: Of `port` and `battery`.
        thousandths: Of `load`: how busy its ports are.
    """

    do: Literal["kill", "revive", "hush", "speak", "reboot", "port", "load", "battery"]
    device: str
    port: str = ""
    up: bool = True
    thousandths: int = 0


class Serve(msgspec.Struct, frozen=True):
    """The first line that an agent process gets.

    Attributes:
        devices: `host:port` to bind for each device of the region that it serves.
        community: Read community; any other gets silence.
        traps: `host:port` of the trap receiver, or empty for none.
    """

    devices: dict[str, str]
    community: str
    traps: str = ""


class Ready(msgspec.Struct, frozen=True):
    """The one line that an agent process says: how many devices it serves, or why it does not."""

    devices: int = 0
    error: str = ""
