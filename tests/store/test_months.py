"""A closed figure never changes: later evidence makes a revision, and every month can be reckoned again."""

from __future__ import annotations

import json
import sqlite3

import pytest

from monitor.__main__ import main

CATALOGUE = """\
version: 1
suppliers: [{id: lan, name: LAN BV, contact: {email: noc@lan.example}}]
calendars: [{id: altijd, always: true}]
levels: [{id: goud, target: 99.9, calendar: altijd}]
components:
  - {id: sw, kind: switch, tier: access, supplier: lan}
  - {id: app, kind: service, tier: application, supplier: lan}
links: [{id: l-sw-app, between: [sw, app], supplier: lan}]
groups: [{id: balie, users: 20, members: [sw]}]
chains: [{id: zaak, from: balie, to: app, level: goud}]
"""


def line(id_, status, time, recorded=None, *, kind="observation", data=None):
    return json.dumps(
        {
            "specversion": "1.0",
            "id": id_,
            "source": "register/import",
            "type": f"nl.ketenmonitor.{kind}.v1",
            "subject": "sw",
            "time": time,
            "recordedtime": recorded or time,
            "data": data or {"kind": "recorded", "status": status},
        }
    )


def correction(id_, supersedes, status, to, recorded):
    data = {"supersedes": supersedes, "status": status, "at": to}
    return line(id_, None, recorded, kind="correction", data=data)


MAY = [
    line("o-1", "up", "2026-04-30T22:00:00Z"),
    line("e1", "down", "2026-05-20T08:00:00Z", "2026-05-20T08:00:05Z"),
    line("e2", "up", "2026-05-20T08:20:00Z", "2026-05-20T08:20:05Z"),
]
LATE = correction("k-1", "e2", "up", "2026-05-20T08:14:00Z", "2026-06-04T07:00:00Z")
CLOSING = "2026-06-03T07:00:00Z"


class Office:
    def __init__(self, directory, capsys):
        self.directory = directory
        self._capsys = capsys
        (directory / "keten.yaml").write_text(CATALOGUE)

    @property
    def file(self):
        return self.directory / ".keten" / "ledger.db"

    def keten(self, verb, *words, code=0, into=()):
        """Run a verb on this office; return its result, or what it said when it refused."""
        found = main([verb, *into, str(self.directory), *words, "--json"])
        said = self._capsys.readouterr()
        assert found == code, said.err
        return json.loads(said.out) if said.out else said.err

    def record(self, *lines, until="2026-06-02T00:00:00Z"):
        path = self.directory / "lines.jsonl"
        path.write_text("\n".join(lines))
        return self.keten("ledger", str(path), "--until", until, into=["import"])

    def close(self, *words, **how):
        return self.keten("close", "--month", "2026-05", *words, **how)

    def report(self, *words):
        return self.keten("report", "--month", "2026-05", *words)

    def verify(self, code=0):
        return self.keten("ledger", code=code, into=["verify"])

    def tamper(self, statement, *values):
        """Change the file as somebody would who knows SQL and first takes the triggers away."""
        with sqlite3.connect(self.file) as wire:
            kept = wire.execute(
                "SELECT name, sql FROM sqlite_master WHERE type='trigger'"
            ).fetchall()
            for name, _ in kept:
                wire.execute(f"DROP TRIGGER {name}")
            wire.execute(statement, values)
            for _, sql in kept:
                wire.execute(sql)
        wire.close()


@pytest.fixture
def office(tmp_path, capsys):
    return Office(tmp_path, capsys)


@pytest.fixture
def closed(office):
    office.record(*MAY)
    office.close("--as-of", CLOSING, "--by", "j.jansen")
    return office


# --- closing and revising ---------------------------------------------------------------------------


