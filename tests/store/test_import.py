"""Lines that are imported give what the lines give: the report, and what became of every component."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from events.contract import State
from monitor.__main__ import main
from monitor.corrections import effective
from monitor.fold import Fold
from monitor.reports.recorded import recorded
from monitor.reports.standing import standing
from tests.engine.lab import WAIT_S, at, office, saw
from tests.replay.test_late_corrections import lives
from tests.store.test_months import CATALOGUE, LATE, MAY, line
from topology.compiled import Compiled

OFFICE = Compiled.of(office())
LAGS = st.sampled_from([0, 1, 7, 90, 600, 4000])

LAST = [
    line("e3", "down", "2026-05-31T21:40:00Z", "2026-05-31T21:40:05Z"),
    line("e4", "up", "2026-05-31T21:50:00Z", "2026-05-31T21:50:05Z"),
]


@pytest.mark.parametrize("words", [(), ("--until", "2026-06-05T00:00:00Z")], ids=["to", "until"])
def test_time_goes_on_to_the_last_line_and_not_only_to_the_last_observation(
    words, tmp_path, capsys
):
    region, data, lines = tmp_path / "region", tmp_path / "data", tmp_path / "lines.jsonl"
    region.mkdir()
    (region / "keten.yaml").write_text(CATALOGUE)
    lines.write_text("\n".join([*MAY, *LAST, LATE]))
    assert main(["ledger", "import", str(region), str(lines), *words, "--data", str(data)]) == 0
    asked = ["report", str(region), "--month", "2026-05", "--json"]
    capsys.readouterr()
    assert main([*asked, "--data", str(data)]) == 0
    there = json.loads(capsys.readouterr().out)["chains"]
    assert main([*asked, "--events", str(lines)]) == 0
    here = json.loads(capsys.readouterr().out)["chains"]
    assert here["zaak"]["incidents"][-1]["closed"] == "2026-05-31T21:52:00Z"
    assert there == here


def changes(verdicts, until):
    """Of every component: each moment at which its state became another, and which."""
    said = {}
    for one in verdicts:
        if one.time <= until:
            said.setdefault(one.subject, {})[one.time] = one.data.state
    found = {}
    for subject, states in said.items():
        last = unseen(subject)
        for moment in sorted(states):
            if states[moment] != last:
                last = states[moment]
                found.setdefault(subject, []).append((moment, last))
    return found


def unseen(subject):
    return "unknown" if subject in OFFICE.gaps else "up"


def folded(lines, until):
    fold = Fold(OFFICE)
    told = [one for event in effective(lines) for one in fold.step(event)]
    if until > fold.now:
        told += fold.advance(until)
    return [one for one in told if isinstance(one, State) and one.data.of == "component"]


def lagging(events, lags):
    """The same events, recorded some time after they happened."""
    return [
        replace(one, recordedtime=one.time + timedelta(seconds=lags[n % len(lags)]))
        for n, one in enumerate(events)
    ]


@settings(max_examples=25, deadline=None)
@given(lives(), st.lists(LAGS, min_size=1, max_size=9))
def test_the_ledger_says_of_every_component_what_one_fold_of_all_lines_says(events, lags):
    lines, end = lagging(events, lags), at(9000)
    facts = recorded(OFFICE, lines, end)
    assert changes(standing(facts).facts.states, end) == changes(folded(lines, end), end)
    assert len({one.id for one in facts}) == len(facts)


def test_what_happens_by_itself_is_recorded_when_it_happens():
    facts = recorded(OFFICE, [saw("core", "up", 0), saw("d1", "down", 0)], at(100))
    told = [(one.data.state, one.recorded) for one in facts if one.subject == "d1"]
    assert told == [("unknown", at(0)), ("down", at(WAIT_S))]
