"""The end of a replay, or what differs between two of them, turned into lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor.language import N_

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from monitor.cli.tongue import Tongue

    Told = Mapping[str, Any]

__all__ = ["difference_text", "replay_text", "summary"]

MOMENT = 25
"""Width of a local moment with its offset."""

KINDS = (
    N_("gemist"),
    N_("minder"),
    N_("meer"),
    N_("later"),
    N_("eerder"),
    N_("oorzaak"),
    N_("voorrang"),
    N_("berichten"),
    N_("keten"),
)


def replay_text(told: Told, tongue: Tongue) -> str:
    """Turn the picture at the end into chains, incidents, notices and the digest."""
    chain, state, since = (tongue.say(text) for text in (N_("KETEN"), N_("TOESTAND"), N_("SINDS")))
    lines = [f"{chain:<32} {state:<14} {since}"]
    for id_, one in told["chains"].items():
        lines.append(f"{id_:<32} {tongue.state(one['state']):<14} {tongue.when(one['since'])}")
    lines += ["", *_incidents(told, tongue), "", *_notices(told, tongue), ""]
    return "\n".join([*lines, f"digest {told['digest']}"])


def _incidents(told: Told, tongue: Tongue) -> Iterator[str]:
    cause, opened, closed = (
        tongue.say(text) for text in (N_("OORZAAK"), N_("GEOPEND"), N_("GESLOTEN"))
    )
    yield f"{'INCIDENT':<20} {'P':<3} {cause:<24} {opened:<{MOMENT}} {closed}"
    for one in told["incidents"]:
        end = tongue.when(one["closed"]) if one["closed"] else tongue.word("open")
        begin = tongue.when(one["opened"])
        priority = one["priority"] or "-"
        yield f"{one['id']:<20} {priority:<3} {one['cause']:<24} {begin:<{MOMENT}} {end}"


def _notices(told: Told, tongue: Tongue) -> Iterator[str]:
    for one in told["notifications"]:
        title = tongue.reason(one["title"])
        yield f"{tongue.when(one['time'])} {tongue.word(one['action'])}: {title}"


# --- two catalogues ---------------------------------------------------------------------------


def summary(difference: Told, tongue: Tongue) -> str:
    """Turn differences into one line: `2 incidents fewer, 1 later, 0 missed`; what is nought is left out."""
    of, words = difference["incidents"], tongue.words
    told = [
        words.ngettext("{count} incident minder", "{count} incidenten minder", len(of["fewer"]))
    ]
    if of["more"]:
        told.append(tongue.say(N_("{count} meer"), count=len(of["more"])))
    told.append(tongue.say(N_("{count} later"), count=len(of["later"])))
    if of["earlier"]:
        told.append(tongue.say(N_("{count} eerder"), count=len(of["earlier"])))
    if some := len(of["other_cause"]):
        told.append(tongue.say(N_("{count} met een andere oorzaak"), count=some))
    if some := len(of["other_priority"]):
        told.append(tongue.say(N_("{count} met een andere voorrang"), count=some))
    told.append(tongue.say(N_("{count} gemist"), count=len(difference["missed"])))
    return ", ".join(told)


def difference_text(difference: Told, tongue: Tongue) -> str:
    """Turn differences into the summary, then each on a line of its own, the missed outages first."""
    rows = [
        *_missed(difference, tongue),
        *_incident_rows(difference["incidents"], tongue),
        *_chain_rows(difference, tongue),
    ]
    width = max(len(tongue.say(kind)) for kind in KINDS)
    lines = [f"{tongue.say(kind):<{width}} {text}" for kind, text in rows]
    return "\n".join([summary(difference, tongue), *lines])


def _missed(difference: Told, tongue: Tongue) -> Iterator[tuple[str, str]]:
    catalogues = {"old": tongue.say(N_("oud")), "new": tongue.say(N_("nieuw"))}
    for one in difference["missed"]:
        yield (
            KINDS[0],
            tongue.say(
                N_("{chain} uit van {begin} tot {end}: {cause} (uit volgens {catalogues})"),
                chain=one["chain"],
                begin=tongue.when(one["from"]),
                end=tongue.when(one["to"]),
                cause=one["cause"],
                catalogues=" + ".join(catalogues[name] for name in one["down_in"]),
            ),
        )


def _incident_rows(incidents: Told, tongue: Tongue) -> Iterator[tuple[str, str]]:
    was = N_("{subject}: {new}, was {old}")
    for kind, name in ((KINDS[1], "fewer"), (KINDS[2], "more")):
        yield from ((kind, _incident(one, tongue)) for one in incidents[name])
    for kind, name in ((KINDS[3], "later"), (KINDS[4], "earlier")):
        for one in incidents[name]:
            new, old = tongue.when(one["new"]), tongue.when(one["old"])
            said = tongue.say(was, subject=one["cause"], new=new, old=old)
            yield kind, f"{said} ({one['seconds']:+} s)"
    for one in incidents["other_cause"]:
        opened = tongue.when(one["new"]["opened"])
        new, old = one["new"]["cause"], one["old"]["cause"]
        yield KINDS[5], tongue.say(was, subject=opened, new=new, old=old)
    for one in incidents["other_priority"]:
        subject = f"{one['cause']} {tongue.when(one['opened'])}"
        new, old = one["new"] or "-", one["old"] or "-"
        yield KINDS[6], tongue.say(was, subject=subject, new=new, old=old)


def _incident(one: Told, tongue: Tongue) -> str:
    chains = ", ".join(one["chains"]) or tongue.say(N_("geen keten"))
    text = N_("{cause} {priority} geopend {opened}: {chains}")
    return tongue.say(
        text,
        cause=one["cause"],
        priority=one["priority"] or "-",
        opened=tongue.when(one["opened"]),
        chains=chains,
    )


def _chain_rows(difference: Told, tongue: Tongue) -> Iterator[tuple[str, str]]:
    old, new = difference["notifications"]["old"], difference["notifications"]["new"]
    if old != new:
        counted = [_counted(notices, tongue) for notices in (new, old)]
        yield KINDS[7], tongue.say(N_("{new}, was {old}"), new=counted[0], old=counted[1])
    for id_, more in difference["chains"].items():
        words = (
            f"{tongue.state(state)} {seconds:+} s" for state, seconds in more.items() if seconds
        )
        yield KINDS[8], f"{id_}: {', '.join(words)}"
    for id_ in difference["chains_gone"]:
        yield KINDS[8], tongue.say(N_("{id}: niet in de nieuwe catalogus"), id=id_)
    for id_ in difference["chains_added"]:
        yield KINDS[8], tongue.say(N_("{id}: alleen in de nieuwe catalogus"), id=id_)


def _counted(notices: Mapping[str, int], tongue: Tongue) -> str:
    counted = (f"{count} {tongue.word(action)}" for action, count in notices.items())
    return ", ".join(counted) or tongue.say(N_("geen"))
