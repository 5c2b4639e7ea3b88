"""A month from the ledger: judged only as far as the ledger reaches, and refused where it knows nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from types import SimpleNamespace

import msgspec
import pytest

from monitor.__main__ import main
from tests.reports.office import CATALOGUE
from tests.reports.test_month import OUTAGE, june

END = datetime(2026, 6, 30, 22, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path, capsys):
    """Call verbs on an office with a ledger of its own."""
    region, data = tmp_path / "region", tmp_path / "data"
    region.mkdir()
    (region / "office.yaml").write_text(CATALOGUE, encoding="utf-8")

    def call(verb, *words):
        before = verb.split()
        code = main([*before, str(region), *words, "--data", str(data)])
        captured = capsys.readouterr()
        return SimpleNamespace(code=code, out=captured.out, err=captured.err)

    def fill(lines, until):
        file = tmp_path / "lines.jsonl"
        file.write_bytes(b"\n".join(msgspec.json.encode(one) for one in lines))
        answer = call("ledger import", str(file), "--until", f"{until:%Y-%m-%dT%H:%M:%SZ}")
        assert answer.code == 0, answer.err

    return SimpleNamespace(call=call, fill=fill)


def report(ledger, month="2026-06", *words):
    answer = ledger.call("report", "--month", month, "--json", *words)
    assert answer.code == 0, answer.err
    return json.loads(answer.out)


def test_an_open_month_is_judged_only_up_to_where_the_ledger_reaches(ledger):
    ledger.fill(OUTAGE, june(10))
    told = report(ledger)
    zaak = told["chains"]["zaak"]
    assert (told["provisional"], told["to"]) == (True, "2026-06-10T12:00:00Z")
    assert (zaak["service"], zaak["down"]) == (9 * 86_400 + 14 * 3600, 3600)


def test_asked_as_of_a_moment_it_ends_there_and_never_later_than_what_is_known(ledger):
    ledger.fill(OUTAGE, june(10))
    assert (
        report(ledger, "2026-06", "--as-of", "2026-06-10T00:00:00Z")["to"] == "2026-06-10T00:00:00Z"
    )
    assert (
        report(ledger, "2026-06", "--as-of", "2026-07-20T00:00:00Z")["to"] == "2026-06-10T12:00:00Z"
    )


def test_a_month_that_the_ledger_reaches_the_end_of_is_whole(ledger):
    ledger.fill(OUTAGE, END)
    told = report(ledger)
    assert (told["provisional"], told["to"]) == (False, "2026-06-30T22:00:00Z")


def test_an_empty_ledger_says_so_and_gives_no_figures(ledger):
    answer = ledger.call("report", "--month", "2026-06", "--json")
    assert (answer.code, answer.out) == (3, "")
    assert "holds nothing from before 2026-06-30T22:00:00Z" in answer.err
    assert "keten ledger import" in answer.err


@pytest.mark.parametrize(
    ("month", "words"), [("2026-05", "holds nothing from before"), ("2026-07", "goes up to")]
)
def test_a_month_outside_what_the_ledger_knows_is_refused(ledger, month, words):
    ledger.fill(OUTAGE, june(10))
    answer = ledger.call("report", "--month", month)
    assert (answer.code, answer.out) == (3, "")
    assert words in answer.err


def test_a_moment_before_the_month_is_a_mistake_of_who_asks(ledger):
    ledger.fill(OUTAGE, june(10))
    answer = ledger.call("report", "--month", "2026-06", "--as-of", "2026-05-01T00:00:00Z")
    assert answer.code == 2
    assert "had not begun by then" in answer.err
