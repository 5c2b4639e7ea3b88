"""Results of the verbs of the family `reliability`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.schema.words import by_id, rows, text, texts, thing, truth, whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.cli.schema.words import Schema

__all__ = ["RESULTS"]

FRACTION = r"^-?\d+(/\d+)?$"
SIX_DECIMALS = r"^\d+\.\d{6}$"


def fraction(doc: str, *, null: bool = False) -> Schema:
    return {**text(doc, null=null), "pattern": FRACTION}


def percent(doc: str) -> Schema:
    return {**text(doc), "pattern": SIX_DECIMALS}


ALLOWANCE = thing(
    "What the OLA of one supplier allows.",
    seconds=fraction("Its part may be down so long in the chain's service time."),
    outside_seconds=whole("Service time of the chain in which the OLA promises nothing."),
)

CONTRACT = {
    **thing(
        "What the OLAs promise together, in the month of the coming twelve in which that is least.",
        month=text("That month."),
        service_seconds=whole("Service time of the chain in it."),
        down_seconds=whole("The chain may be down so long while every OLA is met; rounded up."),
        percent=percent("The availability that can be counted on."),
        target_percent=percent("What the chain's level promises."),
        kept=truth("Whether the first is not less than the second."),
        allowances=by_id(ALLOWANCE, "By supplier with an OLA on something in the chain."),
    ),
    "type": ["object", "null"],
}

RELIABILITY = thing(
    "What is to be expected of chains.",
    chains=by_id(
        thing(
            "A chain.",
            availability=fraction(
                "Predicted, exact; null when it is out of reach, or longer than 1,000 digits.",
                null=True,
            ),
            percent=percent("The same, or the least it can be, rounded down."),
            exact=truth("Whether the availability is known exactly; if not, see `bounds`."),
            bounds=thing(
                "Between these it lies.",
                low=percent("At least."),
                high=percent("At most; rounded down too."),
            ),
            down_seconds=text("Expected down time in 30 days, at most; rounded down to a tenth."),
            naive_percent=percent("All availabilities multiplied, as if nothing had a twin."),
            bound_down_seconds=text(
                "Down time in 30 days at most, if nothing is independent; null when out of reach.",
                null=True,
            ),
            spof=texts("What takes the chain down alone, its end and what is exempt included."),
            pairs={
                **rows(
                    rows({"type": "array", "items": {"type": "string"}}, "Two lists of ids."),
                    "Any of the first and any of the second together take the chain down;"
                    " null when out of reach.",
                ),
                "type": ["array", "null"],
            },
            birnbaum=by_id(
                fraction(
                    "Availability with it certain to work, less with it certain to fail; null when"
                    " it is out of reach, or longer than 1,000 digits.",
                    null=True,
                ),
                "By item.",
            ),
            twin_gain=by_id(
                fraction("What an identical, independent twin gains; null as above.", null=True),
                "By item.",
            ),
            raw=by_id(
                {
                    **text(
                        "Factor by which the chain is down more when it fails for certain, cut to six"
                        " decimals; null = the chain is never down, or out of reach.",
                        null=True,
                    ),
                    "pattern": SIX_DECIMALS,
                },
                "By item.",
            ),
            rrw=by_id(
                {
                    **text(
                        "Factor by which the chain is down less when it never fails, cut to six"
                        " decimals; null = then it is never down, or out of reach.",
                        null=True,
                    ),
                    "pattern": SIX_DECIMALS,
                },
                "By item.",
            ),
            best_twin=text(
                "The item whose twin gains most; null = none gains anything, or out of reach.",
                null=True,
            ),
            contract=CONTRACT,
        ),
        "By id, in the order of the catalogue.",
    ),
)

RESULTS: Mapping[str, Schema] = {
    "reliability": RELIABILITY,
}
