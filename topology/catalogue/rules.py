"""Rules over several keys of one entry: the ones a shape of a single key cannot say."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, Any

from topology.catalogue.reading import quoted
from topology.model import KIND_TIERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from topology.catalogue.reading import Path, Reading
    from topology.catalogue.shape import Told

__all__ = [
    "calendar_rule",
    "chain_rule",
    "component_rule",
    "group_rule",
    "hours_rule",
    "level_rule",
    "link_rule",
    "need_rule",
    "probe_rule",
    "reaction_rule",
]


def hours_rule(told: Told, path: Path, into: Reading) -> None:
    """Service hours begin before they end; a window over midnight is two entries."""
    read = told.read
    end = read.get("to", time.max)
    if "from" in read and end is not None and (read["from"] is None or read["from"] >= end):
        into.error(
            (*path, "from"),
            "hours-order",
            "hours begin at or after their end; over midnight write two entries,"
            ' one to "24:00" and one from "00:00"',
        )
    elif "from" in read and read["from"] is None:
        into.error((*path, "from"), "hours-order", 'hours cannot begin at "24:00"')


def calendar_rule(told: Told, path: Path, into: Reading) -> None:
    """A calendar says when there is service."""
    hours = "hours" in told.names and told.read.get("hours") != ()
    if not hours and not told.read.get("always"):
        into.error(path, "calendar-empty", "no service time; give `hours` or `always: true`")
    elif hours and told.read.get("always"):
        text = "`always: true` serves around the clock, so these are not looked at; leave out one"
        into.note((*path, "hours"), "note", "hours-ignored", text)
    else:
        _overlaps(told.read.get("hours", ()), path, into)


def _overlaps(hours: Sequence[Mapping[str, Any]], path: Path, into: Reading) -> None:
    """The same hour written twice is a slip: it is one hour."""
    told = [entry for entry in hours if {"days", "from", "to"} <= entry.keys()]
    for index, later in enumerate(told):
        for earlier in told[:index]:
            days = [day for day in later["days"] if day in earlier["days"]]
            starts = [one["from"] or time.max for one in (earlier, later)]
            ends = [one["to"] or time.max for one in (earlier, later)]
            if days and max(starts) < min(ends):
                text = f"overlaps other hours on {days[0]}; the same second counts once"
                into.note((*path, "hours", index), "warning", "hours-overlap", text)
                break


def level_rule(told: Told, path: Path, into: Reading) -> None:
    """Versions of one level begin on different days."""
    read = told.read
    if "id" in read and ("valid_from" in read or "valid_from" not in told.names):
        into.version("level", read["id"], read.get("valid_from"), path)


def reaction_rule(told: Told, path: Path, into: Reading) -> None:
    """Repair does not come before reaction."""
    read = told.read
    if "react" in read and "solve" in read and read["react"] > read["solve"]:
        text = "repair is agreed sooner than reaction; did you swap `react` and `solve`?"
        into.note((*path, "react"), "warning", "react-after-solve", text)


def chain_rule(told: Told, path: Path, into: Reading) -> None:
    """The first day of service is not after the last."""
    read = told.read
    if "from_date" in read and "until" in read and read["from_date"] > read["until"]:
        into.error(
            (*path, "from_date"),
            "dates-order",
            f"served from {read['from_date']} until {read['until']}, which is no day; put `from_date` at"
            " or before `until`",
        )


def probe_rule(told: Told, path: Path, into: Reading) -> None:
    """All tries of one poll fit in its interval, or polls would pile up."""
    read = told.read
    tries = read.get("timeout", 2) * (read.get("retries", 2) + 1)
    if tries > read.get("interval", 60):
        into.note(
            path,
            "warning",
            "probe-slow",
            f"all tries take {float(tries):g} s, longer than the interval; lower `timeout` or"
            " `retries`",
        )


def need_rule(told: Told, path: Path, into: Reading) -> None:
    """A need is `any`, or `at_least` with `of`."""
    read, names = told.read, told.names
    if ("any" in names) == ("of" in names) or ("at_least" in names) != ("of" in names):
        into.error(path, "need-form", "write {any: [..]} or {at_least: n, of: [..]}")
    elif "of" in read and "at_least" in read and read["at_least"] > len(read["of"]):
        into.error(
            (*path, "at_least"),
            "out-of-range",
            f"at least {read['at_least']} of {len(read['of'])}; there are not that many",
        )


def component_rule(told: Told, path: Path, into: Reading) -> None:
    """A kind without a usual tier names its tier; a probe has somewhere to look."""
    kind = told.read.get("kind")
    if kind is not None and "tier" not in told.names and kind not in KIND_TIERS:
        into.error(
            (*path, "kind"),
            "tier-needed",
            f"kind {quoted(kind)} has no usual tier; add `tier:`, or choose one of"
            f" {', '.join(KIND_TIERS)}",
        )


def link_rule(told: Told, path: Path, into: Reading) -> None:
    """A link joins two different components and does not need more lines than it has."""
    read = told.read
    between = read.get("between", ())
    if len(between) == 2 and between[0] == between[1]:  # noqa: PLR2004  # the two ends
        into.error((*path, "between"), "self-link", f"joins {quoted(between[0])} to itself")
    members, least = lines(read), read.get("min_links", 1)
    if least > members:
        into.error(
            (*path, "min_links"),
            "out-of-range",
            f"min_links {least} of {members} member lines; lower it or raise `members`",
        )


def lines(read: Mapping[str, Any]) -> int:
    """Turn a read link into its number of member lines: as told, else as its ports show."""
    told = read.get("members")
    if told is not None:
        return int(told)
    return max((len(end) for end in read.get("ports", ()) if isinstance(end, tuple)), default=1)


def group_rule(told: Told, path: Path, into: Reading) -> None:
    """1 <= min <= full <= members, and each member counts once."""
    read = told.read
    members = read.get("members", ())
    least = read.get("min", 1)
    full = read.get("full", least)
    if least > full:
        into.error((*path, "min"), "out-of-range", f"min {least} is more than full {full}")
    if members and max(least, full) > len(members):
        key = "full" if "full" in read and full > len(members) else "min"
        into.error(
            (*path, key),
            "out-of-range",
            f"{key} {read.get(key)} of {len(members)} members; there are not that many",
        )
    if len(set(members)) < len(members):
        into.error((*path, "members"), "duplicate-member", "a member is named twice; once counts")
