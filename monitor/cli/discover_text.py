"""A discovered network to text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["text_of_network"]


def text_of_network(result: Mapping[str, Any]) -> str:
    """Turn the network into blocks, one line a link, neighbour or contradiction."""
    blocks = [
        ("Links", [_link(one) for one in result["links"]]),
        ("Outside", [_outside(one) for one in result["outside"]]),
        ("Contradictions", [_contradiction(one) for one in result["contradictions"]]),
    ]
    shown = [f"{title} ({len(lines)})\n" + "\n".join(lines) for title, lines in blocks if lines]
    return "\n\n".join(shown or ["No links: no target tells of another."]) + "\n"


def _end(end: Mapping[str, Any]) -> str:
    return f"{end['device']} {end['port'] or '?'}"


def _link(one: Mapping[str, Any]) -> str:
    ends = "both ends" if one["both_ends"] else "one end"
    return f"  {_end(one['a'])} -- {_end(one['b'])}  ({', '.join(one['sources'])}; {ends})"


def _outside(one: Mapping[str, Any]) -> str:
    who = one["remote_name"] or one["remote_id"] or "?"
    return f"  {_end(one)} -- {who} {one['remote_port'] or '?'}  ({', '.join(one['sources'])})"


def _contradiction(one: Mapping[str, Any]) -> str:
    place = f"{_end(one)}: " if one["device"] else ""
    return f"  {place}{one['text']}  ({one['kind']})"
