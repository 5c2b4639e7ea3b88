from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from monitor.catalogue_files import load
from monitor.demo.catalogue import Wiring, write
from monitor.demo.lan import region
from monitor.demo.run import addresses

if TYPE_CHECKING:
    from pathlib import Path

    from topology.model import Catalogue

COMMUNITY = "not-to-be-shown"


@pytest.fixture(scope="session")
def catalogue_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("demo") / "catalogus"
    write(region(), directory, Wiring(agents=addresses(16161), community=COMMUNITY))
    return directory


@pytest.fixture(scope="session")
def catalogue(catalogue_directory: Path) -> Catalogue:
    return load(catalogue_directory)
