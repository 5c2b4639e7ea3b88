"""The pages as plain HTML: what they say without a script, in two languages, and what they never load."""

from __future__ import annotations

import re
from datetime import timedelta
from importlib.resources import files

import pytest

from monitor.projector import Projector
from monitor.web.guard import HEADERS
from monitor.web.options import Notice
from monitor.web.wall import tile_columns, tile_lines
from tests.web.document import Document
from tests.web.pictures import NOW, cause, region, state

PAGES = ("/", "/?wall", "/?all=1", "/?q=zwijn", "/?q=nergens", "/incidents", "/chains/none", "/?lang=en",
         "/chains/zaak-zwd", "/chains/zaak-ddt", "/chains/zaak-sld?lang=en")  # fmt: skip


async def page(site, path, **headers):
    response = await site.client.get(path, headers=headers)
    return response, Document(await response.text())


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_is_well_formed_safe_and_loads_nothing_from_elsewhere(board, path):
    response, document = await page(await board(21), path)
    assert {name: response.headers[name] for name in HEADERS} == HEADERS
    assert "'unsafe" not in response.headers["Content-Security-Policy"]
    loads = [
        a.get("src") or a.get("href") for t, a in document.tags if t in {"script", "link", "img"}
    ]
    assert all(load.startswith("/static/") for load in loads)
    assert not any("style" in a or any(n.startswith("on") for n in a) for _, a in document.tags)
    assert document.all("html")[0]["lang"] in {"nl", "en"}
    assert len(document.all("main")) == len(document.all("h1")) == 1
    assert document.all("a")[0] == {"class": "skip", "href": "#main"}


@pytest.mark.parametrize("path", PAGES)
async def test_every_shape_has_a_word_and_every_field_a_label(board, path):
    _, document = await page(await board(21), path)
    labels = {a["for"] for a in document.all("label")}
    assert {a["id"] for a in document.all("input")} <= labels
    svgs = document.all("svg")
    assert all(a["aria-hidden"] == "true" for a in svgs)


async def test_the_board_says_without_a_script_what_is_wrong_since_when_and_whose_it_is(board):
    _, document = await page(await board(), "/")
    assert "2 storing 1 verminderd 1 onbekend 1 onderhoud 9 beschikbaar" in document.text
    assert "Zaaksysteem Zwijndrecht + 1 keten Storing sinds 03:02:10 ( 43 min )" in document.text
    assert "WAN-lijn 1 Zwijndrecht +1 · Glaspartner, Kabelpartner" in document.text
    assert "metingen compleet t/m 03:45:02" in document.text
    assert "Laatste gebeurtenis 4 min geleden" in document.text


async def test_chains_stand_in_catalogue_order_whatever_their_state(board):
    site = await board()
    _, document = await page(site, "/")
    rows = [id_[2:] for id_ in document.ids if id_.startswith("c-")]
    assert rows == list(site.projector.catalogue.chains)


async def test_each_chain_is_one_stop_of_the_tab_key(board):
    site = await board(troubled=False)
    _, document = await page(site, "/")
    links = [a["href"] for a in document.all("a") if a["href"].startswith("/chains/")]
    assert links == [f"/chains/{chain}" for chain in site.projector.catalogue.chains]


async def test_before_anything_is_known_no_page_calls_a_chain_available(board):
    site = await board(projector=Projector(region()))
    _, document = await page(site, "/")
    assert "14 onbekend 0 onderhoud 0 beschikbaar" in document.text
    assert "Nog geen metingen: van geen enkele keten is bekend of zij werkt." in document.text
    assert document.text.count("Beschikbaar") == 0
    _, document = await page(site, "/chains/zaak-ddt")
    assert "niemand weet of zij werkt" in document.text
    assert "Beschikbaar" not in document.text


async def test_all_well_is_said_with_its_moment_and_is_not_an_empty_screen(board):
    _, document = await page(await board(troubled=False), "/")
    assert "Alle 14 ketens beschikbaar sinds 21 nov 00:45" in document.text


async def test_more_than_fourteen_chains_fold_the_healthy_ones_and_all_of_them_stay_findable(board):
    site = await board(21)
    _, folded = await page(site, "/")
    assert "12 ketens beschikbaar" in folded.text
    assert len([i for i in folded.ids if i.startswith("c-")]) == 21
    _, whole = await page(site, "/?all=1")
    assert len([a for a in whole.all("li") if "row" in a.get("class", "")]) == 21
    _, found = await page(site, "/?q=alblasser")
    assert {i[-3:] for i in found.ids if i.startswith("c-")} == {"abd"}


async def test_a_search_without_hits_shows_what_was_asked_and_a_way_back(board):
    _, document = await page(await board(), "/?q=<script>")
    assert "Geen keten met “<script>”" in document.text
    assert len(document.all("script")) == 1
    assert {"href": "/"} in document.all("a")


