"""A ledger is read where nothing can be written: on a read-only disk, or by who may only read."""

from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest

from events.errors import StoreUnavailable
from monitor.__main__ import main
from monitor.store.database import Database, can_be_written, sqlite_to_read
from tests.reports.office import CATALOGUE
from tests.reports.test_month import OUTAGE

NOBODY = 65534
END = "2026-06-30T22:00:00Z"
SECOND = "2026-06-09T12:30:00Z"
VERBS = {
    "report": ("report", "region", "--month", "2026-06", "--json"),
    "ledger verify": ("ledger", "verify", "region", "--json"),
    "explain-minute": ("explain-minute", "region", "zaak", SECOND, "--json"),
}


@pytest.fixture
def place(monkeypatch):
    """A directory for everybody, with a catalogue and its ledger; `lock` takes the right to write."""
    root = Path(tempfile.mkdtemp(prefix="keten-"))
    root.chmod(0o755)
    region, data = root / "region", root / "data"
    region.mkdir()
    (region / "office.yaml").write_text(CATALOGUE, "utf-8")
    (root / "lines.jsonl").write_bytes(b"\n".join(msgspec.json.encode(one) for one in OUTAGE))
    monkeypatch.chdir(root)
    monkeypatch.setenv("KETEN_DATA", str(data))
    assert main(["ledger", "import", "region", "lines.jsonl", "--until", END]) == 0

    def lock():
        for one in data.iterdir():
            one.chmod(0o444)
        data.chmod(0o555)

    yield SimpleNamespace(root=root, data=data, ledger=data / "ledger.db", lock=lock)
    data.chmod(0o755)
    shutil.rmtree(root)


def as_reader(argv):
    """Run a verb as who is not the superuser, whom no file refuses; return code, stdout, stderr."""
    if os.geteuid():
        return _caught(argv)
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:  # all that the verb needs was imported by an earlier call
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        try:
            told = _caught(argv)
            with os.fdopen(write_end, "wb") as out:
                out.write(json.dumps(told).encode())
        finally:
            os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as told:
        said = told.read()
    os.waitpid(child, 0)
    return tuple(json.loads(said))


def _caught(argv):
    out, err = io.StringIO(), io.StringIO()
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = out, err
    try:
        code = main(list(argv))
    finally:
        sys.stdout, sys.stderr = before
    return code, out.getvalue(), err.getvalue()


@pytest.mark.parametrize("verb", VERBS)
def test_what_only_reads_says_the_same_where_nothing_can_be_written(place, verb):
    usual = _caught(VERBS[verb])
    assert usual[0] == 0, usual
    place.lock()
    before = sorted(one.name for one in place.data.iterdir())
    assert as_reader(VERBS[verb]) == usual
    assert sorted(one.name for one in place.data.iterdir()) == before


@pytest.mark.parametrize("verb", VERBS)
def test_it_reads_what_a_writer_who_has_the_ledger_open_has_put_in(place, verb):
    usual = _caught(VERBS[verb])
    writer = sqlite3.connect(place.ledger)
    writer.execute("PRAGMA wal_autocheckpoint=0")
    writer.execute("CREATE TABLE other(x)")
    writer.commit()
    assert place.ledger.with_name("ledger.db-wal").stat().st_size
    place.lock()
    assert as_reader(VERBS[verb]) == usual
    writer.close()


def test_the_newest_that_cannot_be_read_is_named_with_the_cure(place):
    _caught(VERBS["report"])
    writer = sqlite3.connect(place.ledger)
    writer.execute("CREATE TABLE other(x)")
    writer.commit()
    wal = place.ledger.with_name("ledger.db-wal").read_bytes()
    writer.close()
    place.ledger.with_name("ledger.db-wal").write_bytes(wal)
    place.lock()
    code, out, err = as_reader(VERBS["report"])
    assert (code, out) == (3, "")
    assert "ledger.db-wal" in err
    assert "copy both to a directory of yours, and name that with --data" in err


def test_a_directory_that_may_not_be_entered_is_said_without_a_trace(place):
    _caught(VERBS["report"])
    place.data.chmod(0o700)
    code, out, err = as_reader(VERBS["report"])
    assert (code, out) == (3, "")
    assert "Permission denied" in err


def test_what_writes_is_refused_there_with_the_cure(place):
    close = ("close", "region", "--month", "2026-06")
    _caught(VERBS["report"])
    place.lock()
    code, out, err = as_reader(close)
    assert (code, out) == (3, "")
    assert "make it writable, or name another with --data" in err


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ("UPDATE ledger_version SET version_num = 'from-later'", 2, "newer release"),
        ("DELETE FROM ledger_version", 3, "older release and can only be read here"),
    ],
)
def test_a_ledger_of_another_release_is_not_read_as_if_it_were_of_this_one(
    place, change, code, words
):
    _caught(VERBS["report"])
    wire = sqlite3.connect(place.ledger)
    wire.execute(change)
    wire.commit()
    wire.close()
    place.lock()
    answer = as_reader(VERBS["report"])
    assert answer[:2] == (code, "")
    assert words in answer[2]


async def test_a_file_that_is_written_while_it_is_read_as_a_whole_is_asked_again(place):
    whole = Database(sqlite_to_read(place.ledger), place.ledger)
    await whole.upgrade()
    with pytest.raises(StoreUnavailable, match="written while it was read; ask again"):
        async with whole.reading():
            place.ledger.with_name("ledger.db-wal").write_bytes(b"x")
    await whole.close()


def test_who_may_write_is_asked_of_the_file_and_of_where_it_is(place):
    assert can_be_written(place.ledger)
    assert can_be_written(place.data / "not-there.db")
    assert not can_be_written(place.root / "nowhere" / "ledger.db")
