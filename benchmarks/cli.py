"""The command line: `keten --help` beside a Python that does nothing, `check` beside bare YAML parsing.

Limits (UX.md section 7): help within 150 ms; `check` of a catalogue of 14,000 lines within 1 s. Whole
processes, interleaved rounds; the best counts for the limit, the median is shown beside it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HELP_S, CHECK_S = 0.150, 1.0
ROUNDS = 9
PAGES = 345
"""Switches, each with two access points, their links, a group and two chains: 41 lines."""

HEAD = """\
version: 1
calendars: [{id: altijd, always: true, holidays: none}]
suppliers: [{id: lan, name: LAN, parent: null, contact: {email: noc@lan.example}}]
sites: [{id: s, name: Stadhuis}]
levels: [{id: goud, target: 99.5, calendar: altijd, minimum_coverage: 99.5}]
"""
PARSE = (
    "import sys, yaml; yaml.compose(open(sys.argv[1], encoding='utf-8'), Loader=yaml.CSafeLoader)"
)


def catalogue(pages: int) -> str:
    """A catalogue in block style: a line a key, as people write it."""
    parts: dict[str, list[str]] = {"components": [], "links": [], "groups": [], "chains": []}

    def add(section: str, **keys: object) -> None:
        lines = [f"{key.rstrip('_')}: {value}" for key, value in keys.items()]
        parts[section] += [f"  - {lines[0]}", *(f"    {line}" for line in lines[1:])]

    for core in ("core-1", "core-2"):
        add("components", id=core, kind="switch", tier="core", supplier="lan")
        add("links", id=f"l-{core}", between=f"[{core}, app]", supplier="lan")
    add("components", id="app", kind="service", supplier="lan", site="s")
    for n in range(pages):
        add("components", id=f"sw-{n}", kind="switch", supplier="lan", site="s")
        for core in ("core-1", "core-2"):
            add("links", id=f"l-{n}-{core}", between=f"[sw-{n}, {core}]", supplier="lan", members=1)
        for ap in "ab":
            add("components", id=f"ap-{n}-{ap}", kind="ap", supplier="lan", site="s")
            add("links", id=f"l-{n}-{ap}", between=f"[ap-{n}-{ap}, sw-{n}]", supplier="lan")
        add("groups", id=f"g-{n}", users=30, members=f"[ap-{n}-a, ap-{n}-b]", min=1, full=2)
        for service in "xy":
            id_ = f"c-{n}-{service}"
            add("chains", id=id_, from_=f"g-{n}", to="app", level="goud", urgency=1)
    return HEAD + "".join(f"{name}:\n" + "\n".join(lines) + "\n" for name, lines in parts.items())


def took(*words: object) -> float:
    """Wall seconds of a process, from its start to its end."""
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, *map(str, words)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=True,
    )
    return time.perf_counter() - start


def main(argv: list[str]) -> int:
    options = argparse.ArgumentParser(prog="benchmarks.cli")
    options.add_argument("--pages", type=int, default=PAGES)
    options.add_argument("--rounds", type=int, default=ROUNDS)
    options.add_argument("--json", metavar="PATH")
    given = options.parse_args(argv)
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "keten.yaml"
        file.write_text(catalogue(given.pages), encoding="utf-8")
        calls = {
            "python": ("-c", "pass"),
            "help": ("-m", "monitor", "--help"),
            "parse": ("-c", PARSE, file),
            "check": ("-m", "monitor", "check", directory, "--json"),
        }
        rounds = [
            {name: took(*words) for name, words in calls.items()} for _ in range(given.rounds)
        ]
        lines = file.read_text(encoding="utf-8").count("\n")
    result: dict[str, float] = {"lines": lines}
    for name in calls:
        result[f"{name}_best_s"] = round(min(one[name] for one in rounds), 4)
        result[f"{name}_median_s"] = round(statistics.median(one[name] for one in rounds), 4)
    for key, value in result.items():
        print(f"{key:16} {value}")
    if given.json:
        Path(given.json).write_text(json.dumps(result, indent=2), encoding="utf-8")
    return 0 if result["help_best_s"] < HELP_S and result["check_best_s"] < CHECK_S else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
