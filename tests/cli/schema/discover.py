"""Results of the verbs of the family `discover`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.schema.words import one_of, rows, text, texts, thing, truth

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.cli.schema.words import Schema

__all__ = ["RESULTS"]

KINDS = (
    *("several-neighbours", "protocols-differ", "ends-differ", "several-targets"),
    *("same-identity", "other-chassis", "itself"),
)


def end(doc: str) -> Schema:
    return thing(
        doc,
        device=text("Name of the target."),
        port=text("Its port by name; null = not told.", null=True),
    )


RESULTS: Mapping[str, Schema] = {
    "discover": thing(
        "The wires between the targets that answered.",
        devices=rows(
            thing(
                "A target that answered.",
                name=text("Name of the target."),
                system_name=text("sysName.", null=True),
                chassis_ids=texts("How it announces itself and its bridge."),
            ),
            "Targets.",
        ),
        links=rows(
            thing(
                "A wire between two targets, once.",
                a=end("The end of the target whose name sorts first."),
                b=end("The other end."),
                sources=rows(
                    one_of(("cdp", "fdb", "lldp", "stp"), "One of them."), "Who tells of it."
                ),
                both_ends=truth("Whether each end says that it sees the other."),
            ),
            "Wires; parallel ones stay apart.",
        ),
        outside=rows(
            thing(
                "A neighbour that no target stands for.",
                device=text("Name of the target that sees it."),
                port=text("Port of the target.", null=True),
                remote_name=text("Name of the neighbour.", null=True),
                remote_id=text("Its chassis or device identifier.", null=True),
                remote_port=text("Its port.", null=True),
                sources=texts("Who tells of it."),
                itself=truth("The target sees itself: members of a stack, or a loop."),
            ),
            "Neighbours outside.",
        ),
        contradictions=rows(
            thing(
                "What does not fit.",
                kind=one_of(KINDS, "What it is."),
                device=text("Target concerned.", null=True),
                port=text("Its port.", null=True),
                text=text("In words."),
            ),
            "What does not fit together.",
        ),
    ),
}
