"""Verbs of the family `ledger`: the facts of the accounts, and months closed for good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor.cli.plural import counted
from monitor.cli.verb import FINDINGS, OK, PARTIAL, Verb, emit, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from monitor.cli.books import Books
    from monitor.reports.close import Closed

__all__ = ["VERBS"]


def _source(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("directory", metavar="DIR", help="the catalogue directory")
    parser.add_argument("--data", metavar="DIR", help="data directory (default: as `keten run`)")


def _terms(parser: argparse.ArgumentParser) -> None:
    _source(parser)
    parser.add_argument("--month", required=True, metavar="YYYY-MM", help="the local month")
    parser.add_argument(
        "--as-of", metavar="T", help="count what was recorded up to this moment (default: now)"
    )
    parser.add_argument("--by", metavar="NAME", default="", help="who does it, for the record")
    parser.add_argument(
        "--catalogue",
        choices=("month", "directory"),
        default="month",
        help="judge by the one in force at the end of the month, or by the files (default: month)",
    )


def _add_ledger(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "action", choices=("verify", "import"), help="check all of it, or add event lines"
    )
    _source(parser)
    parser.add_argument(
        "events", nargs="?", metavar="EVENTS.jsonl", help="of import: event lines; - reads stdin"
    )
    parser.add_argument(
        "--month", metavar="YYYY-MM", help="of verify: reckon only this month again (default: all)"
    )
    parser.add_argument(
        "--until", metavar="T", help="of import: the lines are complete up to this moment"
    )


def _ledger(args: argparse.Namespace) -> int:
    from events.errors import ConfigError

    if args.action == "verify":
        if args.events is not None:
            raise ConfigError(f"keten ledger verify: unknown argument {args.events}")
        return _verify(args)
    if args.events is None:
        raise ConfigError("keten ledger import: name a file of event lines, or - for stdin")
    if args.month is not None:
        raise ConfigError("keten ledger import: --month is for verify")
    return _import(args)


def _verify(args: argparse.Namespace) -> int:
    from monitor.cli.books import opened, run
    from monitor.store.audit import audit

    async def verify() -> dict[str, Any]:
        async with opened(args, reads_only=True) as books:
            found = await audit(books.database)
            findings = [one._asdict() for one in found.findings]
            recomputed = 0
            for closed in [] if findings else await _to_reckon(books, args.month):
                recomputed += 1
                wrong = await books.keeper.recompute(closed)
                if wrong is not None:
                    place = f"months, {closed.month} revision {closed.revision}"
                    findings.append({"place": place, "what": wrong})
            return {
                "facts": found.facts,
                "catalogues": found.catalogues,
                "months": found.months,
                "recomputed": recomputed,
                "last_hash": found.last_hash,
                "gaps": [_gap(one) for one in await books.ledger.gaps()],
                "findings": findings,
            }

    result = run(verify())
    emit(args, result, _verified(result))
    return FINDINGS if result["findings"] else OK


async def _to_reckon(books: Books, month: str | None) -> list[Closed]:
    """Every closing and revision, or those of one month."""
    from events.errors import MonthRefused

    closed = await books.months.all() if month is None else await books.keeper.closed(month)
    if month is not None and not closed:
        raise MonthRefused(f"--month {month}: it is not closed, so there is nothing to hold it to")
    return closed


def _gap(gap: Any) -> dict[str, object]:
    from events.span import text

    topic, number = gap.partition
    return {
        "partition": f"{topic}/{number}",
        "first": gap.first,
        "after": gap.after,
        "noted": text(gap.noted),
    }


def _verified(result: Mapping[str, Any]) -> str:
    lines = [f"{one['place']}: {one['what']}" for one in result["findings"]]
    lines += [
        f"note: {one['partition']} had lost {one['first']} up to {one['after']} at {one['noted']}"
        for one in result["gaps"]
    ]
    facts, catalogues = counted(result["facts"], "fact"), counted(result["catalogues"], "catalogue")
    held = f"{facts}, {catalogues}, {counted(result['months'], 'closed month')}"
    if result["findings"]:
        return "\n".join([*lines, f"{counted(len(result['findings']), 'finding')} in {held}"])
    again = counted(result["recomputed"], "month gives", "months give")
    told = f"{held}: every hash fits, {again} the same again"
    return "\n".join([*lines, told, f"hash of the last closed month: {result['last_hash']}"])


def _import(args: argparse.Namespace) -> int:
    from events.errors import ConfigError
    from monitor.cli.books import opened, run
    from monitor.cli.moments import moment
    from monitor.eventlines import read, usable
    from monitor.reports.recorded import recorded
    from monitor.store.ledger import Batch

    until = moment(args.until, "--until")

    async def add() -> dict[str, Any]:
        async with opened(args, make=True) as books:
            if await books.ledger.positions():
                raise ConfigError(
                    f"keten ledger import: `keten run` fills {books.database.name}, and what it took back"
                    " would stand in the way: put the events on its log, and it puts the past right"
                    " itself; or import into a ledger of its own, with --data DIR"
                )
            lines = read(args.events)
            events, refused = usable(books.compiled.catalogue, lines)
            reached = until or max((one.time for one in events), default=None)
            told = recorded(books.compiled, events, reached)
            rows = [(f"import/{number}", event) for number, event in enumerate(told)]
            added = await books.ledger.append(Batch(events=rows, reached=reached))
            return {"added": added, "known": len(rows) - added, "deadletters": refused}

    result = run(add())
    for one in result["deadletters"]:
        say(f"{args.events}:{one['line']}: {one['reason']}")
    added = f"{counted(result['added'], 'fact')} added"
    emit(args, result, f"{added}, {counted(result['known'], 'was', 'were')} there already")
    return PARTIAL if result["deadletters"] else OK


def _close(args: argparse.Namespace) -> int:
    from monitor.cli.books import closing_terms, now, opened, run
    from monitor.reports.period import month_of

    month_of(args.month)

    async def close() -> dict[str, Any]:
        async with opened(args) as books:
            return _shown(
                await books.keeper.close(closing_terms(args, books), now(), args.by, args.note)
            )

    result = run(close())
    emit(args, result, _closed(result))
    return OK


def _revise(args: argparse.Namespace) -> int:
    from monitor.cli.books import closing_terms, now, opened, run
    from monitor.reports.period import month_of

    month_of(args.month)

    async def revise() -> dict[str, Any]:
        async with opened(args) as books:
            terms = closing_terms(args, books)
            return _shown(await books.keeper.revise(terms, now(), args.by, args.reason))

    result = run(revise())
    emit(args, result, _closed(result))
    return OK


def _shown(closed: Any) -> dict[str, Any]:
    """A record as a result: everything of it but the report, which `keten report` shows."""
    import msgspec

    shown: dict[str, Any] = msgspec.to_builtins(closed)
    del shown["report"]
    return shown


def _closed(result: Mapping[str, Any]) -> str:
    name = f"{result['month']} revision {result['revision']}"
    lines = [f"{name}, as of {result['as_of']}, digest {result['digest']}"]
    for id_, differs in result["delta"].items():
        if "only_in" in differs:
            lines.append(f"  {id_}: only in the {differs['only_in']} revision")
            continue
        seconds = ", ".join(f"{key} {value:+} s" for key, value in differs["seconds"].items())
        figures = [f"{key} {old} -> {new}" for key, (old, new) in differs["figures"].items()]
        others = ", ".join(differs["other"])
        lines.append(f"  {id_}: {'; '.join(filter(None, [seconds, *figures, others]))}")
    if result["beyond"]:
        lines.append(f"  outside the chains: {', '.join(result['beyond'])}")
    return "\n".join(lines)


def _add_close(parser: argparse.ArgumentParser) -> None:
    _terms(parser)
    parser.add_argument("--note", metavar="TEXT", default="", help="what the reader should know")


def _add_revise(parser: argparse.ArgumentParser) -> None:
    _terms(parser)
    parser.add_argument("--reason", required=True, metavar="TEXT", help="why, for the reader")


VERBS = (
    Verb(
        name="ledger",
        summary="Check the ledger from end to end, or fill it from event lines.",
        examples=(
            "keten ledger verify region/",
            "keten ledger verify region/ --month 2026-05",
            "keten ledger import region/ events.jsonl --until 2026-06-01T00:00:00Z",
        ),
        arguments=_add_ledger,
        run=_ledger,
    ),
    Verb(
        name="close",
        summary="Close a month for good: its figures are frozen and never change.",
        examples=(
            "keten close region/ --month 2026-05",
            "keten close region/ --month 2026-05 --by j.jansen --note agreed",
        ),
        arguments=_add_close,
        run=_close,
    ),
    Verb(
        name="revise",
        summary="Add a revision to a closed month, with what differs per chain and why.",
        examples=("keten revise region/ --month 2026-05 --reason late-log",),
        arguments=_add_revise,
        run=_revise,
    ),
)
