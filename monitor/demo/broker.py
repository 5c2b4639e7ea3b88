"""A real Apache Kafka broker on loopback, without containers: fetched with Maven, started with Java."""

from __future__ import annotations

import base64
import fcntl
import hashlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from events.errors import ConfigError, LogUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["VERSION", "Broker", "fetch"]

VERSION = "4.3.1"
"""As in `kafka-pom.xml`: the newest broker that the client library knows."""

_POM = Path(__file__).with_name("kafka-pom.xml")
_FETCH_S = 900.0  # some 60 MB on a slow line
_START_S = 60.0  # usually 3 to 6 s; a busy machine takes longer
_STOP_S = 15.0
_JAVA_AT_LEAST = 17

_JAVA_OPTIONS = (
    "-Xms256m",
    "-Xmx384m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
)

# Replaces itself by the command after asking the kernel (prctl 1 = PR_SET_PDEATHSIG) to end it with its
# parent; a parent that ended in between is noticed by its pid. Elsewhere than Linux it only starts it.
_TIED = """
import ctypes, os, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, 9)
    if os.getppid() != int(sys.argv[1]):
        sys.exit(1)
os.execv(sys.argv[2], sys.argv[2:])
"""


def fetch(cache: Path) -> Path:
    """Turn a cache directory into the directory of the broker's jars, downloading them once.

    Several processes may ask at the same time: one fetches, the others wait.

    Raises:
        ConfigError: Maven is missing, or could not download; says how to install it.
    """
    libs = cache / f"kafka-{VERSION}"
    cache.mkdir(parents=True, exist_ok=True)
    with _alone(cache / "fetch.lock"):
        if not libs.is_dir():
            half = cache / "half-fetched"
            shutil.rmtree(half, ignore_errors=True)
            _download(half)
            half.rename(libs)
    return libs


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _download(target: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise ConfigError("Maven is missing, Kafka cannot be fetched: apt-get install maven")
    command = [
        *(maven, "-B", "-q", "-f", str(_POM), "dependency:copy-dependencies"),
        *("-DincludeScope=runtime", f"-DoutputDirectory={target.absolute()}"),
    ]
    try:
        done = subprocess.run(  # noqa: S603  # our own command line
            command, capture_output=True, text=True, timeout=_FETCH_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise ConfigError(f"Maven did not fetch Kafka within {_FETCH_S:.0f} s: try again") from None
    if done.returncode:
        said = (done.stdout.strip() or done.stderr.strip() or "nothing").splitlines()[0]
        raise ConfigError(f"Maven could not fetch Kafka {VERSION}; it said: {said}")


def _java() -> str:
    java = shutil.which("java")
    if java is not None:
        command = [java, "-version"]
        said = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # our own command line
        found = re.search(r'version "(\d+)', said.stderr)
        if found is not None and int(found[1]) >= _JAVA_AT_LEAST:
            return java
    raise ConfigError(
        f"Java {_JAVA_AT_LEAST} or newer is missing, Kafka cannot start:"
        " apt-get install openjdk-17-jre-headless"
    )


class Broker:
    """One broker that is its own controller; its process ends when ours does, kill -9 included.

    Start it from a thread that lives as long as it should: on Linux a child is tied to the thread.

    Attributes:
        address: `host:port` for clients, the same after a restart.
        process: The broker's process while it runs.

    Args:
        cache: Where `fetch` keeps the jars.
        data: Directory of this broker alone; what it holds survives a restart.
        port: For clients, on 127.0.0.1; 0 takes a free one.
    """

    def __init__(self, cache: Path, data: Path, port: int = 0) -> None:
        self._cache = cache
        self._data = data.absolute()
        self._port, self._controller_port = _free_ports(port)
        self.address = f"127.0.0.1:{self._port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Format the data directory if it is new, start, and wait until metadata answers.

        Raises:
            ConfigError: Java or Maven is missing; says how to install it.
            LogUnavailable: The broker ended, or did not answer in time; names its log file.
        """
        java = [_java(), *_JAVA_OPTIONS, "-cp", f"{fetch(self._cache).absolute()}/*"]
        config = self._configure()
        if not (self._data / "log" / "meta.properties").exists():
            self._format(java, config)
        tie = [sys.executable, "-c", _TIED, str(os.getpid())]
        with (self._data / "broker.log").open("ab") as output:
            self.process = subprocess.Popen(  # noqa: S603  # our own command line
                [*tie, *java, "kafka.Kafka", str(config)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self._data,
                start_new_session=True,  # Ctrl-C in a terminal is for us: we still need the broker to close
            )
        try:
            self._await_metadata(self.process)
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        """End it in an orderly way, within 15 s; may be called twice."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut would (SIGKILL); may be called twice."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop it if it runs and start it on the same port and data."""
        self.stop()
        self.start()

    def _end(self, how: signal.Signals) -> None:
        process, self.process = self.process, None
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _configure(self) -> Path:
        self._data.mkdir(parents=True, exist_ok=True)
        config = self._data / "server.properties"
        config.write_text(_properties(self._port, self._controller_port, self._data / "log"))
        return config

    def _format(self, java: list[str], config: Path) -> None:
        named = hashlib.blake2b(str(self._data).encode(), digest_size=16).digest()
        cluster = "K" + base64.urlsafe_b64encode(named).decode()[1:22]  # never a leading dash
        tool = [*java, "kafka.tools.StorageTool", "format", "--standalone", "-t", cluster]
        done = subprocess.run(  # noqa: S603  # our own command line
            [*tool, "-c", str(config)],
            capture_output=True,
            text=True,
            timeout=_START_S,
            check=False,
        )
        if done.returncode:
            raise LogUnavailable(
                f"Kafka could not format {self._data}: {done.stderr.strip()[-500:]}"
            )

    def _await_metadata(self, process: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + _START_S
        while time.monotonic() < until:
            try:
                status = process.wait(0.1)
            except subprocess.TimeoutExpired:
                if _answers(self._port):
                    return
            else:
                raise LogUnavailable(
                    f"Kafka ended with status {status} at its start: see {self._data}/broker.log"
                )
        raise LogUnavailable(
            f"Kafka did not answer on {self.address} within {_START_S:.0f} s:"
            f" see {self._data}/broker.log"
        )


def _free_ports(port: int) -> tuple[int, int]:
    """Return two different ports of 127.0.0.1 that are free now; the first as asked if not 0."""
    with socket.socket() as first, socket.socket() as second:
        for each in (first, second):
            each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if not port:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
        second.bind(("127.0.0.1", 0))
        return port, second.getsockname()[1]


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    from kafka import KafkaAdminClient
    from kafka.errors import KafkaError

    from events.kafka_client import make

    address = f"127.0.0.1:{port}"
    patience = {"bootstrap_timeout_ms": 2000, "request_timeout_ms": 2000}
    try:
        with closing(make(KafkaAdminClient, {"bootstrap_servers": address, **patience})) as admin:
            admin.list_topics()
    except KafkaError:
        return False
    return True


def _properties(port: int, controller: int, log: Path) -> str:
    """The settings of one small node; the dedupe buffer's default of 128 MiB would not fit the heap."""
    ours = f"127.0.0.1:{port}"
    theirs = f"127.0.0.1:{controller}"
    settings = {
        "process.roles": "broker,controller",
        "node.id": 1,
        "controller.quorum.bootstrap.servers": theirs,
        "listeners": f"PLAINTEXT://{ours},CONTROLLER://{theirs}",
        "advertised.listeners": f"PLAINTEXT://{ours}",
        "controller.listener.names": "CONTROLLER",
        "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
        "log.dirs": log,
        "offsets.topic.replication.factor": 1,
        "offsets.topic.num.partitions": 4,
        "transaction.state.log.replication.factor": 1,
        "transaction.state.log.min.isr": 1,
        "transaction.state.log.num.partitions": 4,
        "share.coordinator.state.topic.replication.factor": 1,
        "share.coordinator.state.topic.min.isr": 1,
        # A killed broker comes back when its session has ended: 3 s instead of 9.
        "broker.session.timeout.ms": 3_000,
        "broker.heartbeat.interval.ms": 500,
        "group.initial.rebalance.delay.ms": 0,
        "auto.create.topics.enable": "false",
        "log.cleaner.dedupe.buffer.size": 4_194_304,
        "num.network.threads": 2,
        "num.io.threads": 4,
    }
    return "".join(f"{name}={value}\n" for name, value in settings.items())