async def test_an_empty_catalogue_says_what_to_do(board):
    site = await board(projector=Projector(region(0)))
    _, document = await page(site, "/")
    assert "Nog geen ketens. Maak er een met keten init" in document.text


async def test_the_page_of_a_chain_gives_cause_certainty_owner_effect_and_every_hop(board):
    _, document = await page(await board(), "/chains/zaak-zwd")
    said = document.text
    assert (
        "WAN-lijn 1 Zwijndrecht (Gemeentehuis Zwijndrecht) werkt niet sinds 03:02:10 (43 min)."
        in said
    )
    assert "Hoe zeker: beide lijnen vielen binnen 2 s uit" in said
    assert "Aan zet: Glaspartner, Kabelpartner." in said
    assert "Gevolg: 140 van 140 gebruikers kunnen niet werken." in said
    assert {"class": "act", "href": "tel:+31780000002"} in document.all("a")
    steps = ["Wi-Fi", "Access", "Distributie", "WAN", "Datacentrum", "Diensten", "Applicatie"]
    assert re.sub(r".*Van gebruiker", "", said).find(steps[0]) < said.find(steps[-1])
    assert all(step in said for step in steps)


async def test_every_cause_tells_whom_it_hurts_whether_or_not_it_was_explained(board):
    _, document = await page(await board(), "/chains/zaak-zwd")
    because = re.sub(r".*Waardoor(.*?)Open incidenten.*", r"\1", document.text, flags=re.DOTALL)
    assert "minder waarschijnlijk, verschil 600" in because
    assert "5 niet te meten: Distributieswitch 1 Zwijndrecht" in because
    assert because.count("140 kunnen niet werken.") == 2


async def test_a_chain_that_we_are_too_blind_to_judge_says_that_our_own_measuring_failed(board):
    picture = Projector(region())
    since = NOW - timedelta(seconds=20)
    blind = next(iter(region().links))
    picture.apply(cause(blind, "niets antwoordt", since=since, monitoring_fault=True, cost=900))
    picture.apply(state("zaak-ddt", "unknown", NOW, of="chain", causes=[blind]))
    _, document = await page(await board(projector=picture), "/chains/zaak-ddt")
    assert "Onze eigen meting ligt stil sinds 03:44:50 (20 s)" in document.text
    assert "onze meting ligt stil sinds 03:44:50" in document.text


async def test_what_stands_behind_a_failure_is_not_measurable_and_not_red(board):
    _, document = await page(await board(), "/chains/zaak-ptd")
    ap = next(a for a in document.all("li") if a.get("id") == "p-ptd-ap-2")
    assert "is-unknown" in ap["class"]
    assert "Niet te meten sinds 03:38:10" in document.text


async def test_a_runbook_that_is_no_web_address_is_never_a_link(board):
    site = await board()
    object.__setattr__(
        site.projector.catalogue.components["zwd-wan-1"], "runbook", "javascript:alert(1)"
    )
    _, document = await page(site, "/chains/zaak-zwd")
    assert not any(a["href"].startswith("javascript") for a in document.all("a"))


async def test_incidents_open_ones_first_with_who_has_it(board):
    _, document = await page(await board(), "/incidents")
    rows = [id_ for id_ in document.ids if id_.startswith("i-")]
    assert rows == ["i-INC-1042", "i-INC-1043", "i-INC-1039"]
    assert "j.jansen" in document.text
    assert "nog niet bevestigd" in document.text


async def test_a_page_that_is_not_there_offers_a_search(board):
    response, document = await page(await board(), "/chains/zaak-oud")
    assert response.status == 404
    assert document.all("input")[0]["value"] == "zaak-oud"


async def test_our_own_failure_gives_a_number_to_quote_and_no_stack_trace(board):
    site = await board()
    object.__setattr__(site.projector, "hops", None)  # breaks every page of a chain
    response, document = await page(site, "/chains/zaak-zwd")
    assert response.status == 500
    assert re.search(r"dit nummer: [0-9a-f]{8}", document.text)
    assert "Traceback" not in document.text


async def test_the_language_is_asked_kept_and_otherwise_the_browsers(board):
    site = await board()
    _, document = await page(site, "/", **{"Accept-Language": "en-GB,nl;q=0.5"})
    assert document.all("html")[0]["lang"] == "en"
    assert "2 down 1 degraded 1 unknown 1 maintenance 9 available" in document.text
    await page(site, "/?lang=en")
    _, document = await page(site, "/")
    assert document.all("html")[0]["lang"] == "en"


async def test_the_wall_is_dark_unless_a_lit_office_asks_for_light(board):
    site = await board()
    assert (await page(site, "/?wall"))[1].all("html")[0]["data-theme"] == "dark"
    assert (await page(site, "/?wall&theme=light"))[1].all("html")[0]["data-theme"] == "light"


