"""Real processes of the product for fault tests: started, asked, killed, never left behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KETEN = Path(sys.executable).parent / "keten"
PATIENCE_S = 60.0
"""A shared two-core machine: much longer than it takes, so that only a real fault runs out."""


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def keten(*args: object, environment: dict[str, str] | None = None):
    """Run a verb to its end."""
    return subprocess.run(
        [KETEN, *map(str, args)],
        env={**os.environ, **(environment or {})},
        capture_output=True,
        timeout=PATIENCE_S,
        check=False,
    )


def wait_until(true: Callable[[], Any], what: str, patience_s: float = PATIENCE_S) -> Any:
    """Ask again until the answer is true; the fault tests are the one place that waits for real time."""
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        if answer := true():
            return answer
        time.sleep(0.1)  # noqa: TID251  # real processes live in real time
    raise AssertionError(f"waited {patience_s:.0f} s for {what}")


@dataclass
class Process:
    """A verb that runs until it is stopped."""

    args: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    url: str = ""

    def start(self, log: Path) -> Process:
        """Start it and wait for the URL on its first line."""
        with log.open("ab") as errors:
            self.process = subprocess.Popen(
                [KETEN, *self.args],
                stdout=subprocess.PIPE,
                stderr=errors,
                env={**os.environ, **self.environment},
            )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().decode().strip().rstrip("/")
        assert self.url.startswith("http://"), log.read_text()[-3000:]
        return self

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return bytes(answer.read())

    def json(self, path: str) -> Any:
        return json.loads(self.get(path))

    def kill(self) -> None:
        """kill -9, as a power cut or an out-of-memory killer does."""
        self.end(signal.SIGKILL)

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(how)
        code = self.process.wait(timeout=30)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code


def ports() -> dict[str, int]:
    """Free ports for a demo; the same ones give the same catalogue, so that a restart goes on."""
    return {
        "--port": free_port(),
        "--snmp-port": free_port(socket.SOCK_DGRAM),
        "--trap-port": free_port(socket.SOCK_DGRAM),
    }


@contextmanager
def demo(directory: Path, log: Path, on: dict[str, int] | None = None) -> Iterator[Process]:
    """The demo on ports of its own."""
    options = [str(word) for pair in (on or ports()).items() for word in pair]
    process = Process(["demo", "--data", str(directory), *options])
    process.start(log)
    try:
        yield process
    finally:
        process.end()