def test_a_correction_after_the_closing_changes_nothing_until_the_month_is_revised(closed):
    """G10: closed with 1,200 s down; a log that came later says 840."""
    was = closed.report()
    closed.record(*MAY, LATE, until="2026-06-05T00:00:00Z")
    assert closed.report() == was
    assert was["chains"]["zaak"]["down"] == 1200
    made = closed.keten("revise", "--month", "2026-05", "--reason", "log of the core switch")
    assert made["revision"] == 2
    assert made["delta"]["zaak"]["seconds"] == {"up": 360, "down": -360}
    now = closed.report()
    assert (now["chains"]["zaak"]["down"], now["revision"]) == (840, 2)
    assert closed.report("--as-of", CLOSING)["digest"] == was["digest"]
    assert closed.verify()["recomputed"] == 2


def test_a_revision_without_a_difference_is_refused(closed):
    said = closed.keten("revise", "--month", "2026-05", "--reason", "to be sure", code=2)
    assert "nothing differs from revision 1" in said


def test_a_revision_needs_a_reason_and_a_closed_month(closed):
    said = closed.keten("revise", "--month", "2026-05", "--reason", " ", code=2)
    assert "--reason: say why" in said
    said = closed.keten("revise", "--month", "2026-04", "--reason", "x", code=2)
    assert "2026-04 is not closed" in said


def test_a_month_that_is_not_over_is_refused_with_the_moment_it_ends(office):
    office.record(*MAY)
    said = office.close("--as-of", "2026-05-31T21:59:59Z", code=2)
    assert "2026-05 is not over: it ends at 2026-05-31T22:00:00Z" in said
    said = office.keten("close", "--month", "2099-01", code=2)
    assert "2099-01 is not over" in said


def test_a_month_is_closed_once_and_in_its_turn(closed):
    assert "closed already, revision 1" in closed.close(code=2)
    said = closed.keten("close", "--month", "2026-07", code=2)
    assert "2026-07 is not next: 2026-05 is the last closed month; close 2026-06 first" in said


def test_a_month_that_the_ledger_does_not_reach_the_end_of_is_refused(office):
    office.record(*MAY, until="2026-05-25T00:00:00Z")
    said = office.close("--as-of", CLOSING, code=2)
    assert "the ledger is filled up to 2026-05-25T00:00:00Z" in said


def test_a_month_from_before_the_ledger_is_not_closed_as_if_all_was_well(office):
    office.record(*MAY)
    said = office.keten("close", "--month", "2026-03", code=2)
    assert "the ledger holds nothing from before 2026-03-31T22:00:00Z" in said


def test_a_moment_in_the_future_is_refused(office):
    office.record(*MAY)
    assert "lies in the future" in office.close("--as-of", "2099-01-01T00:00:00Z", code=2)


@pytest.mark.parametrize("month", ["2026-13", "2026-5", "may", "2026-00", "0000-01", "20a6-05"])
def test_what_is_no_month_is_refused_with_an_example(office, month):
    assert "write a month as 2026-06" in office.keten("close", "--month", month, code=2)


def test_a_closed_month_is_judged_by_its_own_catalogue_whatever_the_files_say_now(closed):
    was = closed.report()
    (closed.directory / "keten.yaml").write_text(CATALOGUE.replace("99.9", "99.99"))
    assert closed.report() == was
    assert closed.verify()["findings"] == []


# --- from lines, from the ledger ----------------------------------------------------------------------


@pytest.mark.parametrize("as_of", [(), ("--as-of", CLOSING), ("--as-of", "2026-06-04T08:00:00Z")])
@pytest.mark.parametrize("turn", [1, -1])
def test_the_ledger_and_the_lines_give_the_same_report(office, as_of, turn):
    lines = [
        *MAY,
        line("e3", "down", "2026-05-21T08:00:00Z"),
        line("e4", "up", "2026-05-21T09:00:00Z"),
        LATE,
        line("e5", "down", "2026-05-12T10:00:00Z", "2026-06-04T07:30:00Z"),
        line("e6", "up", "2026-05-12T10:30:00Z", "2026-06-04T07:30:01Z"),
        correction("k-2", "e3", None, None, "2026-06-04T09:00:00Z"),
    ]
    office.record(*lines[::turn], until="2026-06-05T00:00:00Z")
    there = office.report(*as_of)
    here = office.report("--events", str(office.directory / "lines.jsonl"), *as_of)
    assert there["chains"] == here["chains"]
    assert there["digest"] == here["digest"]