async def test_an_announcement_of_the_demo_is_shown_in_the_language_of_the_reader(board):
    site = await board()
    site.notices.announce(Notice(time=NOW, title_nl="Een lijn valt uit", title_en="A line fails"))
    assert "Een lijn valt uit." in (await page(site, "/"))[1].text
    assert "A line fails." in (await page(site, "/?lang=en"))[1].text


async def test_a_chain_that_lost_its_reserve_is_available_and_says_so(board):
    site = await board(troubled=False)
    site.projector.apply(state("mail-ddt", "up", of="chain", redundancy_lost=True))
    assert "E-mail Dordrecht Beschikbaar reserve kwijt" in (await page(site, "/"))[1].text
    assert "beschikbaar , reserve kwijt" in (await page(site, "/chains/mail-ddt"))[1].text


async def test_the_page_of_a_chain_tells_what_it_can_still_lose(board):
    site = await board(troubled=False, kappa=lambda _chain: 1)
    assert "Geen reserve: één verdere storing" in (await page(site, "/chains/mail-ddt"))[1].text


async def test_a_change_is_on_the_next_page_at_once(board):
    site = await board()
    assert "9 beschikbaar" in (await page(site, "/"))[1].text
    site.projector.apply(state("mail-ddt", "down", NOW, of="chain"))
    assert "3 storing" in (await page(site, "/"))[1].text


@pytest.mark.parametrize(("host", "status"), [
    ("127.0.0.1:8470", 200), ("localhost", 200), ("[::1]:8470", 200), ("board.example", 200),
    ("evil.example", 421), ("127.0.0.1.evil.example", 421), ("localhost.evil.example:80", 421),
    ("10.0.0.1", 421),
])  # fmt: skip
async def test_a_foreign_name_in_the_host_header_is_refused(board, host, status):
    site = await board(hosts=frozenset({"board.example"}))
    response = await site.client.get("/health/live", headers={"Host": host})
    assert response.status == status


async def test_static_files_have_the_hash_of_their_content_in_their_name_and_are_kept_for_ever(
    board,
):
    site = await board()
    _, document = await page(site, "/")
    for path in [a["href"] for a in document.all("link")] + [
        a["src"] for a in document.all("script")
    ]:
        response = await site.client.get(path)
        assert response.status == 200
        assert "immutable" in response.headers["Cache-Control"]
        assert re.search(r"\.[0-9a-f]{12}\.(css|js|svg)$", path)


async def test_the_whole_board_is_small_on_the_wire(board):
    site = await board(21)
    _, document = await page(site, "/")
    paths = [
        "/",
        *(a["href"] for a in document.all("link")),
        *(a["src"] for a in document.all("script")),
    ]
    sizes = [
        int((await site.client.get(path)).headers.get("Content-Length", 0)) for path in paths[1:]
    ]
    assert sum(sizes) < 14_000


def test_no_file_of_the_board_loads_from_another_origin():
    for folder in ("static", "templates"):
        for file in (files("monitor.web") / folder).iterdir():
            loads = re.findall(
                r"""(?:src|href|url|import|fetch)\W{1,3}["']?(https?:)?//""",
                file.read_text("utf-8"),
            )
            assert loads == [], file.name


def test_nothing_moves_on_the_board():
    css = (files("monitor.web") / "static" / "board.css").read_text("utf-8")
    assert not re.search(
        r"\b(animation|transition|@keyframes)\b", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    )


@pytest.mark.parametrize(("tiles", "rows"), [(0, 0), (1, 6), (15, 6), (21, 0), (24, 6), (64, 0)])
def test_small_chains_fit_the_wall_below_its_rows(tiles, rows):
    columns = tile_columns(tiles, rows)
    assert 3 <= columns <= 8
    assert -(-tiles // columns) <= tile_lines(rows)


async def test_a_part_that_keeps_failing_and_coming_back_is_told_as_that_also_while_it_works(board):
    site = await board()
    for n in range(6):
        word = "up" if n % 2 else "down"
        site.projector.apply(state("l-ddt-dist-1-ddt-wan-1", word, NOW - timedelta(minutes=10 - n)))
    _, document = await page(site, "/chains/zaak-ddt")
    name = "Distributieswitch 1 Dordrecht ↔ WAN-lijn 1 Dordrecht"
    assert (
        f"{name} valt steeds uit en komt terug: 6 omslagen in de laatste 30 min." in document.text
    )
    assert f"{name} wisselt" in document.text
    _, english = await page(site, "/chains/zaak-ddt?lang=en")
    assert "keeps failing and coming back: 6 turns in the last 30 min." in english.text
    _, other = await page(site, "/chains/zaak-ptd")
    assert "komt terug" not in other.text
