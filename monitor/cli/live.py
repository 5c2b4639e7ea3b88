"""Verbs that talk to a running service over HTTP: status, explain, incidents."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from monitor.cli.lang import add_language
from monitor.cli.verb import FINDINGS, NOT_ALLOWED, OK, PARTIAL, USAGE, Verb, emit, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from urllib.error import HTTPError

    from monitor.cli.tongue import Tongue

__all__ = ["VERBS"]

DEFAULT_URL = "http://127.0.0.1:8470"
TIMEOUT_S = 10
SIGNS = {"up": "✓", "degraded": "▲", "down": "✖", "unknown": "?", "maintenance": "/"}


class _NoAnswerError(Exception):
    """The service did not give what was asked for; carries the exit code."""

    def __init__(self, message: str, code: int = PARTIAL) -> None:
        super().__init__(message)
        self.code = code


class _MissingError(_NoAnswerError):
    """The service answered that this does not exist."""


def _url(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--url",
        default=os.environ.get("KETEN_URL", DEFAULT_URL),
        help="address of the service (default: KETEN_URL, else %(default)s)",
    )


def _fetch(args: argparse.Namespace, path: str, key: str) -> dict[str, Any]:
    """Ask the service for an object that has this key."""
    import json
    from http.client import HTTPException
    from urllib.error import HTTPError
    from urllib.request import ProxyHandler, Request, build_opener

    base = _base(args.url)
    try:
        request = Request(base + path, headers={"Accept": "application/json"})  # noqa: S310  # checked
        with build_opener(ProxyHandler({})).open(request, timeout=TIMEOUT_S) as answer:
            found = json.load(answer)
    except HTTPError as error:
        raise _refused(base, error) from None
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise _NoAnswerError(
            f"no service at {base} ({reason}): start it with `keten run DIR` or name it with --url"
        ) from None
    if not isinstance(found, dict) or key not in found:
        raise _NoAnswerError(f"{base} is another service: name ours with --url")
    return found


def _base(url: str) -> str:
    from urllib.parse import urlsplit

    base = url.rstrip("/")
    try:
        parts = urlsplit(base)
        right = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        right = False
    if not right:
        raise _NoAnswerError(f"--url {base}: write it as {DEFAULT_URL}", USAGE)
    return base


def _refused(base: str, error: HTTPError) -> _NoAnswerError:
    if error.code in {401, 403}:
        return _NoAnswerError(f"{base} does not allow this ({error.code})", NOT_ALLOWED)
    if error.code == 404:  # noqa: PLR2004  # Not Found
        return _MissingError(f"{base} does not know this: is it another service, or an older one?")
    return _NoAnswerError(f"{base} answered {error.code} {error.reason}")


def _asking(
    verb: str, job: Callable[[argparse.Namespace], int]
) -> Callable[[argparse.Namespace], int]:
    """Turn an answer that did not come into a message and its exit code."""

    def run(args: argparse.Namespace) -> int:
        try:
            return job(args)
        except _NoAnswerError as error:
            say(f"keten {verb}: {error}")
            return error.code

    return run


def _add_status(parser: argparse.ArgumentParser) -> None:
    _url(parser)
    add_language(parser)
    parser.add_argument(
        "--exit-code", action="store_true", help="exit 1 unless every chain is available"
    )


def _status(args: argparse.Namespace) -> int:
    status = _fetch(args, "/api/v1/status", "clocks")
    listed = _fetch(args, "/api/v1/chains", "chains")["chains"]
    status["chains"] = {chain["id"]: chain for chain in listed}
    status["incidents"] = _fetch(args, "/api/v1/incidents", "incidents")["incidents"]
    emit(args, status, _status_text(status, _tongue(args, status)))
    bad = any(chain["state"] != "up" for chain in listed)
    return FINDINGS if args.exit_code and bad else OK


def _tongue(args: argparse.Namespace, status: dict[str, Any] | None = None) -> Tongue:
    """The language that was asked for, with the clock of the region that the service watches."""
    from monitor.cli.tongue import Tongue

    if args.json:
        return Tongue(args.lang)
    told = status or _fetch(args, "/api/v1/status", "clocks")
    return Tongue(args.lang, told.get("timezone", "UTC"))


def _status_text(status: dict[str, Any], tongue: Tongue) -> str:
    from monitor.language import N_

    chains = status["chains"].values()
    width = max((len(chain["name"]) for chain in chains), default=0)
    lines = []
    for chain in chains:
        causes = ", ".join(chain.get("causes") or ())
        because = f"  <- {causes}" if causes else ""
        sign = f"{SIGNS.get(chain['state'], ' ')} {tongue.state(chain['state'])}"
        lines.append(f"{sign:14} {chain['name']:{width}}  {tongue.when(chain['since'])}{because}")
    count = sum(one["status"] == "open" for one in status["incidents"])
    watermark = status.get("watermark") or status["clocks"]["watermark"]
    measured = tongue.when(watermark) if watermark else tongue.say(N_("nog niets"))
    incidents = tongue.words.ngettext("1 open incident", "{count} open incidenten", count)
    lines.append(tongue.say(N_("{incidents}; gemeten tot {at}"), incidents=incidents, at=measured))
    if waiting := status.get("waiting_corrections"):
        lines.append(
            tongue.words.ngettext(
                "1 correctie wacht op de gebeurtenis die zij verbetert",
                "{count} correcties wachten op de gebeurtenis die zij verbeteren",
                waiting,
            )
        )
    return "\n".join(lines)


def _add_explain(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("chain", metavar="CHAIN", help="id of the chain")
    _url(parser)
    parser.add_argument(
        "--at", metavar="T", help="with --events: as it was at this moment (RFC 3339)"
    )
    parser.add_argument(
        "--events",
        metavar="FILE",
        help="with --catalogue: event lines instead of the log; - reads stdin",
    )
    parser.add_argument(
        "--as-of",
        metavar="T",
        dest="as_of",
        help="with --catalogue: only what was recorded up to and including this moment",
    )
    parser.add_argument(
        "--catalogue",
        metavar="DIR",
        help="explain from the log of this directory, by its catalogue; asks no service",
    )
    add_language(parser)


def _explain(args: argparse.Namespace) -> int:
    from urllib.parse import quote

    if args.events is not None or args.catalogue is not None:
        from monitor.cli.explain import from_lines

        return from_lines(args)
    if args.at is not None or args.as_of is not None:
        raise _NoAnswerError(
            "a running service tells of now; for an earlier moment add --catalogue DIR, whose log is read,"
            " and --events FILE for other event lines",
            USAGE,
        )
    try:
        chain = _fetch(args, f"/api/v1/chains/{quote(args.chain, safe='')}", "hops")
    except _MissingError:
        return _no_such_chain(args)
    listed = _fetch(args, "/api/v1/components", "components")["components"]
    states = {one["id"]: one for one in listed}
    chain["members"] = {
        member: states[member]
        for hop in chain["hops"]
        for member in hop["members"]
        if member in states
    }
    emit(args, chain, _explain_text(chain, states, _tongue(args)))
    return OK


def _no_such_chain(args: argparse.Namespace) -> int:
    from difflib import get_close_matches

    ids = [chain["id"] for chain in _fetch(args, "/api/v1/chains", "chains")["chains"]]
    near = get_close_matches(args.chain, ids, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(ids) or 'none'}"
    say(f"keten explain: no chain {args.chain}; {hint}")
    return USAGE


def _explain_text(chain: dict[str, Any], states: dict[str, Any], tongue: Tongue) -> str:
    from monitor.cli.explain_text import cause_lines, users_text
    from monitor.language import N_

    since, state = tongue.when(chain["since"]), tongue.state(chain["state"])
    head = N_("{name}: {state} sinds {since}")
    lines = [tongue.say(head, name=chain["name"], state=state, since=since)]
    if chain["reason"]:
        lines.append(f"  {tongue.reason(chain['reason'])}")
    if words := chain.get("rule", {}).get("words"):
        lines.append(tongue.say(N_("  regel: {words}"), words=tongue.reason(words)))
    explained = {one["id"]: one for one in chain.get("root_causes", ())}
    for cause in chain["causes"]:
        lines.append(tongue.say(N_("  oorzaak: {cause}"), cause=_named(states, cause, tongue)))
        if cause in explained:
            lines += [f"    {line}" for line in cause_lines(explained[cause], tongue)]
    if chain["users_affected"]["possible"]:
        lines.append(tongue.say(N_("  gebruikers: {users}"), users=users_text(chain, tongue)))
    for hop in chain["hops"]:
        lines += _hop_lines(hop, states, tongue)
    return "\n".join(lines)


def _hop_lines(hop: dict[str, Any], states: dict[str, Any], tongue: Tongue) -> list[str]:
    """A hop with its owners, and what of it is not up."""
    title, state = tongue.words.hop(hop["title"]), tongue.state(hop["state"])
    owners = ", ".join(hop["suppliers"])
    return [
        f"  {title:13} {state:13} {hop['up']}/{hop['total']}  {owners}".rstrip(),
        *(
            f"    {member}: {tongue.state(told['state'])}  {tongue.reason(told['reason'])}".rstrip()
            for member in hop["members"]
            if (told := states.get(member)) and told["state"] != "up"
        ),
    ]


def _named(states: dict[str, Any], cause: str, tongue: Tongue) -> str:
    """A component with its state and who repairs it."""
    told = states.get(cause)
    if told is None:
        return cause
    owner = f", {told['supplier']}" if told.get("supplier") else ""
    return f"{cause} ({tongue.state(told['state'])}{owner})"


def _add_incidents(parser: argparse.ArgumentParser) -> None:
    _url(parser)
    add_language(parser)


def _incidents(args: argparse.Namespace) -> int:
    from monitor.language import N_

    listed = _fetch(args, "/api/v1/incidents", "incidents")
    tongue = _tongue(args)
    none = tongue.say(N_("geen keten"))
    lines = [
        f"{tongue.word(one['status']):8} {one['priority'] or '--'} {tongue.when(one['opened'])}"
        f" {one['cause']}  {', '.join(one['chains']) or none}"
        for one in listed["incidents"]
    ]
    emit(args, listed, "\n".join(lines) or tongue.say(N_("geen incidenten")))
    return OK


VERBS = (
    Verb(
        name="status",
        summary="What a running service knows: every chain, incidents, watermark and digest.",
        examples=("keten status", "keten status --json", "keten status --exit-code --lang nl"),
        arguments=_add_status,
        run=_asking("status", _status),
    ),
    Verb(
        name="explain",
        summary="Why a chain is in its state: the cause, the hops, what cannot be measured.",
        examples=(
            "keten explain zaak-ptd",
            "keten explain zaak-ptd --lang nl",
            "keten explain zaak-ptd --json",
            "keten explain zaak-ptd --catalogue region/ --events events.jsonl --at 2026-06-09T12:00:00Z",
        ),
        arguments=_add_explain,
        run=_asking("explain", _explain),
    ),
    Verb(
        name="incidents",
        summary="Open and recent incidents of a running service.",
        examples=("keten incidents", "keten incidents --json"),
        arguments=_add_incidents,
        run=_asking("incidents", _incidents),
    ),
)
