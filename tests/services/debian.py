"""Debian packages: installed where that is allowed, or unpacked into `.services/` without installing."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.services import BIN

__all__ = ["Unavailable", "install", "keep", "run", "unpack"]

PATIENCE_S = 900
"""Longest wait for one command: Chromium with its libraries on a slow line."""


class Unavailable(Exception):
    """A part cannot be had here; the message says why."""


def run(*command: str, cwd: Path | None = None) -> str:
    """Run a command and return its stdout; its last line of stderr is the reason when it fails."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env=environment,
            check=False,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"{command[0]} did not run: {error}") from error
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()
        raise Unavailable(f"{command[0]} failed: {said[-1]}")
    return done.stdout


def install(*choices: str) -> None:
    """Install the first of some equivalent packages that this system has."""
    _need("apt-get")
    if os.geteuid() != 0:
        raise Unavailable("only root may install packages")
    _first(lambda name: run("apt-get", "install", "-y", "--no-install-recommends", name), choices)


def unpack(package: str, program: str, proof: str = "--version") -> None:
    """Take a program out of a package into `.services/bin`; nothing is installed, no daemon starts.

    Args:
        package: Name of the package.
        program: Name of the program in it.
        proof: Argument with which it does nothing but run, to see that its libraries are here.
    """
    _need("apt-get")
    _need("dpkg")
    with tempfile.TemporaryDirectory() as name:
        here = Path(name)
        here.chmod(0o755)  # apt drops its rights while it downloads
        _first(lambda wanted: run("apt-get", "download", wanted, cwd=here), (package,))
        for archive in here.glob("*.deb"):
            run("dpkg", "-x", str(archive), str(here / "tree"))
        (found,) = (here / "tree" / "usr").glob(f"*bin/{program}")
        run(str(found), proof)
        keep(found)


def keep(program: Path) -> None:
    """Put a program into `.services/bin`, whole or not at all."""
    BIN.mkdir(parents=True, exist_ok=True)
    half = BIN / f".{program.name}"
    shutil.copy2(program, half)
    half.replace(BIN / program.name)


def _first(attempt, choices):
    """Try each choice; when none works refresh the package lists once, because they may be old."""
    try:
        return _any(attempt, choices)
    except Unavailable:
        if os.geteuid() != 0:
            raise
        run("apt-get", "update")
        return _any(attempt, choices)


def _any(attempt, choices):
    for name in choices[:-1]:
        try:
            return attempt(name)
        except Unavailable:
            continue
    return attempt(choices[-1])


def _need(command: str) -> None:
    if shutil.which(command) is None:
        raise Unavailable(f"{command} is missing, this is no Debian-like system")
