"""Results of the verbs of the family `offline`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.schema.shared import FLAGS, KAPPA, USERS, WRITTEN
from tests.cli.schema.words import CHAIN_STATES, by_id, digest, one_of, rows, text, thing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.cli.schema.words import Schema

__all__ = ["RESULTS"]

EVALUATE = thing(
    "The verdict on every chain.",
    chains=by_id(
        thing(
            "A chain.",
            state=one_of(CHAIN_STATES, "Its state."),
            flags=FLAGS,
            kappa=KAPPA,
            users_affected=USERS,
        ),
        "By id, in the order of the catalogue.",
    ),
)

NODE = {
    "type": "object",
    "required": ["id", "of"],
    "additionalProperties": {"type": ["string", "integer"]},
    "properties": {
        "id": text("Id; `component#n` is a choice under `needs`, `#id` a chain that shares an id."),
        "of": one_of(
            ("component", "link", "shared_risk", "need", "group", "chain"), "What the node is."
        ),
    },
    "description": "A node, with what the catalogue tells of it: kind, tier, supplier, name, ...",
}

GRAPH = {
    "description": "The graph as node-link JSON; with `--output`, the files that were written.",
    "oneOf": [
        thing(
            "Node-link JSON.",
            directed={"const": True, "description": "Arcs have a direction."},
            multigraph={"const": False, "description": "One arc between two nodes."},
            graph=thing("Of the whole.", version=digest("Version of the catalogue.")),
            nodes=rows(NODE, "Every chain, group, component, link and shared risk."),
            edges=rows(
                thing(
                    "An arc: the source leans on the target.",
                    source=text("Id of a node."),
                    target=text("Id of a node."),
                    why=one_of(("from", "member", "uplink", "need", "risk"), "Why it leans on it."),
                ),
                "Every arc.",
            ),
        ),
        WRITTEN,
    ],
}

RESULTS: Mapping[str, Schema] = {
    "evaluate": EVALUATE,
    "graph": GRAPH,
}
