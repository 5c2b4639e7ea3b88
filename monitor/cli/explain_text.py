"""Why a chain, or one of its seconds, is as it is, turned into lines for people."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from monitor.language import N_
from monitor.looks import LOOKS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from monitor.cli.tongue import Tongue

    Told = Mapping[str, Any]

__all__ = ["cause_lines", "minute_text", "users_text", "why_text"]

MOST = 12
"""Symptoms, parts and observations that are named for people; of more only the number is told."""

WHY = (
    N_("regel"),
    N_("gebruikers"),
    N_("oorzaak"),
    N_("deel"),
    N_("werk"),
    N_("gezien"),
)
MINUTE = (
    N_("rubriek"),
    N_("uren"),
    N_("toestand"),
    N_("deel"),
    N_("werk"),
    N_("van wie"),
    N_("gezien"),
    N_("rechtgezet"),
)


def why_text(told: Told, tongue: Tongue) -> str:
    """Turn why a chain is in its state into its rule, users, causes, parts, work and evidence."""
    flags = f" ({', '.join(told['flags'])})" if told["flags"] else ""
    head = tongue.say(
        N_("{name}: {state}{flags} sinds {since}, op {at}"),
        name=told["name"],
        state=tongue.state(told["state"]),
        flags=flags,
        since=tongue.when(told["since"]),
        at=tongue.when(told["at"]),
    )
    return "\n".join([head, *tongue.rows(_why_rows(told, tongue), WHY)])


def _why_rows(told: Told, tongue: Tongue) -> Iterator[tuple[str, str]]:
    yield WHY[0], tongue.reason(told["rule"]["words"])
    if told["users_affected"]["possible"]:
        yield WHY[1], users_text(told, tongue)
    for one in told["root_causes"]:
        yield WHY[2], _cause(one, tongue)
        yield from (("", line) for line in cause_lines(one, tongue))
    yield from _some(WHY[3], told["parts"], _part, tongue)
    for one in told["work"]:
        spanned = f"{tongue.when(one['from'])} / {tongue.when(one['to'])}"
        yield WHY[4], f"{one['change']} {spanned}: {', '.join(one['components'])}"
    yield from _some(WHY[5], told["evidence"], _seen, tongue)


def _some(
    label: str, rows: Sequence[Told], said: Callable[[Told, Tongue], str], tongue: Tongue
) -> Iterator[tuple[str, str]]:
    """Turn rows into labelled lines, the first of many."""
    for one in rows[:MOST]:
        yield label, said(one, tongue)
    more = len(rows) - MOST
    if more > 0:
        yield (
            "",
            tongue.words.ngettext(
                "en nog {count} zo'n regel (--json geeft alles)",
                "en nog {count} zulke regels (--json geeft alles)",
                more,
            ),
        )


def users_text(told: Told, tongue: Tongue) -> str:
    """Say how many of the users of a chain cannot work."""
    felt = told["users_affected"]
    certain, possible = felt["certain"], felt["possible"]
    if certain == possible:
        said = N_("{certain} van {users} kunnen niet werken")
    else:
        said = N_("{certain} zeker, mogelijk {possible}, van {users} kunnen niet werken")
    return tongue.say(said, certain=certain, possible=possible, users=told["users"])


def _cause(one: Told, tongue: Tongue) -> str:
    named = f"{one['id']}, {tongue.owner(one['supplier'])}"
    if one["explanation"] is None:
        return named
    since = tongue.when(one["explanation"]["since"])
    return tongue.say(N_("{named}, sinds {since}"), named=named, since=since)


def cause_lines(one: Told, tongue: Tongue) -> list[str]:
    """Turn a root cause into lines: cost, certainty, what else it can be, what would tell, symptoms."""
    told = one["explanation"]
    if told is None:
        return [tongue.say(N_("er is geen verklaring voor die nog open is"))]
    others = [" + ".join(some) for some in told["explanations"] if some != [one["id"]]]
    tests = [_look(test, tongue) for test in told["next_tests"]]
    said = (
        (N_("{names}"), [_cost(told, tongue)]),
        (N_("{names}"), [tongue.reason(told["certainty"])] if told["certainty"] else []),
        (N_("niet te onderscheiden van: {names}"), others),
        (N_("wat uitsluitsel geeft: {names}"), tests),
        (N_("heeft er last van: {names}"), _symptoms(told, tongue)),
        (N_("let op: {names}"), told["flags"]),
    )
    return [tongue.say(text, names=", ".join(names)) for text, names in said if names]


def _symptoms(told: Told, tongue: Tongue) -> list[str]:
    unnamed = len(told["symptoms"]) - MOST
    more = (
        [tongue.say(N_("en nog {count} (--json noemt ze)"), count=unnamed)] if unnamed > 0 else []
    )
    return [*told["symptoms"][:MOST], *more]


def _look(test: Told, tongue: Tongue) -> str:
    text = LOOKS.get(test["way"])
    if text is None:
        return f"{test['way']} {test['subject']}"
    return tongue.say(text, subject=test["subject"], seen_from=test.get("seen_from"))


def _cost(told: Told, tongue: Tongue) -> str:
    if told["cost"] is None:
        return tongue.say(N_("niet gewogen: het is zo gezegd"))
    margin = told["margin"]
    if margin is None and told["runner_up"] is not None:
        margin = told["runner_up"] - told["cost"]
    if margin is None:
        return tongue.say(N_("kosten {cost}, geen andere verklaring"), cost=told["cost"])
    second = " + ".join(told["second"]) or tongue.say(N_("de eerstvolgende"))
    text = N_("kosten {cost}, verschil {margin} met {second}")
    return tongue.say(text, cost=told["cost"], margin=margin, second=second)


def _part(one: Told, tongue: Tongue) -> str:
    reason = tongue.reason(one["reason"])
    hidden = [id_ for id_ in one["because_of"] if id_ not in one["reason"]]
    if hidden:
        reason = tongue.say(N_("{reason}, achter {names}"), reason=reason, names=", ".join(hidden))
    if one["last_seen"] is None:
        seen = tongue.say(N_("nooit gezien"))
    else:
        age = tongue.words.age(one["last_seen_age_s"])
        seen = tongue.say(N_("laatst gezien {age} eerder"), age=age)
    return f"{_standing(one, tongue)}: {reason}; {seen}"


def _standing(one: Told, tongue: Tongue) -> str:
    """`sw-1 down since ..., lan-bv`, and what it is beneath planned work."""
    text = N_("{id} {state} sinds {since}, {owner}")
    if one.get("beneath"):
        text = N_("{id} {state} (eronder: {beneath}) sinds {since}, {owner}")
    return tongue.say(
        text,
        id=one["id"],
        state=tongue.state(one["state"]),
        beneath=tongue.state(one.get("beneath") or ""),
        since=tongue.since(one["since"]),
        owner=tongue.owner(one["supplier"]),
    )


def _seen(one: Told, tongue: Tongue) -> str:
    """An observation: its id, when, of what, what it said, and by whom."""
    seen = f"{one['id']} {tongue.when(one['time'])} {one['subject']} {tongue.state(one['status'])}"
    if "age_s" in one:
        text, age = N_("{kind} door {source}, {age} eerder"), tongue.words.age(one["age_s"])
    else:
        text, age = N_("{kind} door {source}, vastgelegd {age}"), tongue.when(one["recorded"])
    by = tongue.say(text, kind=one["kind"], source=one["source"], age=age)
    return f"{seen} ({by})"


# --- one second -------------------------------------------------------------------------------


def minute_text(told: Told, tongue: Tongue) -> str:
    """Turn one second of a chain into its bucket, hours, parts, work, whose it is and its evidence."""
    head = tongue.say(N_("{chain} op {at}"), chain=told["chain"], at=tongue.when(told["at"]))
    return "\n".join([head, *tongue.rows(_minute_rows(told, tongue), MINUTE)])


def _minute_rows(told: Told, tongue: Tongue) -> Iterator[tuple[str, str]]:
    none = tongue.say(N_("geen"))
    bucket = tongue.state(told["bucket"]) if told["bucket"] else none
    yield MINUTE[0], f"{bucket}: {tongue.reason(told['counts_as'])}"
    yield MINUTE[1], _hours(told["service"], tongue)
    yield MINUTE[2], tongue.state(told["state"])
    standing = partial(_component, at=told["at"])
    yield from _some(MINUTE[3], told["components"], standing, tongue)
    for one in told["work"]:
        yield MINUTE[4], _work(one, tongue)
    if told["suppliers"]:
        yield MINUTE[5], _whose(told["suppliers"], tongue)
    yield from _some(MINUTE[6], told["events"], _seen, tongue)
    for one in told["corrections"]["applied"]:
        yield MINUTE[7], _put_right(one, tongue)
    if without := told["corrections"]["without"]:
        bucket = tongue.state(without["bucket"]) if without["bucket"] else none
        yield "", tongue.say(N_("zonder correcties was de rubriek: {bucket}"), bucket=bucket)


def _component(one: Told, tongue: Tongue, at: str) -> str:
    """A part, and when that was found out where it was later than the second."""
    said = f"{_standing(one, tongue)}: {tongue.reason(one['reason'])}"
    if risks := one["felled_by"]:
        text = N_("{said}; viel uit met {risks}, en telt voor {parties}")
        parties = ", ".join(tongue.owner(party) for party in one["charged_to"])
        said = tongue.say(text, said=said, risks=", ".join(risks), parties=parties)
    found = one["concluded"]
    if found is None or datetime.fromisoformat(found) <= datetime.fromisoformat(at):
        return said
    return tongue.say(N_("{said}; vastgesteld {at}"), said=said, at=tongue.when(found))


def _hours(service: Told, tongue: Tongue) -> str:
    text = N_("in diensttijd: {reason}") if service["in"] else N_("buiten diensttijd: {reason}")
    said = tongue.say(text, reason=tongue.reason(service["reason"]))
    if service["window"]:
        said += " " + " / ".join(tongue.when(edge) for edge in service["window"])
    if service["calendar"]:
        said += tongue.say(N_(" (kalender {calendar})"), calendar=service["calendar"])
    return said


def _work(one: Told, tongue: Tongue) -> str:
    excuses = (
        N_("verontschuldigt deze keten") if one["excludes"] else N_("verontschuldigt hier niets")
    )
    spanned = f"{tongue.when(one['from'])} / {tongue.when(one['to'])}"
    return f"{one['change']} {spanned}: {tongue.reason(one['reason'])}; {tongue.say(excuses)}"


def _whose(whose: Told, tongue: Tongue) -> str:
    return tongue.say(
        N_("{key}; eerlijk verdeeld {split}; wie eerst uitviel {held}"),
        key=whose["key"],
        split=", ".join(f"{one} {share}" for one, share in whose["shapley"].items()),
        held=" + ".join(whose["first_holds"]),
    )


def _put_right(one: Told, tongue: Tongue) -> str:
    by = ", ".join(
        tongue.say(N_("{id} van {source}"), id=each["id"], source=each["source"])
        for each in one["by"]
    )
    was, now = (_version(one[key], tongue) for key in ("old", "new"))
    return tongue.say(
        N_("{event}: {was}, nu {now} (door {by})"), event=one["event"], was=was, now=now, by=by
    )


def _version(version: Told | None, tongue: Tongue) -> str:
    if version is None:
        return tongue.say(N_("ingetrokken"))
    state = tongue.state(version["status"] or "-")
    return tongue.say(N_("{state} op {at}"), state=state, at=tongue.when(version["time"]))
