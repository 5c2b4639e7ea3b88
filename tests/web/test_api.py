"""The JSON of the board: the same picture, honest about what is not known."""

from __future__ import annotations

from types import SimpleNamespace

from monitor.projector import Projector
from tests.web.pictures import region


async def ask(site, path):
    response = await site.client.get(path)
    return response, await response.json()


async def test_chains_come_in_catalogue_order_with_state_cause_owner_and_hops(board):
    site = await board()
    response, body = await ask(site, "/api/v1/chains")
    assert [chain["id"] for chain in body["chains"]] == list(site.projector.catalogue.chains)
    assert response.headers["API-Version"] == "1.0.0"
    one = next(chain for chain in body["chains"] if chain["id"] == "zaak-zwd")
    assert (one["state"], one["causes"], one["owners"]) == (
        "down",
        ["zwd-wan-1", "zwd-wan-2"],
        ["glas", "kabel"],
    )
    assert one["users_affected"] == {"certain": 140, "possible": 140}
    assert {"title": "wan", "state": "down", "up": 0, "total": 2}.items() <= one["hops"][3].items()


async def test_a_list_can_be_narrowed_to_one_state(board):
    site = await board()
    _, body = await ask(site, "/api/v1/chains?state=unknown")
    assert [chain["id"] for chain in body["chains"]] == ["zaak-sld"]
    _, body = await ask(site, "/api/v1/components?state=down")
    assert [part["id"] for part in body["components"]] == ["ptd-acc-1", "zwd-wan-1", "zwd-wan-2"]


async def test_what_was_never_told_is_unknown_with_the_reason_or_not_measured(board):
    site = await board(projector=Projector(region()))
    _, chain = await ask(site, "/api/v1/chains/zaak-ddt")
    assert (chain["state"], chain["since"], chain["reason"]) == (
        "unknown",
        None,
        "nog geen metingen",
    )
    _, part = await ask(site, "/api/v1/components/ddt-acc-1")
    assert (part["state"], part["measured"]) == ("unknown", True)
    _, part = await ask(site, "/api/v1/components/app-zaak")
    assert part["measured"] is False


async def test_a_component_tells_through_which_chains_it_is_felt(board):
    _, part = await ask(await board(), "/api/v1/components/zwd-wan-1")
    assert part["chains"] == ["zaak-zwd", "tel-zwd"]


async def test_incidents_carry_every_field(board):
    _, body = await ask(await board(), "/api/v1/incidents?status=open")
    assert [one["id"] for one in body["incidents"]] == ["INC-1042", "INC-1043"]
    assert body["incidents"][0]["closed"] is None


async def test_the_status_carries_digest_and_watermark_of_its_source(board):
    source = SimpleNamespace(status=lambda: {"digest": "d", "watermark": "w"})
    _, body = await ask(await board(status=source), "/api/v1/status")
    assert (body["digest"], body["watermark"], body["ready"]) == ("d", "w", True)
    assert body["clocks"]["silent"] == 0


async def test_ready_is_503_with_the_reason_until_the_picture_is_complete(board):
    site = await board(ready=lambda: "still reading the log")
    response, body = await ask(site, "/health/ready")
    assert (response.status, body["reason"]) == (503, "still reading the log")
    assert (await site.client.get("/health/live")).status == 200


async def test_what_is_not_there_is_a_problem_in_json(board):
    response, body = await ask(await board(), "/api/v1/chains/none")
    assert (response.status, response.content_type) == (404, "application/problem+json")
    assert "/api/v1/chains" in body["detail"]
