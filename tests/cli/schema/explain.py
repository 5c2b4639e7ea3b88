"""Results of the verbs of the family `explain`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.schema.shared import DEADLETTERS, FLAGS, REMARKS
from tests.cli.schema.words import (
    CHAIN_STATES,
    COMPONENT_STATES,
    by_id,
    digest,
    moment,
    one_of,
    rows,
    text,
    texts,
    thing,
    truth,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.cli.schema.words import Schema

__all__ = ["RESULTS"]

VERSION = thing(
    "An event at one time.",
    time=moment("Its time."),
    status=text("Its status; null = it has none.", null=True),
)

MINUTE = thing(
    "Why one second of a chain counts as it does.",
    chain=text("Its id."),
    at=moment("The second."),
    **{
        "from": one_of(
            ("lines", "log", "ledger"), "What it was read from; the ledger has no events."
        )
    },
    local={**text("The same on the wall clock, with its offset."), "format": "date-time"},
    service=thing(
        "Whether it lies in agreed service time.",
        **{"in": truth("Whether it does.")},
        reason=text("Why, or why not."),
        level=text("The level in force.", null=True),
        calendar=text("Its calendar.", null=True),
        window={
            "type": ["array", "null"],
            "items": moment("Begin, end."),
            "description": "The agreed hours around it; null outside them, and when always on.",
        },
        closed_by=text("The holiday, or `gesloten`, that closes the day.", null=True),
    ),
    bucket=one_of(
        ("up", "degraded", "down", "unknown", "maintenance", "excluded"),
        "In which it counts; null = not in service time.",
        null=True,
    ),
    counts_as=text("What that does to the figure."),
    state=one_of(CHAIN_STATES, "State of the chain, whatever the hours and agreements."),
    flags=FLAGS,
    work=rows(
        thing(
            "A change that is planned over this second and touches the chain.",
            change=text("Id of the change."),
            event=text("Id of the event with the last word on it."),
            **{"from": moment("Planned start.")},
            to=moment("Planned end."),
            agreed_at=moment("When it was agreed; null = it was not.", null=True),
            completed_at=moment("When it was reported ready.", null=True),
            active=truth("Whether its agreed window is open in this second."),
            impact={
                "type": ["boolean", "null"],
                "description": "Whether its impact names the chain; null = it has no agreed window.",
            },
            declared=truth("Whether somebody declared the impact; else it is worked out."),
            excludes=truth("Whether it takes this second out of the account."),
            reason=text("Why, or why not."),
        ),
        "In the order of their ids.",
    ),
    components=rows(
        thing(
            "Something that the chain rests on and that is not up.",
            id=text("Its id."),
            state=one_of(COMPONENT_STATES, "Its state."),
            beneath=text("In agreed work: what it is beneath; else null.", null=True),
            since=moment("Start of the verdict.", null=True),
            concluded=moment("When it was found; later than the second = dated back.", null=True),
            reason=text("Why, for people."),
            supplier=text("Who must repair it.", null=True),
            felled_by=texts(
                "The shared risks with which it went down; none = by itself, or not down."
            ),
            charged_to=texts("Whose its being down is: of those risks, else its own supplier."),
            evidence=texts("Ids of the observations that decided."),
        ),
        "In the order of the catalogue.",
    ),
    suppliers={
        **thing(
            "Whose this second is, when it counts as down.",
            key=text("`A&B|C` = A and B jointly, or C alone."),
            shapley=by_id(text("Fraction."), "Fair split of the second."),
            first_holds=texts("Who holds the bill by first-holds."),
            exact=truth("Whether the split is exact."),
        ),
        "type": ["object", "null"],
    },
    events=rows(
        thing(
            "An observation behind what is not up.",
            id=text("Id of the event."),
            source=text("Who saw it."),
            kind=text("How it was seen."),
            status=text("What was seen, before corrections."),
            subject=text("What it is about."),
            time=moment("When, before corrections."),
            recorded=moment("When the log accepted it."),
            reason=text("Words of who saw it."),
        ),
        "The oldest first.",
    ),
    catalogue=digest("Version of the catalogue."),
    corrections=thing(
        "What corrections did to this second.",
        without={
            **thing(
                "What it would be without any correction.",
                bucket=text("Its bucket.", null=True),
                state=text("State of the chain."),
            ),
            "type": ["object", "null"],
        },
        applied=rows(
            thing(
                "An event of this second that was corrected.",
                event=text("Its id."),
                subject=text("What it is about."),
                old=VERSION,
                new={**VERSION, "type": ["object", "null"]},
                by=rows(
                    thing(
                        "A correction.",
                        id=text("Its id."),
                        source=text("Who made it."),
                        recorded=moment("When."),
                    ),
                    "All of them, those of corrections too.",
                ),
            ),
            "Those that decide here, or did before.",
        ),
    ),
    remarks=REMARKS,
    deadletters=DEADLETTERS,
)

RESULTS: Mapping[str, Schema] = {
    "explain-minute": MINUTE,
}
