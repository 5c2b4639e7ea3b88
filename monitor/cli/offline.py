"""Verbs of the family `offline`: answers from a catalogue and files, without a running service."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor.cli.verb import OK, Verb, emit

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

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
    summary="The state of every chain, given the states of components.",
    examples=(
        "keten evaluate region/ states.json",
        "keten evaluate region/ states.json --json | jq '.chains[].state'",
    ),
    arguments=_with_states,
    run=_evaluate,
)


def _with_format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("directory", metavar="DIR", help="the catalogue directory")
    parser.add_argument(
        "--format",
        metavar="FORMAT",
        help="graphml (default), json (node-link; --json is the same), or both with a comma",
    )
    parser.add_argument(
        "--output",
        metavar="DIR",
        help="write graph.graphml and graph.json there; the result is their paths",
    )


def _graph(args: argparse.Namespace) -> int:
    from monitor.catalogue_files import load

    formats = _formats(args)
    catalogue = load(args.directory)
    texts = {name: _drawn(catalogue, name) for name in formats}
    if args.output is None:
        sys.stdout.write(texts[formats[0]])
        return OK
    written = _written(Path(args.output), texts)
    emit(args, {"written": written}, "\n".join(written))
    return OK


def _written(directory: Path, texts: Mapping[str, str]) -> list[str]:
    """Write a file a format; return their paths."""
    from events.errors import ConfigError

    paths = {name: directory / f"graph.{name}" for name in texts}
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name, path in paths.items():
            path.write_text(texts[name], encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"--output {directory}: cannot write there: {error.strerror}") from None
    return [str(path) for path in paths.values()]


def _formats(args: argparse.Namespace) -> list[str]:
    from events.errors import ConfigError

    to_stdout = args.output is None
    asked = args.format or ("json" if args.json and to_stdout else "graphml")
    formats = list(dict.fromkeys(str(asked).split(",")))
    wrong = [name for name in formats if name not in {"graphml", "json"}]
    if wrong:
        raise ConfigError(f"--format {wrong[0]}: use graphml, json or graphml,json")
    if len(formats) > 1 and to_stdout:
        raise ConfigError("--format: one format goes to stdout; for both, add --output DIR")
    if args.json and to_stdout and formats != ["json"]:
        raise ConfigError("--json is --format json: leave one out, or add --output DIR")
    return formats


def _drawn(catalogue: Catalogue, form: str) -> str:
    from topology.graph import service_graph, to_graphml, to_node_link

    graph = service_graph(catalogue)
    if form == "graphml":
        return to_graphml(graph)
    return json.dumps(to_node_link(graph), ensure_ascii=False, indent=2) + "\n"


GRAPH = Verb(
    name="graph",
    summary="The service graph as GraphML or JSON, for other tools.",
    examples=(
        "keten graph region/ > keten.graphml",
        "keten graph region/ --format json",
        "keten graph region/ --format graphml,json --output drawings",
    ),
    arguments=_with_format,
    run=_graph,
)

VERBS: tuple[Verb, ...] = (EVALUATE, GRAPH)
