"""What stands of what was recorded: words taken back are gone, corrections apply where they can."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from monitor.reports.standing import standing
from tests.store.samples import at, correction, verdict


def told(*recorded):
    return [(one.data.state, one.data.since) for one in standing(recorded).facts.states]


def test_a_verdict_that_was_taken_back_does_not_stand_and_earlier_ones_do():
    recorded = [verdict("down", 10), verdict("up", 20), verdict("unknown", 30)]
    assert told(*recorded, verdict("degraded", 25, rewrites=20)) == [
        ("down", at(10)),
        ("degraded", at(25)),
    ]


def test_taking_back_concerns_one_component_only():
    other = verdict("down", 30, subject="core")
    assert ("down", at(30)) in told(other, verdict("up", 20, rewrites=5))


def test_a_correction_applies_to_the_verdict_that_its_observation_decided_alone():
    seen = verdict("up", 20, evidence=["o-2"])
    assert told(seen, correction("o-2", to=14, recorded=90)) == [("up", at(14))]
    assert told(seen, correction("o-2", "down", recorded=90)) == [("down", at(20))]
    assert told(seen, correction("o-2", recorded=90)) == []


@pytest.mark.parametrize(
    "reason", ["wordt nagekeken", "meetpunt p1 ziet niets", "geen meting sinds 08:00"]
)
def test_a_correction_does_not_apply_to_what_was_concluded_from_its_observation(reason):
    seen = verdict("unknown", 20, evidence=["o-2"])
    seen = replace(seen, data=replace(seen.data, reason=reason))
    assert told(seen, correction("o-2", "down", recorded=90)) == [("unknown", at(20))]


def test_a_correction_that_cannot_be_applied_is_kept_with_its_reason():
    both = verdict("down", 20, evidence=["o-1", "o-2"])
    found = standing([both, correction("o-2", "up", recorded=90), correction("o-9", "up")])
    assert [one.data.state for one in found.facts.states] == ["down"]
    assert [one.reason for one in found.not_applied] == [
        "several observations decided the verdict that o-2 is evidence of",
        "o-9 decided no verdict that stands here",
    ]
