"""How fast a chain spends its budget turned into its entry in the report. Pure.

Source: CORE.md 4.4 (burn).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from events.span import moment, text

if TYPE_CHECKING:
    from topology.accounts.books import Spending

__all__ = ["burn_shape"]

Shape = dict[str, object]

NO_BUDGET = "the target is 100 %: there is no budget to spend, every second down is a miss"
NOT_JUDGED = "nothing of the period is judged"


def burn_shape(spending: Spending | None) -> Shape:
    """Turn the rules at the end of an account into plain values, rates as exact fractions.

    Args:
        spending: None when nothing is judged; then, and under a target of 100 %, a reason stands for rules.
    """
    if spending is None:
        return {"at": None, "rules": None, "reason": NOT_JUDGED}
    at = text(moment(spending.at))
    if not spending.rules:
        return {"at": at, "rules": None, "reason": NO_BUDGET}
    rules = [
        {
            "budget_share": str(one.rule.share),
            "window": one.rule.window_s,
            "short_window": one.rule.short_s,
            "threshold": str(one.rule.threshold),
            "burn": str(one.long),
            "short_burn": str(one.short),
            "exceeded": one.is_too_fast,
        }
        for one in spending.rules
    ]
    return {"at": at, "rules": rules, "reason": None}
