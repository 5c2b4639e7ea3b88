"""Runs a checker of deployment files and reads what the files say."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import yaml

from tests.services import ROOT, require

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["ROOT", "check", "documents", "metrics_documented", "output", "read"]


def check(tool: str, *arguments: str | Path) -> tuple[int, str]:
    """Run a tool in the checkout and return its exit code and everything it said."""
    done = _run(tool, *arguments)
    return done.returncode, done.stdout + done.stderr


def output(tool: str, *arguments: str | Path) -> str:
    """Run a tool in the checkout and return its stdout; it must succeed."""
    done = _run(tool, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _run(tool: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [require(tool), *map(str, arguments)]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )


def read(path: str) -> Any:
    """Return the one document of a YAML or JSON file of the checkout."""
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


def documents(text: str) -> list[Any]:
    """Return the documents of a rendered chart."""
    return [document for document in yaml.safe_load_all(text) if document]


def metrics_documented() -> set[str]:
    """Return the names of the table in docs/metrics.md."""
    lines = (ROOT / "docs/metrics.md").read_text(encoding="utf-8").splitlines()
    return {line.split("`")[1] for line in lines if line.startswith("| `keten_")}
