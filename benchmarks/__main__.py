"""`python -m benchmarks [NAME ...]`: run the measurements, or the named ones."""

from __future__ import annotations

import sys
from importlib import import_module

NAMES = (
    "graph",
    "journal",
    "kafka_log",
    "exposition",
    "cli",
    "reliability",
    "impact",
    "rootcause",
    "rootcause_speed",
    "blackout",
    "report",
)


def main(argv: list[str]) -> int:
    """Run the benchmarks named in `argv`, all of them when there is none."""
    unknown = [name for name in argv if name not in NAMES]
    if unknown:
        sys.stderr.write(f"no benchmark {', '.join(unknown)}; there are {', '.join(NAMES)}\n")
        return 2
    worst = 0
    for name in argv or NAMES:
        print(f"== {name}", flush=True)
        worst = max(worst, import_module(f"benchmarks.{name}").main([]))
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
