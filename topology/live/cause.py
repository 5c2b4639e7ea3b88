"""An open root cause turned into what is published of it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from events.contract import NextTest, RootCauseData
from topology.live.rootcause import Explanation

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Cause", "publish"]


class Cause(Struct):
    """An open root cause as last published; `publish_at`: late symptoms are waiting.

    Attributes:
        evidence: Ids of the observations that it rested on when it was named.
    """

    since: datetime
    monitoring: bool = False
    vantage: str | None = None
    corroborated: bool = False
    explanation: Explanation | None = None
    evidence: list[str] = []
    publish_at: datetime | None = None


def publish(cause: Cause, symptoms: Iterable[str], *, is_open: bool) -> RootCauseData:
    """Say everything about a cause."""
    one = cause.explanation or Explanation((), 0)
    known = cause.explanation is not None
    return RootCauseData(
        status="open" if is_open else "closed",
        symptoms=sorted(symptoms),
        since=cause.since,
        cost=one.cost if known else None,
        runner_up=one.runner_up,
        margin=None if one.runner_up is None else max(0, one.runner_up - one.cost),
        monitoring_fault=cause.monitoring,
        certainty=one.certainty,
        corroborated=cause.corroborated,
        vantage=cause.vantage,
        explanations=[list(among) for among in one.among],
        second=list(one.second),
        next_tests=[
            NextTest(way=test.way, subject=test.subject, seen_from=test.seen_from)
            for test in one.tests
        ],
        flags=list(one.flags),
        evidence=cause.evidence,
    )
