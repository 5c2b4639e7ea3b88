"""The written catalogue loads without a finding, is whole, and keeps its secret."""

from __future__ import annotations

import re
import stat
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from events.errors import ConfigError
from monitor.catalogue_files import load
from monitor.demo.catalogue import COMMUNITY_FILE, Wiring, write
from monitor.demo.lan import POLLER_LINK, region
from monitor.demo.mib import IF_X_ENTRY, MibView
from monitor.demo.run import addresses
from monitor.demo.simulated import SimulatedDevice
from monitor.settings import read
from monitor.web.views import part_name
from probes.snmp.ber import decode_message
from tests.demo.conftest import COMMUNITY
from tests.demo.test_reply import asked, message
from topology.evaluate import evaluate
from topology.reliability import reliability

if TYPE_CHECKING:
    from pathlib import Path

    from topology.model import Catalogue


def test_everything_of_the_region_is_in_the_catalogue(catalogue: Catalogue) -> None:
    lan = region()
    assert set(catalogue.components) == {*lan.devices, *lan.services}
    assert set(catalogue.links) == set(lan.wires)
    assert set(catalogue.shared_risks) == set(lan.risks)
    assert set(catalogue.groups) == set(lan.groups)
    assert set(catalogue.chains) == set(lan.chains)


def test_loading_finds_nothing_to_warn_about(catalogue: Catalogue) -> None:
    assert [str(p) for p in catalogue.problems if p.severity != "note"] == []


def test_every_part_is_rated_so_that_predictions_say_something(catalogue: Catalogue) -> None:
    parts = (*catalogue.components.values(), *catalogue.links.values())
    assert all(one.availability < 1 for one in (*parts, *catalogue.shared_risks.values()))
    told = reliability(catalogue, date(2026, 11, 24), ["zaak-ddt"])["chains"]["zaak-ddt"]
    level = catalogue.levels[catalogue.chains["zaak-ddt"].level]
    assert Fraction(level.target_ppm, 1_000_000) < Fraction(told["availability"]) < 1
    assert Fraction(told["twin_gain"][told["best_twin"]]) > 0


def test_every_chain_is_up_and_every_golden_one_survives_any_one_failure(
    catalogue: Catalogue,
) -> None:
    chains = evaluate(catalogue, {})["chains"]
    assert {found["state"] for found in chains.values()} == {"up"}
    assert {found["users_affected"]["possible"] for found in chains.values()} == {0}
    for id_, found in chains.items():
        assert found["kappa"] >= catalogue.levels[catalogue.chains[id_].level].redundancy


def test_every_network_device_is_polled_at_an_address_of_its_own(catalogue: Catalogue) -> None:
    polled = [one for one in catalogue.components.values() if one.probe is not None]
    assert len(polled) == len(region().devices)
    assert len({one.address for one in polled}) == len(polled)
    assert {one.probe.way for one in polled if one.probe} == {"snmp"}
    assert {float(one.probe.interval_s) for one in polled if one.probe} == {5.0}


def test_every_port_of_the_catalogue_is_an_ifname_that_the_agent_answers_with(
    catalogue: Catalogue,
) -> None:
    lan, names = region(), {}
    for id_, device in lan.devices.items():
        view = MibView(SimulatedDevice(device, frozenset(), 1_780_000_000.0))
        places = [view.find((*IF_X_ENTRY, 1, port.index)) for port in device.model.ports]
        assert None not in places
        names[id_] = {_text(view.varbind(place, 0.0)) for place in places if place is not None}
    for link in catalogue.links.values():
        for end, ports in zip(link.ends, link.ports, strict=True):
            assert set(ports) <= names.get(end, set())


def _text(varbind: bytes) -> str:
    value = decode_message(message(asked(), varbind)).pdu.varbinds[0].value
    assert isinstance(value, bytes)
    return value.decode()


def test_the_community_stands_in_a_file_that_only_its_owner_reads(
    catalogue_directory: Path,
) -> None:
    secret = catalogue_directory / COMMUNITY_FILE
    assert secret.read_text(encoding="utf-8").strip() == COMMUNITY
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    for page in catalogue_directory.glob("*.yaml"):
        assert COMMUNITY not in page.read_text(encoding="utf-8")


def test_an_older_community_file_that_others_could_read_is_closed(tmp_path: Path) -> None:
    (tmp_path / COMMUNITY_FILE).write_text("old")
    (tmp_path / COMMUNITY_FILE).chmod(0o644)
    write(region(), tmp_path, Wiring(agents=addresses(16161), community=COMMUNITY))
    assert stat.S_IMODE((tmp_path / COMMUNITY_FILE).stat().st_mode) == 0o600


def test_writing_again_gives_the_same_catalogue(
    catalogue_directory: Path, catalogue: Catalogue
) -> None:
    write(region(), catalogue_directory, Wiring(agents=addresses(16161), community=COMMUNITY))
    assert load(catalogue_directory).version == catalogue.version


def test_the_files_begin_with_a_sentence_and_are_readable(catalogue_directory: Path) -> None:
    pages = sorted(catalogue_directory.glob("*.yaml"))
    assert len(pages) == 11
    for page in pages:
        assert re.match(r"# [A-Z].*\.", page.read_text(encoding="utf-8"))


def test_the_demo_differs_from_a_real_catalogue_by_its_waits_only(catalogue: Catalogue) -> None:
    assert catalogue.timing.confirm_s == 10
    assert catalogue.vantage_points["poller-1"].attached_to == "dc-core-1"
    assert catalogue.chains["zaak-ptd"].name == "Zaaksysteem Papendrecht"


def test_the_own_cable_of_the_poller_has_a_name_for_people(catalogue: Catalogue) -> None:
    assert part_name(catalogue, POLLER_LINK) == "Coreswitch datacentrum 1 ↔ poller-1"


def test_the_service_reads_its_settings_from_it(
    catalogue_directory: Path, catalogue: Catalogue
) -> None:
    settings = read(catalogue, catalogue_directory, {})
    community = settings.credentials["lan-ro"].community
    assert community is not None
    assert community.reveal() == COMMUNITY
    assert (settings.log, settings.problems) == ("journal", ())
    assert str(settings.listen) == "127.0.0.1:8470"
    assert str(settings.traps) == "127.0.0.1:9162"


def test_an_operator_who_checks_it_gets_no_warning(catalogue_directory: Path) -> None:
    found = load(catalogue_directory, examine=True).problems
    assert [str(problem) for problem in found if problem.severity != "note"] == []


def test_a_directory_with_somebody_elses_catalogue_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "eigen.yaml").write_text("version: 1\n")
    with pytest.raises(ConfigError, match=r"eigen\.yaml.*did not write.*--data"):
        write(region(), tmp_path, Wiring(agents=addresses(16161), community=COMMUNITY))
    assert [path.name for path in tmp_path.iterdir()] == ["eigen.yaml"]
