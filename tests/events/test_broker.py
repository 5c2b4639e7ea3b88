"""The broker of tests and demo: what is missing is named with its cure, and nothing outlives its parent."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys

import pytest

from events.errors import ConfigError
from monitor.demo import broker
from monitor.demo.broker import Broker, fetch
from tests.services import HOME, ROOT

PARENT = """
import os, signal, sys
from pathlib import Path
from monitor.demo.broker import Broker
broker = Broker(Path(sys.argv[1]), Path(sys.argv[2]))
broker.start()
print(broker.process.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def bare_path(tmp_path, monkeypatch):
    """A machine without any program."""
    monkeypatch.setenv("PATH", str(tmp_path))


def test_missing_maven_is_named_with_the_package_to_install(tmp_path, bare_path):
    with pytest.raises(ConfigError, match="apt-get install maven"):
        fetch(tmp_path / "cache")


def test_missing_java_is_named_with_the_package_to_install(tmp_path, bare_path):
    with pytest.raises(ConfigError, match="apt-get install openjdk-17-jre-headless"):
        Broker(tmp_path / "cache", tmp_path / "data").start()


def test_java_that_is_too_old_counts_as_missing(tmp_path, monkeypatch):
    java = tmp_path / "java"
    java.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\" 2019-01-15' >&2\n")
    java.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(ConfigError, match="Java 17 or newer"):
        Broker(tmp_path / "cache", tmp_path / "data").start()


def test_maven_that_cannot_download_is_quoted(tmp_path, monkeypatch):
    maven = tmp_path / "mvn"
    maven.write_text("#!/bin/sh\necho '[ERROR] no route'\nexit 1\n")
    maven.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(ConfigError, match="no route"):
        fetch(tmp_path / "cache")
    assert not (tmp_path / "cache" / f"kafka-{broker.VERSION}").exists()


def test_what_was_fetched_is_not_fetched_again(tmp_path, bare_path):
    (tmp_path / f"kafka-{broker.VERSION}").mkdir()
    assert fetch(tmp_path).is_dir()


def test_the_data_file_names_the_version_we_say():
    pom = (ROOT / "monitor" / "demo" / "kafka-pom.xml").read_text()
    assert f"<version>{broker.VERSION}</version>" in pom
    assert "repository" not in pom


@pytest.mark.kafka
@pytest.mark.slow
def test_a_broker_ends_with_its_parent_even_at_kill_9(tmp_path, kafka_broker):
    parent = subprocess.run(
        [sys.executable, "-c", PARENT, HOME / "kafka", tmp_path / "data"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert parent.returncode == -signal.SIGKILL
    try:
        child = os.pidfd_open(int(parent.stdout))
    except ProcessLookupError:
        return
    ended, _, _ = select.select([child], [], [], 10)
    os.close(child)
    assert ended, f"process {parent.stdout.strip()} outlived its parent"
