"""Reasons for people: what probes and engine write is said in the reader's language, with names for ids."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.language import language
from monitor.reasons import RULES, Reasons
from monitor.web.views import part_name
from probes.snmp.ports import combine, port_status
from tests.web.document import Document
from tests.web.pictures import NOW, cause, region, state
from topology.live.component import NEVER
from topology.live.rootcause import Port, explain_blind, explain_component, words_for

NL, EN = language("nl"), language("en")
REASONS = Reasons(partial(part_name, region(1)))
ENGLISH = {"without", "answer", "down", "no", "ports", "port", "the", "device", "it", "may"}
DUTCH = {"geen", "niet", "poort", "achter", "verbinding", "kan", "zijn", "het"}


def said(reason, words=NL):
    return REASONS.say(reason, words, NOW)


def ports():
    """Every reason of a port, and of links of one and of two ports."""
    every = [port_status(a, o) for a, o in product((1, 2, None), (1, 2, 3, 4, 5, 6, 7, 9, None))]
    bad = [("Gi0/0/1", *one) for one in every if one[0] != "up"]
    for one in bad:
        yield combine([one])[1]
        yield combine([one, ("Gi0/0/2", "up", "")])[1]
        yield combine([one, bad[0]])[1]


def certainties():
    """Every way in which the engine says how sure it is."""
    links = ("l-zwd-ap-1-zwd-acc-2", "l-zwd-ap-2-zwd-acc-1")
    for first, second, told in product(("up", "down", None), ("up", "down", None), (True, False)):
        edges = [Port(links[0], first), Port(links[1], second)]
        for cost, some in product((1200, 9000), (edges, edges[:1])):
            yield explain_component("zwd-acc-1", cost, some, said_down=told)
    yield explain_blind("l-zwd-dist-1-zwd-wan-1", 1200)


def searched():
    """The same where the exact search was asked."""
    for others, shared, denied in product(
        ([], [("zwd-acc-1", "zwd-acc-2")], [("zwd-acc-1",), ("zwd-acc-2",)]),
        (True, False),
        ((), ("zwd-wan-1",)),
    ):
        said = words_for(("zwd-wan-1",), others, shared=shared, denied=denied)
        if said:
            yield said


WRITTEN = sorted(
    {
        *ports(),
        *(one.certainty for one in certainties()),
        *searched(),
        *(NEVER, "wordt nagekeken", "niet te meten: achter zwd-acc-1, zwd-acc-2"),
        "timeout: 2 x 0.5 s without an answer",
        "trap linkDown of Gi0/0/1",
        "trap linkUp of 7",
        "geen meting sinds 2026-11-23T02:40:00Z",
        "antwoordt zelf niet, wat erachter staat wel",
        "werkt niet vanaf elk meetpunt",
    }
)


@pytest.mark.parametrize("reason", WRITTEN)
def test_a_reason_is_said_in_one_language_and_without_ids(reason):
    dutch, english = said(reason).casefold(), said(reason, EN).casefold()
    assert dutch != english
    for id_ in ("zwd-acc", "zwd-ap", "zwd-wan", "ifoper", "ifadmin"):
        assert id_ not in dutch + english
    assert not ENGLISH & set(dutch.split())
    assert not DUTCH & set(english.split())


def test_what_a_device_did_not_answer_is_told_with_a_comma_in_dutch_and_a_point_in_english():
    reason = "timeout: 2 x 0.5 s without an answer"
    assert said(reason) == "geen antwoord in 2 keer 0,5 s"
    assert said(reason, EN) == "no answer in 2 times 0.5 s"


def test_a_link_of_several_ports_tells_of_each_of_them():
    reason = "1 of 3 ports up (Te1/1: ifOperStatus down; Te1/2: ifAdminStatus down)"
    assert said(reason) == (
        "1 van 3 poorten werken (poort Te1/1 heeft geen verbinding; poort Te1/2 is uitgezet)"
    )


def test_ids_become_names_and_of_a_long_list_the_rest_is_counted():
    assert said("niet te meten: achter zwd-acc-1") == "achter Verdiepingsswitch 1 Zwijndrecht"
    many = ", ".join(f"{place}-acc-1" for place in ("zwd", "ptd", "ddt", "sld", "hgd"))
    assert said(f"niet te meten: achter {many}", EN) == (
        "behind Verdiepingsswitch 1 Zwijndrecht, Verdiepingsswitch 1 Papendrecht,"
        " Verdiepingsswitch 1 Dordrecht and 2 more"
    )


def test_a_moment_is_told_by_the_clock_on_the_wall():
    stamp = (NOW - timedelta(minutes=5)).isoformat()
    assert said(f"geen meting sinds {stamp}") == "geen meting sinds 03:40:10"
    assert said("geen meting sinds gisteren") == "geen meting sinds gisteren"


@given(st.text(max_size=60))
def test_what_nobody_knows_is_said_as_it_stands(reason):
    known = any(
        pattern.fullmatch(part) for pattern, _ in RULES for part in (reason, *reason.split("; "))
    )
    assert known or said(reason) == reason


async def test_the_page_of_a_chain_tells_reasons_in_the_language_of_the_reader(board):
    site = await board()
    down = state("zwd-wan-1", "down", reason="Gi0/0/1: ifOperStatus down")
    site.projector.apply(down)
    site.projector.apply(cause("zwd-wan-1", "geen signaal op l-zwd-dist-1-zwd-wan-1"))
    for code, port, sure in (
        ("nl", "poort Gi0/0/1 heeft geen verbinding", "Hoe zeker: geen signaal op Distributie"),
        ("en", "port Gi0/0/1 has no link", "How sure: no signal on Distributie"),
    ):
        answer = await site.client.get(f"/chains/zaak-zwd?lang={code}")
        text = Document(await answer.text()).text
        assert port in text
        assert sure in text


async def test_machines_get_the_reason_as_it_was_written(board):
    site = await board()
    site.projector.apply(state("zwd-wan-1", "down", reason="Gi0/0/1: ifOperStatus down"))
    answer = await site.client.get("/api/v1/components/zwd-wan-1")
    assert (await answer.json())["reason"] == "Gi0/0/1: ifOperStatus down"
