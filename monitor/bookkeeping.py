"""Months reckoned from the ledger, closed, revised and reckoned again.

The catalogue of a month is the one in force at its end, unless the operator asks for that of the directory;
a closed month names the one that it was judged by, and the ledger keeps its text. A change of the
catalogue within the month is told beside the figures, which are wholly of one catalogue.

Source: CORE.md 4.2 and 4.4; DESIGN.md 5.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from dataclasses import replace as with_terms
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from events.contract import CatalogueLoaded
from events.errors import ConfigError, MonthRefused, NothingRecorded
from events.span import moment, text
from monitor.reports.close import (
    Closed,
    beyond,
    delta,
    last_known,
    may_close,
    may_revise,
    same_figures,
    stamped,
)
from monitor.reports.month import report
from monitor.reports.period import month_of, period_of
from monitor.reports.standing import standing
from topology.calendar import month_span
from topology.catalogue import build
from topology.compiled import Compiled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from events.contract import AnyEvent
    from monitor.store.ledger import Ledger, Progress
    from monitor.store.months import Months

__all__ = ["Bookkeeper", "Reckoned", "Terms"]

SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a month is to be reckoned.

    Attributes:
        month: `2026-05`.
        as_of: What was known at this moment counts; None = everything.
        up_to: Number of the last fact that counts; None = of those known at `as_of` all.
        catalogue: Version to judge by; None = the one in force at the end of the month.
    """

    month: str
    as_of: datetime | None = None
    up_to: int | None = None
    catalogue: str | None = None


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A report, the version of its catalogue, and the state of the ledger that it was made of."""

    report: dict[str, Any]
    catalogue: str
    progress: Progress


class Bookkeeper:
    """Reckons months from a ledger.

    Args:
        ledger: The facts.
        months: The closed ones.
        compiled: The catalogue of the directory.
        text: Its canonical text, whose SHA-256 is its version.
    """

    def __init__(self, ledger: Ledger, months: Months, compiled: Compiled, text: bytes) -> None:
        self._ledger = ledger
        self._months = months
        self._compiled = compiled
        self._text = text

    @property
    def version(self) -> str:
        """Version of the catalogue of the directory."""
        return self._compiled.catalogue.version

    def period(self, month: str) -> tuple[datetime, datetime]:
        """Turn `2026-05` into its begin and end.

        Raises:
            MonthRefused: Not a month.
        """
        start, end = month_span(*month_of(month), self._compiled.catalogue.timezone)
        return moment(start), moment(end)

    async def closed(self, month: str) -> list[Closed]:
        """The closing and revisions of a month, in order; empty while it is open."""
        return [one for one in await self._months.all() if one.month == month]

    async def as_known(self, terms: Terms) -> Terms:
        """Turn a moment into the facts that were known then, and into the catalogue of a closing of then.

        What was recorded by then was known then, unless a closing of that month did without it.
        """
        if terms.as_of is None or terms.up_to is not None:
            return terms
        closed = await self.closed(terms.month)
        then = next((one for one in closed if one.as_of == terms.as_of), None)
        return with_terms(
            terms,
            up_to=last_known(closed, terms.as_of),
            catalogue=terms.catalogue or (then.catalogue if then else None),
        )

    async def reckon(self, terms: Terms) -> Reckoned:
        """Reckon a month from what the ledger holds; one that goes on only up to where that reaches.

        At the moment of a closing this gives what was closed, whatever came in since.

        Raises:
            MonthRefused: Not a month.
            NothingRecorded: The ledger knows nothing of it yet.
            ConfigError: The catalogue that it must be judged by is not in the ledger, or the month had
                not begun by `as_of`.
            LedgerDamaged: A fact cannot be read.
        """
        _, end = self.period(terms.month)
        terms = await self.as_known(terms)
        progress = await self._ledger.progress()
        recorded = await self._ledger.facts(terms.as_of, terms.up_to)
        version = terms.catalogue or _in_force(recorded, end) or self.version
        compiled = await self._catalogue(version)
        known_to = _known_to(terms, recorded, progress)
        self._check_known(terms, recorded, known_to)
        period = period_of(terms.month, compiled.catalogue.timezone, known_to)
        stand = standing(recorded)
        figures = report(compiled, stand.facts, period.span, provisional=period.provisional)
        beside = {
            "as_of": None if terms.as_of is None else text(terms.as_of),
            "catalogues": _loaded_within(recorded, moment(period.span[0]), end),
            "corrections_not_applied": [one._asdict() for one in stand.not_applied],
        }
        return Reckoned(stamped({**beside, **figures}, None), version, progress)

    async def close(self, terms: Terms, now: datetime, author: str, note: str) -> Closed:
        """Close a month for good.

        Args:
            terms: Its `as_of` may not lie in the future; None = now.
            now: The moment of closing.
            author: Who closes; may be empty.
            note: What the reader should know; may be empty.

        Raises:
            MonthRefused: It is not over, closed already, not its turn, or not wholly in the ledger.
        """
        as_of = _not_later(terms.as_of, now)
        _, end = self.period(terms.month)
        may_close(terms.month, end, as_of, await self._months.all())
        progress = await self._ledger.progress()
        _check_reached(terms.month, end, progress)
        if not any(one.time < end for one in await self._ledger.facts(as_of)):
            raise MonthRefused(
                f"the ledger holds nothing from before {text(end)}, the end of {terms.month}: it cannot"
                " say how that month was; `keten ledger import` adds event lines of it"
            )
        reckoned = await self._frozen(terms, as_of, progress)

        def make(known: Sequence[Closed]) -> Closed:
            may_close(terms.month, end, as_of, known)
            return _record(reckoned, (terms.month, 1), (as_of, now), (author, note))

        return await self._months.add(make)

    async def revise(self, terms: Terms, now: datetime, author: str, reason: str) -> Closed:
        """Add a revision to a closed month.

        Raises:
            MonthRefused: It is not closed, no reason is given, or no figure differs.
        """
        as_of = _not_later(terms.as_of, now)
        if terms.as_of is None:
            as_of = max([as_of, *(one.as_of + SECOND for one in await self.closed(terms.month))])
        last = may_revise(terms.month, as_of, reason, await self._months.all())
        reckoned = await self._frozen(terms, as_of, await self._ledger.progress())
        differs, others = delta(last.report, reckoned.report), beyond(last.report, reckoned.report)
        if not differs and not others:
            raise MonthRefused(
                f"{terms.month}: nothing differs from revision {last.revision} of {text(last.made)}:"
                " there is nothing to revise"
            )

        def make(known: Sequence[Closed]) -> Closed:
            if may_revise(terms.month, as_of, reason, known).revision != last.revision:
                raise MonthRefused(f"{terms.month} was revised in the meantime; look at it first")
            number = last.revision + 1
            made = _record(reckoned, (terms.month, number), (as_of, now), (author, reason))
            return replace(made, delta=differs, beyond=others)

        return await self._months.add(make)

    async def recompute(self, closed: Closed) -> str | None:
        """Reckon a closed month again at its own as-of; say what differs, or None."""
        terms = Terms(
            month=closed.month, as_of=closed.as_of, up_to=closed.facts, catalogue=closed.catalogue
        )
        try:
            again = (await self.reckon(terms)).report
        except ConfigError as error:
            return str(error)
        if same_figures(closed.report, stamped(again, closed.revision)):
            return None
        chains = sorted(delta(closed.report, again)) or ["none"]
        return (
            f"reckoned again it has digest {str(again['digest'])[:12]}, closed with {closed.digest[:12]};"
            f" chains that differ: {', '.join(chains[:10])}"
        )

    async def _frozen(self, terms: Terms, as_of: datetime, progress: Progress) -> Reckoned:
        """Reckon a month in a way that can be repeated, and keep the catalogue for it."""
        exact = Terms(month=terms.month, as_of=as_of, up_to=progress.seq, catalogue=terms.catalogue)
        reckoned = await self.reckon(exact)
        if reckoned.catalogue == self.version:
            await self._ledger.keep_catalogue(self.version, self._text)
        return Reckoned(reckoned.report, reckoned.catalogue, progress)

    def _check_known(self, terms: Terms, recorded: Sequence[AnyEvent], known_to: datetime) -> None:
        """Refuse what would be a guess: a month from before the first fact, or that is not reached yet."""
        month = terms.month
        start, end = self.period(month)
        if terms.as_of is not None:
            period_of(month, self._compiled.catalogue.timezone, terms.as_of)
        cure = "`keten run` fills the ledger, `keten ledger import` adds event lines"
        if not any(one.time < end for one in recorded):
            raise NothingRecorded(
                f"the ledger holds nothing from before {text(end)}, the end of {month}: {cure}"
            )
        if known_to <= start:
            raise NothingRecorded(
                f"{month} begins at {text(start)}, and what is known goes up to {text(known_to)}: {cure}"
            )

    async def _catalogue(self, version: str) -> Compiled:
        if version == self.version:
            return self._compiled
        kept = await self._ledger.catalogue(version)
        if kept is None:
            raise ConfigError(
                f"the catalogue {version[:12]} that this month must be judged by is not in the ledger;"
                " `--catalogue directory` judges by that of the directory"
            )
        return Compiled.of(build(json.loads(kept)))


def _in_force(recorded: Sequence[AnyEvent], end: datetime) -> str | None:
    """The version of the catalogue loaded last before a moment; None = none was."""
    loaded = [one for one in recorded if isinstance(one, CatalogueLoaded) and one.time < end]
    return max(loaded, key=lambda one: one.order).data.version if loaded else None


def _loaded_within(
    recorded: Sequence[AnyEvent], start: datetime, end: datetime
) -> list[dict[str, str]]:
    """The catalogues that came into force within a month, in order of time."""
    loaded = [
        one for one in recorded if isinstance(one, CatalogueLoaded) and start <= one.time < end
    ]
    loaded.sort(key=lambda one: one.order)
    return [{"from": text(one.time), "version": one.data.version} for one in loaded]


def _known_to(terms: Terms, recorded: Sequence[AnyEvent], progress: Progress) -> datetime:
    """Up to where the ledger says how things were: where it was read to, or the moment asked for."""
    latest = max((one.recorded for one in recorded), default=datetime.min.replace(tzinfo=UTC))
    reached = progress.reached or latest
    return reached if terms.as_of is None else min(terms.as_of, reached)


def _not_later(as_of: datetime | None, now: datetime) -> datetime:
    if as_of is not None and as_of > now:
        raise MonthRefused(f"--as-of {text(as_of)} lies in the future; it is {text(now)}")
    return now if as_of is None else as_of


def _check_reached(month: str, end: datetime, progress: Progress) -> None:
    if progress.reached is None or progress.reached < end:
        reached = text(progress.reached) if progress.reached else "nowhere yet"
        raise MonthRefused(
            f"{month} ends at {text(end)}, and the ledger is filled up to {reached}: let `keten run`"
            " read the rest of the log first, or add it with `keten ledger import`"
        )


def _record(
    reckoned: Reckoned,
    which: tuple[str, int],
    when: tuple[datetime, datetime],
    said: tuple[str, str],
) -> Closed:
    """Turn a reckoning into the record to be frozen.

    Args:
        reckoned: The figures.
        which: Month and revision.
        when: Its as-of, and when it was made.
        said: By whom, and why.
    """
    return Closed(
        month=which[0],
        revision=which[1],
        as_of=when[0],
        made=when[1],
        author=said[0],
        reason=said[1],
        catalogue=reckoned.catalogue,
        facts=reckoned.progress.seq,
        facts_hash=reckoned.progress.hash,
        digest=reckoned.report["digest"],
        report=stamped(reckoned.report, which[1]),
    )
