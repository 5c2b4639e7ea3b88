"""The verb `report`: its result, its text, and what it says when it cannot answer."""

from __future__ import annotations

import json
from types import SimpleNamespace

import jsonschema
import msgspec
import pytest

from monitor.__main__ import main
from tests.cli.results import closed, published
from tests.reports.office import CATALOGUE
from tests.reports.test_month import LINE, OUTAGE, june, planned


@pytest.fixture
def office(tmp_path, capsys):
    """Call `keten report` on an office with these lines."""
    (tmp_path / "region").mkdir()
    (tmp_path / "region" / "office.yaml").write_text(CATALOGUE, encoding="utf-8")

    def call(lines, *words):
        file = tmp_path / "events.jsonl"
        file.write_bytes(b"\n".join(lines))
        base = ["report", str(tmp_path / "region"), "--month", "2026-06", "--events", str(file)]
        code = main([*base, *words])
        captured = capsys.readouterr()
        return SimpleNamespace(code=code, out=captured.out, err=captured.err)

    return call


LINES = [msgspec.json.encode(one) for one in (planned("w", june(8), 1), *OUTAGE, *LINE)]


def test_the_result_is_what_the_schema_says(office):
    answer = office(LINES, "--json")
    assert answer.code == 0
    checker = jsonschema.Draft202012Validator(closed(published("report")))
    assert [e.json_path for e in checker.iter_errors(json.loads(answer.out))] == []


def test_format_json_is_the_same_as_json(office):
    assert office(LINES, "--format", "json").out == office(LINES, "--json").out


def test_a_line_a_chain_says_it_in_words(office):
    text = office(LINES).out
    assert "zaak: " in text
    assert "target 99.5 %, then 99.9 % MISSED" in text
    assert "down 2 h 00 min in 1 interruption" in text
    assert "down: kabel 1 h 15 min, lan 45 min" in text
    assert "agreed work 1 h 00 min" in text
    assert "nieuw: 91.666 % of 24 h 00 min agreed" in text
    assert "straks: nothing to judge in this month" in text


def test_a_missed_target_is_an_answer(office):
    assert office(LINES).code == 0


def test_lines_that_cannot_be_used_are_listed_and_the_rest_counts(office):
    answer = office([*LINES, b"{}", LINES[1].replace(b'"sw"', b'"swx"')], "--json")
    result = json.loads(answer.out)
    assert answer.code == 3
    assert [one["line"] for one in result["deadletters"]] == [6, 7]
    assert result["chains"]["zaak"]["down"] == 7200


def test_another_format_is_refused_with_what_there_is(office):
    pdf, odd = office(LINES, "--format", "pdf"), office(LINES, "--format", "txt")
    assert (pdf.code, odd.code, pdf.out) == (2, 2, "")
    assert "comes from a later version; there is json now" in pdf.err
    assert "there is no such format; there is json" in odd.err


def test_the_report_is_written_where_asked(office, tmp_path):
    answer = office(LINES, "--output", str(tmp_path / "out"), "--json")
    path = tmp_path / "out" / "report-2026-06.json"
    assert json.loads(answer.out) == {"written": [str(path)]}
    assert json.loads(path.read_text(encoding="utf-8"))["month"] == "2026-06"


def test_a_month_that_is_none_is_refused(office):
    answer = office(LINES, "--month", "2026-13")
    assert (answer.code, answer.err.strip()) == (
        2,
        "--month 2026-13: write a month as 2026-06, of 1970 to 2999",
    )
