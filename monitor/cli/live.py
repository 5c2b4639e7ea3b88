"""Verbs that talk to a running service over HTTP: status, explain, incidents."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from monitor.cli.verb import FINDINGS, NOT_ALLOWED, OK, PARTIAL, USAGE, Verb, emit, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from urllib.error import HTTPError

__all__ = ["VERBS"]

DEFAULT_URL = "http://127.0.0.1:8470"
TIMEOUT_S = 10
SIGNS = {
    "up": "✓ beschikbaar",
    "degraded": "▲ verminderd",
    "down": "✖ storing",
    "unknown": "? onbekend",
    "maintenance": "/ onderhoud",
}
ENGLISH = {
    "up": "✓ available",
    "degraded": "▲ degraded",
    "down": "✖ down",
    "unknown": "? unknown",
    "maintenance": "/ maintenance",
}


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
    parser.add_argument("--lang", choices=("nl", "en"), default="en", help="language of the words")
    parser.add_argument(
        "--exit-code", action="store_true", help="exit 1 unless every chain is available"
    )


def _status(args: argparse.Namespace) -> int:
    status = _fetch(args, "/api/v1/status", "clocks")
    listed = _fetch(args, "/api/v1/chains", "chains")["chains"]
    status["chains"] = {chain["id"]: chain for chain in listed}
    status["incidents"] = _fetch(args, "/api/v1/incidents", "incidents")["incidents"]
    emit(args, status, _status_text(status, SIGNS if args.lang == "nl" else ENGLISH))
    bad = any(chain["state"] != "up" for chain in listed)
    return FINDINGS if args.exit_code and bad else OK


def _status_text(status: dict[str, Any], words: dict[str, str]) -> str:
    chains = status["chains"].values()
    width = max((len(chain["name"]) for chain in chains), default=0)
    lines = []
    for chain in chains:
        word = words.get(chain["state"], chain["state"])
        causes = ", ".join(chain.get("causes") or ())
        because = f"  <- {causes}" if causes else ""
        lines.append(f"{word:15} {chain['name']:{width}}  {_when(chain['since'])}{because}")
    count = sum(one["status"] == "open" for one in status["incidents"])
    watermark = status.get("watermark") or status["clocks"]["watermark"]
    measured = _when(watermark) if watermark else "nothing yet"
    incidents = "1 open incident" if count == 1 else f"{count} open incidents"
    return "\n".join([*lines, f"{incidents}; measured up to {measured}"])


def _when(moment: str | None) -> str:
    """A moment to the second, in UTC as it came."""
    return f"{moment[:19]}Z" if moment else "-"


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
        "--catalogue",
        metavar="DIR",
        help="explain from the log of this directory, by its catalogue; asks no service",
    )


def _explain(args: argparse.Namespace) -> int:
    from urllib.parse import quote

    if args.events is not None or args.catalogue is not None:
        from monitor.cli.explain import from_lines

        return from_lines(args)
    if args.at is not None:
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
    emit(args, chain, _explain_text(chain, states))
    return OK


def _no_such_chain(args: argparse.Namespace) -> int:
    from difflib import get_close_matches

    ids = [chain["id"] for chain in _fetch(args, "/api/v1/chains", "chains")["chains"]]
    near = get_close_matches(args.chain, ids, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(ids) or 'none'}"
    say(f"keten explain: no chain {args.chain}; {hint}")
    return USAGE


def _explain_text(chain: dict[str, Any], states: dict[str, Any]) -> str:
    from monitor.cli.explain import explanation_lines

    word = ENGLISH.get(chain["state"], chain["state"])
    lines = [f"{chain['name']}: {word} since {_when(chain['since'])}"]
    if chain["reason"]:
        lines.append(f"  {chain['reason']}")
    if words := chain.get("rule", {}).get("words"):
        lines.append(f"  rule: {words}")
    lines += [f"  cause: {_named(states, cause)}" for cause in chain["causes"]]
    for cause in chain.get("root_causes", ()):
        lines += explanation_lines(cause)
    felt = chain["users_affected"]
    if felt["possible"]:
        lines.append(f"  users: {felt['certain']} to {felt['possible']} of {chain['users']}")
    for hop in chain["hops"]:
        owners = ", ".join(hop["suppliers"])
        lines.append(f"  {hop['title']:13} {hop['state']:11} {hop['up']}/{hop['total']}  {owners}")
        lines += [
            f"    {member}: {told['state']}  {told['reason']}".rstrip()
            for member in hop["members"]
            if (told := states.get(member)) and told["state"] != "up"
        ]
    return "\n".join(lines)


def _named(states: dict[str, Any], cause: str) -> str:
    """A component with its state and who repairs it."""
    told = states.get(cause)
    if told is None:
        return cause
    owner = f", {told['supplier']}" if told.get("supplier") else ""
    return f"{cause} ({told['state']}{owner})"


def _incidents(args: argparse.Namespace) -> int:
    listed = _fetch(args, "/api/v1/incidents", "incidents")
    lines = [
        f"{one['status']:6} {one['priority'] or '--'} {_when(one['opened'])} {one['cause']}"
        f"  {', '.join(one['chains']) or 'no chain'}"
        for one in listed["incidents"]
    ]
    emit(args, listed, "\n".join(lines) or "no incidents")
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
        arguments=_url,
        run=_asking("incidents", _incidents),
    ),
)
