"""What the tests need besides Python: where it is, and what to do when it is not here.

`python -m tests.services` prepares everything once; tests ask for it by name with `require`.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

__all__ = ["BIN", "HOME", "ROOT", "find", "in_ci", "require"]

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / ".services"
"""The one directory that the set-up writes to; git ignores it."""
BIN = HOME / "bin"

ALIASES = {"chromium": ("chromium", "chromium-browser", "google-chrome")}
"""Commands that go by another name on some systems."""


def find(name: str) -> Path | None:
    """Turn the name of a tool into its path: of this environment, of the set-up, or of the system."""
    places = os.pathsep.join(
        (str(Path(sys.executable).parent), str(BIN), os.environ.get("PATH", os.defpath))
    )
    for alias in ALIASES.get(name, (name,)):
        if found := shutil.which(alias, path=places):
            return Path(found)
    return None


def in_ci() -> bool:
    """Tell whether this run may leave nothing out."""
    return os.environ.get("CI", "").lower() not in {"", "0", "false"}


def require(name: str) -> Path:
    """Return the path of a tool, or skip the test visibly; in CI a missing tool is a failure."""
    found = find(name)
    if found is not None:
        return found
    lacking = f"{name} is not available here; run `make services`, it says what to install"
    if in_ci():
        pytest.fail(lacking)
    pytest.skip(lacking)
