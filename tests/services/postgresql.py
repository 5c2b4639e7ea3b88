"""A PostgreSQL of our own on loopback: its data in a directory of its own, gone when it stops."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.services import find

__all__ = ["Server", "program"]

USER = "keten"
PASSWORD = "loopback-only"
PATIENCE_S = 60


def program(name: str) -> Path | None:
    """Turn `initdb` or `postgres` into its path; Debian keeps them off the search path."""
    kept = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return kept[-1] if kept else find(name)


def _unprivileged() -> dict[str, object]:
    """As whom it runs: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    return {}


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


@dataclass
class Server:
    """A running server.

    Attributes:
        address: `postgresql://user:password@127.0.0.1:port`, without a database.
    """

    address: str
    _home: Path
    _port: int
    _process: subprocess.Popen | None = None

    @classmethod
    def start(cls) -> Server:
        """Make an empty cluster and start it; raises OSError or CalledProcessError when it cannot."""
        home = Path(tempfile.mkdtemp(prefix="keten-postgresql-"))
        who = _unprivileged()
        if who:
            os.chown(home, who["user"], who["group"])
        secret = home / "password"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        made = ("-D", home / "data", "-U", USER, "--auth=scram-sha-256", f"--pwfile={secret}")
        run = {"cwd": home, "env": {"PATH": os.environ.get("PATH", os.defpath)}, **who}
        subprocess.run(
            [program("initdb"), *made, "--no-sync", "--encoding=UTF8", "--locale=C"],
            check=True,
            capture_output=True,
            timeout=PATIENCE_S,
            **run,
        )
        port = _free_port()
        made = cls(f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{port}", home, port)
        made._launch()
        return made

    def _launch(self) -> None:
        options = ("listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off")
        words = [word for one in options for word in ("-c", one)]
        with (self._home / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [program("postgres"), "-D", self._home / "data", "-p", str(self._port), *words],
                stdout=subprocess.DEVNULL,
                stderr=log,
                cwd=self._home,
                env={"PATH": os.environ.get("PATH", os.defpath)},
                **_unprivileged(),
            )
        self._await(self._port)

    def _await(self, port: int) -> None:
        """Return when it answers; OSError with its last words when it ends instead."""
        asked = [program("pg_isready"), "-h", "127.0.0.1", "-p", str(port), "-d", "postgres"]
        for _ in range(PATIENCE_S * 20):
            if subprocess.run(asked, capture_output=True, check=False).returncode == 0:
                return
            try:
                self._process.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
            raise OSError((self._home / "log").read_text())
        self.kill()
        raise OSError(f"no answer within {PATIENCE_S} s")

    def kill(self) -> None:
        """End it at once, as a power cut does."""
        self._process.kill()
        self._process.wait()

    def cut(self) -> None:
        """End it and the processes that serve its connections at once, each where it is."""
        own = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        serving = [int(one) for one in own.read_text().split()]
        self.kill()
        for one in serving:
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)

    def restart(self) -> None:
        """Start it again on what its disk holds, at the same address."""
        self._launch()

    def stop(self) -> None:
        """End it and remove its data."""
        self._process.terminate()
        try:
            self._process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.kill()
        shutil.rmtree(self._home, ignore_errors=True)
