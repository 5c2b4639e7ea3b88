"""Results of the verbs of the family `rootcause`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.schema.words import one_of, rows, text, texts, thing, truth, whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.cli.schema.words import Schema

__all__ = ["RESULTS"]

ROOTCAUSE = thing(
    "What is at fault, as far as the evidence tells.",
    explanations=rows(
        texts("Ids of the faults, sorted; empty = nothing is at fault."),
        "All sets of least cost that fit what was seen, sorted.",
    ),
    cost=whole("Priors of the faults and penalties of the evidence that they contradict."),
    runner_up=whole(
        "Cost of the cheapest set that contains no cheapest one; equal to `cost` when there are several; "
        "null = nothing else fits.",
        null=True,
    ),
    margin=whole("`runner_up - cost`; 0 = cannot be told apart.", null=True),
    symptoms=texts("Components that failed because something before them did."),
    unknown=texts("Components nobody observed that cannot be reached now."),
    monitoring_fault=truth("The poller itself cannot see: nothing is proven down."),
    second={
        **texts("One explanation at the cost of the runner-up."),
        "type": ["array", "null"],
    },
    exact=truth("False = too much at once: better or further explanations may exist."),
    next_tests=rows(
        thing(
            "Something to look at.",
            way=one_of(
                ("port", "reach", "battery", "elsewhere", "inspect"),
                "Its port's signal, an answer, mains or battery, an answer to another vantage point, on the "
                "spot.",
            ),
            subject=text("The link, component or shared risk to look at."),
            seen_from=text("Component at whose side the port is.", null=True),
            expected=rows(
                thing(
                    "What an explanation expects there.",
                    explanation=texts("Ids of its faults."),
                    works=truth("A signal, an answer, it works."),
                ),
                "The explanations that it tells apart.",
            ),
        ),
        "What tells the explanations, or the only one and the runner-up, apart; the best first.",
    ),
    doubtful=texts("Components that answered though the catalogue knows no way past what failed."),
    unexplained=texts("Components that failed though no suspect can have caused it."),
    torn=rows(
        thing(
            "A component on which vantage points contradict each other: it works.",
            component=text("Its id."),
            reached_from=texts("Vantage points that it answers."),
            not_from=texts("Vantage points that it does not answer: their way there is at fault."),
            explained=truth(
                "The explanation cuts that way; false = nothing known can: monitoring is at fault."
            ),
        ),
        "By component; empty with one vantage point.",
    ),
)

RESULTS: Mapping[str, Schema] = {
    "rootcause": ROOTCAUSE,
}
