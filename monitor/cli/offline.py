"""Verbs of the family `offline`: answers from a catalogue and files, without a running service."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor.cli.verb import OK, Verb, emit, say

if TYPE_CHECKING:
    import argparse

    from topology.model import Catalogue

__all__ = ["VERBS"]


def _with_states(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("directory", metavar="DIR", help="the catalogue directory")
    parser.add_argument(
        "states", metavar="STATES.json", help='`{"states": {"sw-1": "down"}}`; others are up'
    )


def _evaluate(args: argparse.Namespace) -> int:
    from monitor.catalogue_files import load
    from topology.evaluate import evaluate

    states = _read_states(args.states)
    result = evaluate(load(args.directory), states)
    emit(args, result, _as_table(result))
    return OK


def _read_states(path: str) -> dict[str, str]:
    """Turn a file of component states into a mapping."""
    from events.errors import ConfigError

    try:
        read = json.loads(Path(path).read_bytes())
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ConfigError(f"{path}: is not JSON: {error}") from error
    states = read.get("states") if isinstance(read, dict) else None
    if not isinstance(states, dict) or not all(isinstance(one, str) for one in states.values()):
        raise ConfigError(f'{path}: write it as {{"states": {{"sw-1": "down"}}}}')
    return states


def _as_table(result: dict[str, Any]) -> str:
    """One line a chain: state, kappa, users affected, flags."""
    chains = result["chains"]
    width = max(map(len, chains), default=0)
    lines = []
    for id_, row in chains.items():
        users = row["users_affected"]
        certain, possible = users["certain"], users["possible"]
        felt = f"{certain}" if certain == possible else f"{certain} to {possible}"
        flags = f"  ({', '.join(row['flags'])})" if row["flags"] else ""
        lines.append(f"{id_:{width}}  {row['state']:11}  kappa {row['kappa']}  users {felt}{flags}")
    return "\n".join(lines) or "no chains in this catalogue"


EVALUATE = Verb(
    name="evaluate",
    summary="chain states for given component states",
    examples=(
        "keten evaluate catalogue states.json",
        "keten evaluate catalogue states.json --json",
    ),
    arguments=_with_states,
    run=_evaluate,
)


def _with_format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("directory", metavar="DIR", help="the catalogue directory")
    parser.add_argument(
        "--format",
        default="graphml",
        help="graphml, json (node-link), or both with a comma (default: %(default)s)",
    )
    parser.add_argument(
        "--output", metavar="DIR", help="write graph.graphml and graph.json there, not to stdout"
    )


def _graph(args: argparse.Namespace) -> int:
    from monitor.catalogue_files import load

    formats = ["json"] if args.json else _formats(args)
    catalogue = load(args.directory)
    texts = {name: _drawn(catalogue, name) for name in formats}
    if args.output is None:
        sys.stdout.write(texts[formats[0]])
        return OK
    directory = Path(args.output)
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (directory / f"graph.{name}").write_text(text, encoding="utf-8")
    say(f"written to {directory}: " + ", ".join(f"graph.{name}" for name in formats))
    return OK


def _formats(args: argparse.Namespace) -> list[str]:
    from events.errors import ConfigError

    formats = list(dict.fromkeys(str(args.format).split(",")))
    wrong = [name for name in formats if name not in {"graphml", "json"}]
    if wrong:
        raise ConfigError(f"--format {wrong[0]}: use graphml, json or graphml,json")
    if len(formats) > 1 and args.output is None:
        raise ConfigError("--format: one format goes to stdout; for both, add --output DIR")
    return formats


def _drawn(catalogue: Catalogue, form: str) -> str:
    from topology.graph import service_graph, to_graphml, to_node_link

    graph = service_graph(catalogue)
    if form == "graphml":
        return to_graphml(graph)
    return json.dumps(to_node_link(graph), ensure_ascii=False, indent=2) + "\n"


GRAPH = Verb(
    name="graph",
    summary="the service graph, for other tools",
    examples=(
        "keten graph catalogue > keten.graphml",
        "keten graph catalogue --format json",
        "keten graph catalogue --format graphml,json --output drawings",
    ),
    arguments=_with_format,
    run=_graph,
)

VERBS: tuple[Verb, ...] = (EVALUATE, GRAPH)
