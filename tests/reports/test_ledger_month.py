"""A month from the ledger: judged only as far as the ledger reaches, and refused where it knows nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import jsonschema
import msgspec
import pytest

from monitor.__main__ import main
from monitor.reports.worst import worst_months
from tests.cli.results import closed, published
from tests.reports.office import CATALOGUE, corrected
from tests.reports.test_month import OUTAGE, june

END = datetime(2026, 6, 30, 22, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path, capsys):
    """Call verbs on an office with a ledger of its own."""
    region, data = tmp_path / "region", tmp_path / "data"
    region.mkdir()
    (region / "office.yaml").write_text(CATALOGUE, encoding="utf-8")

    def call_own(verb, *words):
        code = main([*verb.split(), str(region), *words])
        captured = capsys.readouterr()
        return SimpleNamespace(code=code, out=captured.out, err=captured.err)

    def call(verb, *words):
        return call_own(verb, *words, "--data", str(data))

    def fill(lines, until, *, own=False):
        file = tmp_path / "lines.jsonl"
        file.write_bytes(b"\n".join(msgspec.json.encode(one) for one in lines))
        asked = call_own if own else call
        answer = asked("ledger import", str(file), "--until", f"{until:%Y-%m-%dT%H:%M:%SZ}")
        assert answer.code == 0, answer.err

    return SimpleNamespace(call=call, call_own=call_own, fill=fill)


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
    ledger.fill([], june(10))
    answer = ledger.call("report", "--month", "2026-06", "--json")
    assert (answer.code, answer.out) == (3, "")
    assert "holds nothing from before 2026-06-30T22:00:00Z" in answer.err
    assert "keten ledger import" in answer.err


def test_where_there_is_no_ledger_nothing_is_reported_or_made(ledger):
    answer = ledger.call("report", "--month", "2026-06", "--json")
    assert (answer.code, answer.out) == (3, "")
    assert "there is no ledger here" in answer.err


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


# --- one second from the ledger -------------------------------------------------------------------


def explained(ledger, at, *words):
    answer = ledger.call_own("explain-minute", "zaak", at, "--json", *words)
    assert answer.code == 0, answer.err
    return json.loads(answer.out)


def test_a_second_is_explained_from_the_ledger_where_there_is_no_log(ledger):
    put_right = corrected(OUTAGE[1], june(11), at=june(9, 12, 40))
    ledger.fill([*OUTAGE, put_right], june(12), own=True)
    told = explained(ledger, "2026-06-09T12:30:00Z")
    jsonschema.validate(told, closed(published("explain-minute")))
    assert (told["from"], told["bucket"], told["events"]) == ("ledger", "down", [])
    assert told["components"][0]["evidence"] == [OUTAGE[0].id]
    assert told["suppliers"]["key"] == "lan"


def test_the_ledger_explains_as_of_a_moment_too(ledger):
    put_right = corrected(OUTAGE[1], june(11), at=june(9, 12, 40))
    ledger.fill([*OUTAGE, put_right], june(12), own=True)
    at = "2026-06-09T12:50:00Z"
    assert explained(ledger, at)["bucket"] == "up"
    assert explained(ledger, at, "--as-of", "2026-06-10T00:00:00Z")["bucket"] == "down"


def test_a_second_that_neither_log_nor_ledger_knows_is_refused(ledger):
    ledger.fill(OUTAGE, june(12), own=True)
    answer = ledger.call_own("explain-minute", "zaak", "2026-06-20T12:00:00Z")
    assert (answer.code, answer.out) == (3, "")


def test_every_second_of_the_ledger_counts_as_in_its_report(ledger):
    ledger.fill(OUTAGE, june(12), own=True)
    for at, bucket in (("11:59:59", "up"), ("12:00:00", "down"), ("13:00:00", "up")):
        assert explained(ledger, f"2026-06-09T{at}Z")["bucket"] == bucket


# --- the worst month ------------------------------------------------------------------------------


def test_the_worst_of_the_closed_months_stands_beside_the_month(ledger):
    ledger.fill(OUTAGE, END + timedelta(days=40))
    assert report(ledger, "2026-07")["worst_months"] == {}
    for month in ("2026-06", "2026-07"):
        assert ledger.call("close", "--month", month).code == 0
    told = report(ledger, "2026-08")
    june_figure = report(ledger)["chains"]["zaak"]["availability"]
    assert told["worst_months"]["zaak"] == {"month": "2026-06", "availability": june_figure}
    assert report(ledger)["worst_months"] == told["worst_months"]
    checker = jsonschema.Draft202012Validator(closed(published("report")))
    assert [e.json_path for e in checker.iter_errors(told)] == []
    assert (
        f"worst closed month: 2026-06, {june_figure} %"
        in ledger.call("report", "--month", "2026-08").out
    )


def closing(month, revision, **figures):
    chains = {id_: {"availability": one} for id_, one in figures.items()}
    return SimpleNamespace(month=month, revision=revision, report={"chains": chains})


def test_only_the_last_twelve_and_only_the_last_revision_of_each_count():
    old = [closing("2024-12", 1, a="1.000", gone="1.000")]
    year = [closing(f"2025-{n:02}", 1, a=f"99.{n:03}", b=None) for n in range(1, 13)]
    assert worst_months([*old, *year]) == {"a": {"month": "2025-01", "availability": "99.001"}}
    revised = [*year, closing("2025-01", 2, a="99.900")]
    assert worst_months([*old, *revised])["a"]["month"] == "2025-02"
    same = [closing("2025-01", 1, a="98.000"), closing("2025-02", 1, a="98.000")]
    assert worst_months(same)["a"]["month"] == "2025-02"
