"""A second that the log no longer tells of, since retention took it away, is explained from the ledger."""

from __future__ import annotations

import asyncio
import json
import shutil
from datetime import timedelta

import pytest

from events.contract import OBSERVATIONS
from events.span import text
from monitor.__main__ import main
from tests.roles.test_flow import CATALOGUE
from tests.store.late import Office, at, saw

LONG = timedelta(days=70)
"""Longer than observations are kept."""
TOLD = [
    *((0, saw(f"o-{one}", one, "up", 0)) for one in ("core-1", "sw-1", "ap-1")),
    (0, saw("o-1", "zaak", "up", 0)),
    (700, saw("o-2", "zaak", "down", 700)),
    (760, saw("o-3", "zaak", "up", 760)),
]


async def lived(directory):
    """An outage, then so long that the log drops what told of it; how many rows it dropped."""
    office = Office(directory)
    await office.start()
    await office.arrive(TOLD)
    await office.over()
    await office.stop()
    await office.clock.jump(office.clock.now() + LONG)
    await office.say(saw("o-9", "zaak", "up", LONG.total_seconds() + 3900))
    await office.log.tidy()
    dropped = office.log.upkeep["pruned"]
    left = [one.id for one in await office.read(OBSERVATIONS)]
    await office.close()
    return dropped, left


@pytest.fixture
def region(tmp_path, monkeypatch):
    """The files of a region whose data directory holds the trimmed log and the ledger."""
    dropped, left = asyncio.run(lived(tmp_path))
    assert (dropped, left) == (len(TOLD), ["o-9"])
    (tmp_path / "region").mkdir()
    files = {key: value for key, value in CATALOGUE.items() if key != "service"}
    (tmp_path / "region" / "keten.yaml").write_text(json.dumps(files))
    monkeypatch.setenv("KETEN_DATA", str(tmp_path / "log"))
    return tmp_path


def asked(region, after, capsys):
    words = ["explain-minute", str(region / "region"), "zaak-balie", text(at(after)), "--json"]
    assert main(words) == 0
    said = capsys.readouterr()
    return json.loads(said.out), said.err


def test_the_ledger_explains_what_the_log_has_dropped(region, capsys):
    shutil.copy(region / "ledger.db", region / "log" / "ledger.db")
    for after, bucket in ((690, "up"), (700, "down"), (759, "down"), (760, "up")):
        told, said = asked(region, after, capsys)
        assert (told["from"], told["bucket"], said) == ("ledger", bucket, ""), after
    assert asked(region, 710, capsys)[0]["components"]


def test_without_a_ledger_it_is_said_that_the_log_lost_its_beginning(region, capsys):
    told, said = asked(region, 710, capsys)
    assert told["from"] == "log"
    assert "note: the log lost its beginning and no ledger knows that second" in said
