"""The verdict on a chain turned into the row of the table that made it, in words. Pure.

Source: CORE.md 1.3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from topology.lanes import ChainVerdict

__all__ = ["rule"]

ROWS = {
    "down": (
        (False, False, False),
        "what is down suffices: it would not work even if everything unknown or in agreed work did",
    ),
    "maintenance": (
        (False, False, True),
        "what is down suffices only together with what is in agreed work",
    ),
    "unknown": (
        (False, True, True),
        "it hangs on what is unknown: what works does not carry it, what fails does not stop it",
    ),
    "degraded": (
        (True, True, True),
        "it works, but every way passes a reduced part or the coverage is below full",
    ),
    "up": ((True, True, True), "what is known to work carries it, whatever is unknown"),
}
"""State to whether it works with what works, with the unknown too, with agreed work too; and in words."""


def rule(verdict: ChainVerdict, redundancy: int) -> dict[str, object]:
    """Turn a verdict into its row.

    Args:
        verdict: Its kappa may be left uncounted.
        redundancy: Further failures that the level promises to survive, and one.
    """
    (working, possible, planned), words = ROWS[verdict.state]
    if verdict.redundancy_lost:
        words = f"it works, but {_to_lose(verdict.kappa)}, where its level promises {redundancy}"
    if verdict.flags:
        words += f"; only unknowns keep it from being whole ({', '.join(verdict.flags)})"
    return {
        "works": working,
        "works_if_unknown_works": possible,
        "works_if_planned_works_too": planned,
        "words": words,
    }


def _to_lose(kappa: int | None) -> str:
    if kappa is None:
        return "fewer further failures lose it"
    return f"{kappa} further failure{'s lose' if kappa > 1 else ' loses'} it"
