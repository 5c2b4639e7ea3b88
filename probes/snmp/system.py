"""Who a device says it is: system group, ENTITY-MIB and the words of its description (pure)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from probes.snmp.ber import dotted
from probes.snmp.enterprises import vendor_of
from probes.snmp.entities import CLASS, CLASSES, FIRMWARE, MAKER, SOFTWARE
from probes.snmp.inventory import text_of
from probes.snmp.rows import number_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from probes.snmp.ber import Oid
    from probes.snmp.rows import Rows

__all__ = ["ROOTS", "SYS_DESCR", "SYS_OBJECT_ID", "SYS_UP_TIME", "identity_of", "system"]

_SYSTEM: Oid = (1, 3, 6, 1, 2, 1, 1)
SYS_DESCR, SYS_OBJECT_ID, SYS_UP_TIME, SYS_NAME = ((*_SYSTEM, n) for n in (1, 2, 3, 5))
ROOTS: tuple[Oid, ...] = (SYS_DESCR, SYS_OBJECT_ID, SYS_UP_TIME, SYS_NAME)
_INSTANCE: Oid = (0,)

_VERSION = re.compile(
    r"\b(?:software version|version|firmware|release|revision|junos|hiveos|swos|sw|fw|v)[\s:=#-]*"
    r"(v?\d+(?:\.[\w()-]+)+|v\d+r\d+\w*|\w{1,4}\.\d+(?:\.\w+)+)",
    re.IGNORECASE,
)
_DOTTED = re.compile(r"(?<![\w.])((?:[A-Z]{1,3}\.)?\d+\.\d+\.\d[\w.()-]*)")
"""A number of three parts that no word introduces."""
_PRODUCT = re.compile(
    r"(?<![\w/.:-])((?=[\w/+-]*[A-Z])(?=[\w/+-]*\d)[A-Za-z\d][\w/+-]{2,30})(?![\w.])"
)
"""A word with a capital and a digit: a product code."""
_NO_PRODUCT = re.compile(
    r"^(?:v?\d+r\d|v\d|r\d|\d+[A-Za-z]$|\d+-port|ipv|10G|x86|L\d$)", re.IGNORECASE
)
_SILENT_ON_MODEL = re.compile(
    r"^(?:Linux|Hardware: |Ubuntu|APC Web)|IOS Software|IOS \(tm\)|ESXi|FreeBSD"
)
"""Descriptions that name the software, the kernel or the card, not the device."""
_KERNEL = re.compile(r"^Linux")


def identity_of(rows: Rows) -> tuple[Oid, str]:
    """SysObjectID and sysDescr, by which a device is recognised; empty when it does not tell."""
    object_id = rows.column(SYS_OBJECT_ID).get(_INSTANCE)
    description = text_of(rows.column(SYS_DESCR).get(_INSTANCE))
    return object_id if isinstance(object_id, tuple) else (), description


def system(rows: Rows, parts: Sequence[dict[str, object]]) -> dict[str, object]:
    """Turn the system group and the parts into the identity of the device.

    Args:
        rows: A walk of `ROOTS` and of those of `entities`.
        parts: The result of `entities`.
    """
    description = text_of(rows.column(SYS_DESCR).get(_INSTANCE))
    object_id = rows.column(SYS_OBJECT_ID).get(_INSTANCE)
    uptime = number_of(rows.column(SYS_UP_TIME).get(_INSTANCE))
    if not description:
        rows.quirk("sysDescr is empty")
    main = _main(parts)
    makers = tuple(rows.texts(MAKER).values())[:3]
    return {
        "name": text_of(rows.column(SYS_NAME).get(_INSTANCE)) or None,
        "description": description or None,
        "object_id": dotted(object_id) if isinstance(object_id, tuple) else None,
        "uptime_s": None if uptime is None else uptime // 100,
        "vendor": vendor_of(object_id, description, *makers),
        "model": main.get("model") or _model(description),
        "version": _version(description) or _revision(rows),
        "serial": main.get("serial"),
    }


def _main(parts: Sequence[dict[str, object]]) -> dict[str, object]:
    """The chassis that tells most, else whatever part has a model first."""
    for wanted in ("chassis", "stack", "module", "other"):
        for part in parts:
            if part["class"] == wanted and (part["model"] or part["serial"]):
                return part
    return {}


def _version(description: str) -> str | None:
    if _KERNEL.match(description):
        return None
    found = _VERSION.search(description) or _DOTTED.search(description)
    return found[1].rstrip(".,-(") if found else None


def _revision(rows: Rows) -> str | None:
    kinds = rows.numbers(CLASS)
    for column in (SOFTWARE, FIRMWARE):
        texts = rows.texts(column)
        ranked = sorted(texts, key=lambda index: CLASSES.get(kinds.get(index) or 0) != "chassis")
        for index in ranked:
            if texts[index]:
                return texts[index]
    return None


def _model(description: str) -> str | None:
    """The first product code of a description that is about the device itself."""
    if _SILENT_ON_MODEL.search(description):
        return None
    for found in _PRODUCT.finditer(description):
        if not _NO_PRODUCT.match(found[1]):
            return found[1]
    return None
