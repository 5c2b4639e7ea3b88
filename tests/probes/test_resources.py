"""HOST-RESOURCES and POWER-ETHERNET: what is a pool of memory and what is not, and what a supply gives."""

from __future__ import annotations

import pytest

from probes.snmp import poe, resources
from probes.snmp.asn1 import GAUGE32, INTEGER, OCTET_STRING, OID, Oid
from probes.snmp.ber import VarBind
from probes.snmp.rows import Rows

STORAGE = (1, 3, 6, 1, 2, 1, 25, 2, 3, 1)
OTHER, RAM, VIRTUAL = ((1, 3, 6, 1, 2, 1, 25, 2, 1, kind) for kind in (1, 2, 3))
MAIN = (1, 3, 6, 1, 2, 1, 105, 1, 3, 1, 1)


def storage(index: int, kind: Oid, name: str, size: int, used: int) -> list[VarBind]:
    return [
        VarBind((*STORAGE, 2, index), OID, kind),
        VarBind((*STORAGE, 3, index), OCTET_STRING, name.encode()),
        VarBind((*STORAGE, 4, index), INTEGER, 1024),
        VarBind((*STORAGE, 5, index), INTEGER, size),
        VarBind((*STORAGE, 6, index), INTEGER, used),
    ]


def pools(*rows: list[VarBind]) -> dict[str, float]:
    told = resources.memory(Rows([each for row in rows for each in row], resources.ROOTS))
    return {row["description"]: row["percent"] for row in told}


LINUX = (
    storage(1, RAM, "Physical memory", 1000, 900),
    storage(3, VIRTUAL, "Virtual memory", 2000, 900),
    storage(6, OTHER, "Memory buffers", 1000, 100),
    storage(7, OTHER, "Cached memory", 1000, 300),
    storage(8, OTHER, "Shared memory", 1000, 50),
    storage(10, VIRTUAL, "Swap space", 0, 0),
)


def test_buffers_and_cache_are_no_pools_and_no_use_of_the_physical_memory() -> None:
    assert pools(*LINUX) == {"Physical memory": 50, "Virtual memory": 45}


def test_they_are_taken_from_none_where_two_rows_are_physical() -> None:
    told = pools(*LINUX, storage(2, RAM, "Real memory", 500, 400))
    assert told == {"Physical memory": 90, "Virtual memory": 45, "Real memory": 80}


def test_cache_beyond_what_is_in_use_takes_nothing_away() -> None:
    told = pools(
        storage(1, RAM, "Physical memory", 1000, 200),
        storage(7, OTHER, "Cached memory", 1000, 300),
    )
    assert told == {"Physical memory": 20}


@pytest.mark.parametrize(
    ("budget", "used", "meant"),
    [
        (370, 62, [(370, 62)]),
        (370, 0, [(370, 0)]),
        (0, 0, []),
        (370, 62_000, [(370, None)]),
        (None, 62, [(None, 62)]),
    ],
)
def test_a_supply_gives_watts_or_nothing(budget, used, meant) -> None:
    told = [VarBind((*MAIN, 4, 1), GAUGE32, used)]
    if budget is not None:
        told.append(VarBind((*MAIN, 2, 1), GAUGE32, budget))
    found = poe.supplies(Rows(told, poe.ROOTS))
    assert [(row["budget_w"], row["used_w"]) for row in found] == meant
