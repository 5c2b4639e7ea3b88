"""What inference keeps beside the evidence is what follows from it, and doubting less finds no less."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings

from monitor.fold import Fold
from monitor.replay import effective
from tests.engine.lab import Lab, catalogue, office, saw, sweep
from tests.engine.test_shared_cause_laws import COMPILED, histories
from tests.engine.test_shared_causes import SEEN, behind_a_hub
from topology.model import Tier

DARK = ("s1", "s2", "s3")


def inquiry_of(fold):
    return fold._topology.inference._inquiry


class Checked:
    """Doubts what it would, and sees to it that nothing else was refuted."""

    def __init__(self, inference):
        self.inference, self.inner = inference, inference._refutation

    def doubtful(self):
        found = self.inner.doubtful()
        others = self.inference._inquiry.derived - set(found)
        assert not [one for one in others if self.inference._scenes.exonerated(one)]
        return found


class DoubtsEverything:
    """Has every derived cause looked at again whenever anybody answers."""

    def __init__(self, inquiry):
        self.inquiry = inquiry

    def doubtful(self):
        return sorted(id_ for id_, one in self.inquiry.suspects.items() if one.derived)


@settings(max_examples=25, deadline=None)
@given(histories())
def test_doubting_only_what_an_answer_can_refute_says_the_same_as_doubting_everything(events):
    one, other = Fold(COMPILED), Fold(COMPILED)
    one._topology.inference._refutation = Checked(one._topology.inference)
    other._topology.inference._refutation = DoubtsEverything(inquiry_of(other))
    for event in effective(events):
        assert one.step(event) == other.step(event)
    assert one.freeze() == other.freeze()


def stands_under(risk):
    found, ahead = {risk}, [risk]
    while ahead:
        inner = COMPILED.catalogue.shared_risks.get(ahead.pop())
        fresh = set(inner.members if inner else ()) - found
        found |= fresh
        ahead += fresh
    return found


def said_on_battery(evidence):
    checks = [check for check in evidence.checks.values() if check.kind == "self"]
    return any(check.status == "degraded" for check in checks)


def answers_or_passes_on(inquiry, id_):
    looks = inquiry.evidence[id_].checks.values() if id_ in inquiry.evidence else ()
    heard = any(c.kind == "reach" and c.counts in ("up", "degraded") for c in looks)
    known = inquiry.suspects.get(id_)
    return heard or (known is not None and known.verdict == "answering")


def leads_on(id_):
    found, ahead = {id_}, [id_]
    while ahead:
        fresh = {edge.component for edge in COMPILED.management.away[ahead.pop()]} - found
        found |= fresh
        ahead += fresh
    return found


def agree(inquiry):
    suspects, risks = inquiry.suspects, COMPILED.catalogue.shared_risks
    derived = {id_ for id_, one in suspects.items() if one.derived}
    assert inquiry.derived == derived
    assert +inquiry.blamed == Counter(cause for one in suspects.values() for cause in one.causes)
    named = sorted({*derived, *(risk for risk in risks if inquiry.is_down(risk))}, reverse=True)
    assert inquiry.fallen == {part: one for one in named for part in stands_under(one)}
    battery = {id_ for id_, one in inquiry.evidence.items() if said_on_battery(one)}
    assert {one for one in risks if inquiry.on_battery(one)} == {
        one for one in risks if stands_under(one) & battery
    }
    known = COMPILED.management.nearer
    answering = {id_ for id_ in known if answers_or_passes_on(inquiry, id_)}
    assert {one for one in known if one in inquiry.ends} == {
        one for one in known if not leads_on(one) & answering
    }


@settings(max_examples=25, deadline=None)
@given(histories())
def test_what_is_kept_step_by_step_is_what_follows_from_evidence_and_suspects(events):
    fold = Fold(COMPILED)
    for event in effective(events):
        fold.step(event)
        agree(inquiry_of(fold))
    agree(inquiry_of(Fold.thaw(COMPILED, fold.freeze())))


def test_an_answer_elsewhere_leaves_a_cause_that_nobody_saw_fail_alone():
    lab = Lab(behind_a_hub()).feed(sweep(0, (), SEEN))
    dark = (*DARK, "e")
    lab.feed(sweep(60, dark, SEEN), sweep(63, dark, SEEN))
    assert lab.causes == ["e", "hub"]
    inquiry, refutation = inquiry_of(lab.fold), lab.fold._topology.inference._refutation
    assert refutation.doubtful() == ["hub"]  # named since it was last asked
    inquiry.saw("e")
    assert refutation.doubtful() == []
    inquiry.saw("s2")
    assert refutation.doubtful() == []  # it was seen, and does not answer
    lab.feed(saw("e", "up", 120))
    assert lab.causes == ["hub"]
    lab.feed(saw("s2", "up", 121))
    assert lab.causes == []


def test_who_is_behind_an_unwatched_member_of_a_power_that_is_gone_suffers_from_the_power():
    lab = Lab(office(risks={"power": DARK}, unprobed=frozenset({"s1"})))
    seen = ("core", "d1", "d2", "s2", "s3", "a1", "a2", "a3")
    dark = ("s2", "s3", "a1", "a2", "a3")
    lab.feed(sweep(0, (), seen), sweep(60, dark, seen), sweep(63, dark, seen))
    assert lab.causes == ["power"]
    assert lab.one("a1")["causes"] == ["power"]
    assert lab.state("a1") == "unreachable"


def test_whoever_answers_behind_somebody_who_does_not_refutes_what_is_before_both():
    tiers = {"core": Tier.CORE, "hub": Tier.DISTRIBUTION, "s1": Tier.ACCESS, "s2": Tier.ACCESS}
    tiers |= {"a1": Tier.AP, "a2": Tier.AP}
    links = {"l-app": ("core", "app"), "l-hub": ("hub", "core")}
    links |= {"l-s1": ("s1", "hub"), "l-s2": ("s2", "hub"), "l-a1": ("a1", "s1")}
    links["l-a2"] = ("a2", "s2")
    lab = Lab(catalogue(tiers, links, root="core", unprobed=frozenset({"hub"})))
    seen, dark = ("core", "s1", "s2", "a1", "a2"), ("s1", "s2", "a1", "a2")
    lab.feed(sweep(0, (), seen), sweep(60, dark, seen), sweep(63, dark, seen))
    assert lab.causes == ["hub"]
    inquiry, refutation = inquiry_of(lab.fold), lab.fold._topology.inference._refutation
    refutation.doubtful()
    lab.fold._topology.state.evidence["a1"].checks["reach|p1|"].status = "up"
    inquiry.standing.count("a1")
    inquiry.hear("a1")
    assert refutation.doubtful() == ["hub"]
