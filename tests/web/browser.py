"""How Chromium is started for tests: alone, without asking the world anything."""

from __future__ import annotations

from tests.services import require


def launch():
    """The options of a launch; skips visibly where there is no Chromium."""
    return {
        "executable_path": str(require("chromium")),
        "headless": True,
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    }
