"""Results of the verbs of the family `report`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.schema.reliability import fraction
from tests.cli.schema.shared import REMARKS, WRITTEN
from tests.cli.schema.words import (
    by_id,
    digest,
    moment,
    one_of,
    rows,
    text,
    texts,
    thing,
    truth,
    whole,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.cli.schema.words import Schema

__all__ = ["RESULTS"]

PERCENT = text("Percent, rounded down to 3 decimals; null = no second that counts.", null=True)

BUCKETS = {
    "service": whole("Service seconds of the calendar: the sum of the six buckets."),
    "excluded": whole("In agreed work whose declared impact names the chain."),
    "up": whole("Everything worked."),
    "degraded": whole("It worked with less than whole."),
    "down": whole("Users could not work."),
    "unknown": whole("Not measured."),
    "maintenance": whole("In planned work that is not excluded: counts as down."),
    "agreed": whole("Agreed service time: service without excluded."),
}

CONTRACT = {
    "availability": PERCENT,
    "availability_worst": {**PERCENT, "description": "If all that is unknown was down."},
    "availability_best": {**PERCENT, "description": "If all that is unknown was up."},
    "coverage": {**PERCENT, "description": "Share of agreed service time that was measured."},
    "met": {"type": ["boolean", "null"], "description": "Target met; null = not established."},
    "budget": thing(
        "Seconds that may count as down.",
        seconds=whole("In all."),
        left={"type": "integer", "description": "Left; negative when overspent."},
    ),
    "interruptions": whole("That began to count in this period."),
    "mtrs": whole("Seconds down per interruption; null without one.", null=True),
}

SPLIT = by_id({"type": "string"}, "Supplier to seconds as an exact fraction, `22167/2`.")

REPORT_CHAIN = thing(
    "The account of a chain.",
    name=text("Its name."),
    level=text("Id of its service level."),
    users=whole("Users of its group."),
    measured_since=moment("Where its account begins, if later than the period.", null=True),
    **BUCKETS,
    **CONTRACT,
    mtbf=whole("Good seconds per interruption; null without one.", null=True),
    suppliers=thing(
        "Whose the seconds down are; each figure sums to `down`.",
        seconds_by_key=by_id(
            whole("Seconds."),
            "By minimal winning coalitions: `A&B|C` is A and B jointly, or C alone.",
        ),
        shapley=SPLIT,
        first_holds=SPLIT,
        with_sub_suppliers=thing(
            "The same with sub-suppliers added to who answers for them.",
            shapley=SPLIT,
            first_holds=SPLIT,
        ),
        exact=truth("False: more than 16 suppliers and coalitions at once, shares are equal."),
    ),
    incidents=rows(
        thing(
            "An incident that hurt it.",
            id=text("Its id."),
            cause=text("What was at fault."),
            supplier=text("Who must repair it.", null=True),
            priority=text("P1 to P4.", null=True),
            since=moment("Start of the outage."),
            opened=moment("When registered."),
            closed=moment("When closed.", null=True),
        ),
        "In the order of opening.",
    ),
    burn=thing(
        "How fast the allowance is spent at the end of the account.",
        at=moment("Looked back from here; null = nothing is judged.", null=True),
        rules={
            **rows(
                thing(
                    "One rule.",
                    budget_share=fraction("Of the allowance of the month."),
                    window=whole("Service seconds looked back over."),
                    short_window=whole("Service seconds in which it must still go on."),
                    threshold=fraction("The rate that spends the share in the window."),
                    burn=fraction("The rate over the window; 1 spends exactly the allowance."),
                    short_burn=fraction("The rate over the short window."),
                    exceeded=truth("Both rates reach the threshold."),
                ),
                "Null = there is a reason.",
            ),
            "type": ["array", "null"],
        },
        reason=text("Why there are no rules.", null=True),
    ),
    interruption_list=rows(
        thing(
            "An interruption with a second that counts in the period.",
            **{
                "from": moment("When it fell; null = it never worked.", null=True),
                "to": moment("End, not in it, or of the period."),
            },
            goes_on=truth("It was not over at the end of the period."),
            seconds=whole("That count as down in this period."),
            counted=truth("It is one of `interruptions`: its first countable second is in here."),
            state=one_of(("down", "maintenance"), "What the chain became at its start."),
            trigger=texts(
                "What failed in the second in which the chain fell, sorted; what a shared risk felled is"
                " told by that risk."
            ),
            key=text("Whose the fall was at its start; null = nothing of it is down.", null=True),
            seconds_by_key=by_id(whole("Seconds."), "Of the seconds down, as in `suppliers`."),
        ),
        "In order of time; the longest hundred.",
    ),
    interruptions_not_listed=thing(
        "The shorter ones.",
        count=whole("How many."),
        seconds=whole("Their seconds."),
    ),
    unknown_causes=rows(
        thing(
            "What made the chain unknown; all rows together are the seconds unknown.",
            seconds=whole("Seconds."),
            any_of=rows(
                rows(
                    thing(
                        "A party.",
                        supplier=text("Who must repair the parts, or `onbekend`."),
                        reason=one_of(
                            ("never-seen", "silent", "vantage-blind", "unreachable", "told"),
                            "Why nothing is known of its parts.",
                        ),
                        probe=text("How the parts are looked at; null = by no probe.", null=True),
                        vantage=text("The vantage point that was blind.", null=True),
                    ),
                    "Together they suffice.",
                ),
                "Minimal groups of parties whose unknown parts could stop the chain.",
            ),
            parts=texts("The first twenty of these parts, sorted."),
            parts_count=whole("How many there are."),
        ),
        "The longest first.",
    ),
    parts=rows(
        thing(
            "A span under one version of its level.",
            **{"from": moment("Begin."), "to": moment("End, not in it.")},
            valid_from=text("First day of the version.", null=True),
            target=text("Percent."),
            calendar=text("Id of the calendar."),
            **BUCKETS,
            **CONTRACT,
        ),
        "In order; none = nothing to judge.",
    ),
    digest=digest("SHA-256 of the canonical JSON of the above."),
    revision=whole("Of a closed month; null = open.", null=True),
)

OWN = {
    "agreed": whole("Seconds of the calendar without agreed work; of several, component-seconds."),
    "excluded": whole("Agreed work on it."),
    "down": whole("Down."),
    "degraded": whole("Degraded."),
    "unknown": whole("Not measured: left out of the figure."),
    "availability": PERCENT,
}

REPORT = thing(
    "The service levels of a month.",
    month=text("As asked: `2026-06`."),
    as_of=moment("What was recorded up to here counts; null = all.", null=True),
    **{"from": moment("Begin."), "to": moment("End, not in it.")},
    provisional=truth("The month goes on after that."),
    catalogue=digest("Version of the catalogue."),
    chains=by_id(REPORT_CHAIN, "By id, in the order of the catalogue."),
    suppliers=by_id(
        thing(
            "A supplier: its own components under its OLA, and its share of the chains.",
            name=text("Its name."),
            parent=text("Whose sub-supplier it is.", null=True),
            terms=rows(
                thing(
                    "A span under one OLA, or none.",
                    **{"from": moment("Begin."), "to": moment("End, not in it.")},
                    valid_from=text("First day of the OLA.", null=True),
                    calendar=text("Id of its calendar; null = around the clock.", null=True),
                    target=text("Percent; null = none.", null=True),
                    **OWN,
                    met={"type": ["boolean", "null"], "description": "By all of them together."},
                    below_target=texts("Components that are below the target by themselves."),
                    count=whole("Its components, links and shared risks in all."),
                    components=by_id(
                        thing("One of its own.", **OWN),
                        "Those that were not up and free of work all the time, by id.",
                    ),
                ),
                "In order.",
            ),
            chain_seconds=thing(
                "Its share of the seconds down of all chains.",
                shapley=text("Exact fraction."),
                first_holds=text("Exact fraction."),
            ),
        ),
        "By id, in the order of the catalogue.",
    ),
    user_weighted=thing(
        "Availability in which every user's second counts the same.",
        availability=PERCENT,
        organisations=by_id(PERCENT, "Organisation to that of its groups."),
    ),
    notes=rows(
        thing(
            "What the reader must know.",
            code=one_of(("unknown-chain",), "The kind."),
            change=text("Id of the change."),
            event=text("Id of the event with its last word."),
            chains=texts("Named in its declared impact, and in no catalogue."),
            reason=text("In words."),
        ),
        "Never a reason for another exit code.",
    ),
    digest=digest("SHA-256 of the canonical JSON from `from` to `notes`."),
    revision=whole("Of a closed month; null = open.", null=True),
    remarks=REMARKS,
    deadletters=rows(
        thing(
            "A line that could not be used.",
            line=whole("Its number, from 1."),
            id=text("Its id, if it has one.", null=True),
            reason=text("Why not."),
        ),
        "Not empty = exit code 3.",
    ),
)

REPORT["properties"] |= {
    "worst_months": by_id(
        thing(
            "The worst of the last twelve closed months.",
            month=text("Which."),
            availability=text("What it says."),
        ),
        "Only from the ledger; by chain that has a figure in one of them.",
    ),
    "catalogues": rows(
        thing(
            "A catalogue that came into force within the month.",
            **{"from": moment("When.")},
            version=digest("Its version."),
        ),
        "Only from the ledger; in order.",
    ),
    "corrections_not_applied": rows(
        thing(
            "A correction that changes no figure.",
            id=text("Its id."),
            supersedes=text("What it would correct."),
            reason=text("Why not."),
        ),
        "Only from the ledger.",
    ),
}

REPORT_RESULT = {
    "description": "The service levels of a month; with `--output`, the file that was written.",
    "oneOf": [REPORT, WRITTEN],
}

RESULTS: Mapping[str, Schema] = {
    "report": REPORT_RESULT,
}
