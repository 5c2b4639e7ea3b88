"""What a verb was given: event lines sorted out by a catalogue, and what there is to say about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from monitor.cli.verb import OK, PARTIAL, say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from events.contract import AnyEvent
    from monitor.eventlines import Refusal
    from monitor.remarks import Remark
    from topology.model import Catalogue

__all__ = ["Given", "given", "tell_remarks"]

TOLD = 20
"""Remarks that are told to people; the result lists all of them."""


class Given(NamedTuple):
    """Lines sorted out.

    Attributes:
        source: What people call the lines: their file, `-` or `log`.
        events: Usable ones, all of them, whatever `--as-of` says.
        deadletters: Lines that cannot be used.
        remarks: What of the events does nothing, or not what was meant.
    """

    source: str
    events: list[AnyEvent]
    deadletters: list[Refusal]
    remarks: list[Remark]

    @property
    def beside(self) -> dict[str, Any]:
        """What stands of this beside the result of a verb."""
        told = [one._asdict() for one in self.remarks]
        return {"remarks": told, "deadletters": self.deadletters}

    def tell(self, by: str = "") -> int:
        """Say which lines were left out and what there is to remark, and return the exit code.

        Args:
            by: The catalogue that judged them, where there are several.
        """
        judged = f" (by {by})" if by else ""
        for one in self.deadletters:
            say(f"{self.source}:{one['line']}: {one['reason']}{judged}")
        tell_remarks(self.source, self.remarks)
        return PARTIAL if self.deadletters else OK


def given(
    catalogue: Catalogue, path: str | None, lines: Sequence[bytes], as_of: datetime | None = None
) -> Given:
    """Sort lines out.

    Args:
        catalogue: By which they are judged.
        path: Of the option `--events`; None = the log.
        lines: As they were read.
        as_of: Remarks are about what was recorded by then.
    """
    from monitor.eventlines import sorted_out
    from monitor.remarks import remarks

    found = sorted_out(catalogue, lines)
    known = [one for one in found.events if as_of is None or one.recorded <= as_of]
    told = remarks(catalogue, known, found.places)
    return Given(path or "log", found.events, found.refused, told)


def tell_remarks(source: str, remarks: Sequence[Remark]) -> None:
    """Say remarks to people, the first of many."""
    for one in remarks[:TOLD]:
        place = "" if one.line is None else f":{one.line}"
        say(f"{source}{place}: note: {one.reason}")
    more = len(remarks) - TOLD
    if more > 0:
        say(f"{source}: note: and {more} more; --json lists all under `remarks`")
