"""The nouns of a vendor profile (pure).

Source: docs/probes.md, section "Vendor profiles".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re

    from probes.snmp.ber import Oid
    from probes.snmp.profile.expression import Expression

__all__ = ["SECTIONS", "Condition", "Match", "Profile", "Row"]

SECTIONS = ("processors", "memory", "sensors", "poe", "access_points", "neighbours")
"""The lists of device facts that a profile may add to, DESIGN.md 7.4."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One way to recognise a device; everything that is given must hold.

    Args:
        object_id: sysObjectID is it or lies under it.
        description: Found in sysDescr.
        has: The device answers something under this name.
    """

    object_id: Oid | None = None
    description: re.Pattern[str] | None = None
    has: Oid | None = None

    def holds(self, object_id: Oid, description: str) -> bool:
        """Whether the system group fits; `has` is another question."""
        if self.object_id is not None and object_id[: len(self.object_id)] != self.object_id:
            return False
        return self.description is None or self.description.search(description) is not None

    @property
    def weight(self) -> tuple[int, int, int]:
        """How much it asks: who asks more knows the device better."""
        return (
            len(self.object_id or ()),
            self.description is not None,
            self.has is not None,
        )


@dataclass(frozen=True, slots=True)
class Condition:
    """A row counts only when a value is (or is not) one of these.

    Args:
        of: The value.
        texts: As text.
        pattern: Or found by this.
        wanted: False = must not be so.
    """

    of: Expression
    texts: frozenset[str] = frozenset()
    pattern: re.Pattern[str] | None = None
    wanted: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """How one list of facts is read from one table, or from scalars.

    Args:
        each: The columns whose indexes make the rows; none = one row of scalars.
        fields: Name of the fact to where it comes from.
        conditions: All must hold.
        states: Raw value as text to `ok`, `warning`, `critical` or `unknown`; for class `state` and for
            access points.
        needs: A column without rows of which there are none of these either.
        once: Equal records of this rule are one.
        radios: Rows whose index begins with that of the row they belong to.
    """

    each: tuple[Oid, ...] = ()
    fields: dict[str, Expression] = field(default_factory=dict)
    conditions: tuple[Condition, ...] = ()
    states: dict[str, str] = field(default_factory=dict)
    needs: Oid | None = None
    once: bool = False
    radios: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What is known of one family of devices.

    Args:
        name: Of its file.
        matches: Any of them; none = every device.
        identity: `vendor`, `model`, `version`, `serial`, each the first source that gives something.
        sections: Rows a section.
        replaces: Sections, or `sensors.CLASS`, in which what this profile finds stands in place of what less
            particular profiles and the standard MIBs find.
        roots: Every column it reads.
    """

    name: str
    matches: tuple[Match, ...] = ()
    identity: dict[str, Expression] = field(default_factory=dict)
    sections: dict[str, tuple[Row, ...]] = field(default_factory=dict)
    replaces: frozenset[str] = frozenset()
    roots: tuple[Oid, ...] = ()