# --- a flipped byte -----------------------------------------------------------------------------------


def findings(office):
    return [f"{one['place']}: {one['what']}" for one in office.verify(code=1)["findings"]]


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("UPDATE facts SET body = replace(body, 'down', 'dowm') WHERE seq = 1", "facts, seq 1"),
        ("UPDATE facts SET valid_us = valid_us + 1 WHERE seq = 1", "facts, seq 1"),
        ("UPDATE facts SET subject = 'sv' WHERE seq = 2", "facts, seq 2"),
        ("UPDATE facts SET place = 'elsewhere' WHERE seq = 2", "facts, seq 2"),
        ("UPDATE facts SET hash = 'x' || substr(hash, 2) WHERE seq = 2", "facts, seq 2"),
        ("DELETE FROM facts WHERE seq = 1", "facts, seq 2"),
        ("DELETE FROM facts WHERE seq = (SELECT max(seq) FROM facts)", "progress"),
        ("UPDATE progress SET reached_us = reached_us + 1", "progress"),
        ("DELETE FROM progress", "progress"),
        ("UPDATE months SET body = replace(body, '1200', '1100')", "months, 2026-05 revision 1"),
        ("UPDATE months SET revision = 3", "months, 2026-05 revision 3"),
        ("UPDATE months SET hash = 'x' || substr(hash, 2)", "months, 2026-05 revision 1"),
        ("UPDATE catalogues SET body = replace(body, '99.9', '99.8')", "catalogues, "),
    ],
)
def test_whatever_is_changed_is_found_with_its_place(closed, statement, place):
    closed.tamper(statement)
    assert any(one.startswith(place) for one in findings(closed)), findings(closed)


def test_a_trigger_that_was_taken_away_is_found(closed):
    with sqlite3.connect(closed.file) as wire:
        wire.execute("DROP TRIGGER months_no_update")
    wire.close()
    assert "table months: nothing refuses UPDATE: its trigger is gone" in findings(closed)


def test_a_figure_that_was_forged_with_all_its_hashes_is_found_by_reckoning_again(closed):
    """Somebody with the source code rewrites the record and its hash."""
    from monitor.reports.close import FIRST, link

    with sqlite3.connect(closed.file) as wire:
        body = wire.execute("SELECT body FROM months").fetchone()[0]
    wire.close()
    forged = body.replace(b'"down":1200', b'"down":1100').replace(b'"up":2677200', b'"up":2677300')
    assert forged != body
    closed.tamper("UPDATE months SET body = ?, hash = ?", forged, link(forged, FIRST))
    assert any("reckoned again it has digest" in one for one in findings(closed))


def test_a_closed_month_with_a_flipped_figure_is_not_shown_nor_built_upon(closed):
    closed.tamper(
        "UPDATE months SET body = CAST(replace(body, '\"down\":1200', '\"down\":1201') AS BLOB)"
    )
    assert "is not what was frozen" in closed.keten("report", "--month", "2026-05", code=2)
    assert "is not what was frozen" in closed.keten(
        "revise", "--month", "2026-05", "--reason", "x", code=2
    )


def test_where_there_is_no_ledger_none_is_made_and_none_is_called_sound(office, tmp_path):
    elsewhere = tmp_path / "nergens"
    said = office.keten("ledger", "--data", str(elsewhere), code=3, into=["verify"])
    assert "there is no ledger here" in said
    assert not elsewhere.exists()
