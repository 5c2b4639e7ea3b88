"""Results of the verbs of the family `impact`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.schema.shared import DEADLETTERS, FLAGS, KAPPA, REMARKS
from tests.cli.schema.words import (
    CHAIN_STATES,
    by_id,
    merged,
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

HIT = thing(
    "Who cannot work.",
    groups_down=texts("Groups of which a chain falls, sorted."),
    chains_down=texts("Chains that fall, sorted."),
    users=whole("Users of these groups, each group once."),
)
PICTURED = thing("A chain.", state=one_of(CHAIN_STATES, "Its state."), flags=FLAGS, kappa=KAPPA)

WHATIF = merged(
    "What would be so. A simulation: nothing of it is kept.",
    HIT,
    simulation={"const": True, "description": "Always."},
    at=moment("Moment that was asked for; null = all else up.", null=True),
    down=texts("The parts that would be down, sorted."),
    redundancy_left=by_id(KAPPA, "Of every chain: its kappa then."),
    chains=by_id(
        thing("Before and after.", before=PICTURED, after=PICTURED), "Chains that change, by id."
    ),
    fallen=texts("Chains that come to fall by this."),
    degraded=texts("Chains that come to be degraded."),
    unknown=texts("Chains that come to be unknown."),
    redundancy_lost=texts("Working chains that come to miss what their level promises."),
    suppliers=rows(
        thing(
            "Who must repair.",
            supplier=text("Id; null = nobody is named.", null=True),
            parts=texts("Which of the parts."),
        ),
        "By id.",
    ),
    touched=texts("Chains that rest on the parts, whether they change or not."),
    remarks=REMARKS,
    deadletters=DEADLETTERS,
)

CHANGES = thing(
    "The change calendar.",
    intervals=rows(
        merged(
            "An elementary interval: nothing begins or ends in it. With what is out besides.",
            HIT,
            **{"from": moment("Its begin."), "to": moment("Its end, not in it.")},
            changes=texts("Active changes, agreed or not, sorted."),
            outages=texts(
                "Parts that are out at the last event; of a past interval, at its begin."
            ),
            planned={**HIT, "description": "By the changes alone, everything else up."},
            conflicts=rows(
                thing(
                    "Changes and outages under which a group falls, though under no fewer of them.",
                    changes=texts("Ids of changes, and of the parts that are out, sorted."),
                    outages=texts("Those of them that are parts that are out."),
                    group=text("Who falls."),
                    chains=texts("Chains of that group that fall by these and by no fewer."),
                ),
                "By changes, then group.",
            ),
            complete=truth("Every conflict is listed; false = only smaller sets, or some of them."),
            exhausted_to=whole(
                "Of up to so many changes and outages together every conflict is listed, larger ones are"
                " not or in part; null = every conflict is.",
                null=True,
            ),
            conflicts_counted=whole(
                "How many there are, listed or not; null = larger ones were not looked for.",
                null=True,
            ),
        ),
        "Those in which a change is active, in order of time.",
    ),
    complete=truth("Every interval is complete; false ends with exit code 3."),
    changes=rows(
        merged(
            "A change by itself, everything else up.",
            HIT,
            **{"from": moment("Begin of its window."), "to": moment("End, or when it was ready.")},
            id=text("Its id."),
            agreed=truth("Agreed before its start."),
            components=texts("Parts that are worked on."),
            declared_impact=texts("Chains whose seconds its window may exclude."),
            declared_by=one_of(("change", "what-if"), "Who says so."),
            redundancy_left=by_id(
                KAPPA, "Of every chain that rests on its parts: kappa meanwhile."
            ),
            observed={
                "description": "What really was down in its window; null = it is not over.",
                "anyOf": [
                    {"type": "null"},
                    thing(
                        "Afterwards.",
                        chains_down=texts("Chains that were down at any moment of it."),
                        already_down=texts("Those of them that were down just before."),
                        undeclared=texts("Those that fell and were not declared."),
                        spared=texts("Declared, and never down in it."),
                    ),
                ],
            },
        ),
        "By start.",
    ),
    warnings=rows(
        thing(
            "What deserves a look.",
            code=one_of(
                (
                    "never-active",
                    "not-agreed",
                    "freeze",
                    "holiday",
                    "unknown-chain",
                    "undeclared-impact",
                    "touches-no-chain",
                    "redundant-parts-together",
                    "no-redundancy-left",
                ),
                "Stable name of the rule.",
            ),
            changes=texts("Which changes."),
            **{
                "from": moment("From when; null = all of the change.", null=True),
                "to": moment("Until when.", null=True),
            },
            chains=texts("Which chains feel it."),
            users=whole("Users of their groups."),
            message=text("What is wrong, and what to do."),
        ),
        "Of each change, then of each interval.",
    ),
    watermark=moment("Time of the last event; null without one.", null=True),
    remarks=REMARKS,
    deadletters=DEADLETTERS,
)

RESULTS: Mapping[str, Schema] = {
    "whatif": WHATIF,
    "changes": CHANGES,
}
