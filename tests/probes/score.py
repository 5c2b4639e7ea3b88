"""How much of what the shared recordings should give is given: the comparisons that lie beside them."""

from __future__ import annotations

import asyncio
import importlib.machinery
import importlib.util
import json
import sys
from collections import Counter
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.profile_files import load_profiles
from probes.port import SnmpCredential
from probes.snmp.engine import Agent
from probes.snmp.facts import read_facts
from probes.snmp.recording import RecordedEngine, read_recording

if TYPE_CHECKING:
    from types import ModuleType

SHARED = Path(__file__).parents[2] / ".." / "shared" / "devices"
NOBODY = Agent(host="recording", credential=SnmpCredential())


def shares(*patterns: str) -> dict[str, float]:
    """Turn the recordings of these names into the share that is right, by measure."""
    score, profiles = _score(), load_profiles()
    listed, right, wanted = score.catalogue(SHARED), Counter(), Counter()
    for path in sorted(SHARED.glob("*.expected.json")):
        name = path.name.removesuffix(".expected.json")
        if not any(fnmatch(name, pattern) for pattern in patterns):
            continue
        with (SHARED / f"{name}.snmprec").open(encoding="utf-8", newline="\n") as lines:
            engine = RecordedEngine(read_recording(lines))
        facts, _, _ = asyncio.run(read_facts(engine, NOBODY, profiles))
        expected = json.loads(path.read_text(encoding="utf-8"))
        told = json.loads(json.dumps(facts))
        judged = score.judge(name, expected, told, {"fault": None}, listed.get(name, {}))
        for measure, (good, all_of_them) in judged["counts"].items():
            right[measure] += good
            wanted[measure] += all_of_them
    return {measure: right[measure] / count for measure, count in wanted.items()}


def _score() -> ModuleType:
    """The program that scores, as a module; it is a script without the name of one."""
    sys.path.insert(0, str(SHARED))
    try:
        loader = importlib.machinery.SourceFileLoader("devices_score", str(SHARED / "score"))
        module = importlib.util.module_from_spec(
            importlib.util.spec_from_loader("devices_score", loader)
        )
        was, sys.dont_write_bytecode = sys.dont_write_bytecode, True
        loader.exec_module(module)
        sys.dont_write_bytecode = was
    finally:
        sys.path.remove(str(SHARED))
    return module
