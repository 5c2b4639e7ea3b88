"""The board in a real browser, under its own security policy."""

from __future__ import annotations

import pytest
from playwright.async_api import async_playwright

from tests.screenshots import FAULTS_SEEN
from tests.web.browser import launch
from tests.web.pictures import NOW, picture, state

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
async def page(board):
    """A wall-sized page, the board behind it, and everything the console complained about."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**launch())
        view = await browser.new_page(viewport={"width": 1920, "height": 1080}, locale="nl-NL")
        view.complaints = []
        view.on("console", lambda line: line.type == "error" and view.complaints.append(line.text))
        view.on("pageerror", lambda error: view.complaints.append(str(error)))
        view.on("request", lambda one: view.requests.append(one.url))
        view.requests = []
        yield view
        await browser.close()


async def opened(page, site, path="/"):
    address = str(site.client.make_url(path))
    await page.goto(address)
    await page.wait_for_selector("#bar[data-link=live]")
    return address


async def test_a_page_loads_under_its_policy_without_a_complaint_and_from_one_origin(page, board):
    address = await opened(page, await board())
    assert page.complaints == []
    assert len(page.requests) <= 6
    assert all(url.startswith(address) for url in page.requests)


async def test_one_change_reaches_the_screen(page, board):
    site = await board()
    await opened(page, site)
    down = state("mail-ddt", "down", NOW, of="chain", reason="proef")
    site.feed.publish(site.projector.apply(down))
    site.feed.flush()
    await page.wait_for_selector("[id='c-mail-ddt'][data-state=down] .word:text-is('Storing')")
    await page.wait_for_selector(".counts .is-down b:text-is('3')")
    assert page.complaints == []


async def test_pause_keeps_the_page_as_it_is_and_says_so(page, board):
    site = await board()
    await opened(page, site)
    await page.click("#pause")
    await page.wait_for_selector("#bar[data-link=paused]")
    site.feed.publish(site.projector.apply(state("mail-ddt", "down", NOW, of="chain")))
    site.feed.flush()
    await page.wait_for_timeout(1000)
    assert await page.get_attribute("[id='c-mail-ddt']", "data-state") == "up"
    await page.click("#pause")
    await page.wait_for_selector("[id='c-mail-ddt'][data-state=down]")


async def test_a_lost_link_is_told_at_once_in_words_colour_and_title_and_moves_nothing(page, board):
    site = await board()
    await opened(page, site, "/?wall")
    before = await page.locator(".board").bounding_box()
    await site.client.close()
    await page.wait_for_selector("#bar[data-link=lost]", timeout=3000)
    assert "Geen verbinding sinds" in await page.inner_text("#alarm")
    assert (await page.title()).startswith("(!) ")
    assert await page.locator(".board").bounding_box() == before


async def test_nothing_shifts_while_the_page_comes_to_life(page, board):
    await opened(page, await board())
    shift = await page.evaluate(
        """() => new Promise((done) => {
          let sum = 0;
          new PerformanceObserver((list) => list.getEntries().forEach((one) => { sum += one.value; }))
            .observe({ type: 'layout-shift', buffered: true });
          setTimeout(() => done(sum), 300);
        })"""
    )
    assert shift <= 0.05


@pytest.mark.parametrize("path", ["/", "/chains/zaak-zwd", "/incidents", "/?wall"])
async def test_a_narrow_screen_never_scrolls_sideways(page, board, path):
    site = await board()
    await page.set_viewport_size({"width": 320, "height": 640})
    await opened(page, site, path)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("wide", [False, True], ids=["seven-hops", "eight-hops"])
@pytest.mark.parametrize("chains", [14, 21])
@pytest.mark.parametrize("code", ["nl", "en"])
async def test_the_wall_cuts_nothing_off_in_either_language(page, board, code, chains, wide):
    projector, _ = picture(chains, wide=wide)
    await opened(page, await board(chains, projector=projector), f"/?wall&lang={code}")
    assert await page.evaluate(FAULTS_SEEN) == []


async def test_a_text_that_does_not_fit_its_hop_is_seen(page, board):
    await opened(page, await board(), "/?wall")
    await page.evaluate(
        "document.querySelector('.hop.is-unknown .word').textContent = 'Niet te meten sinds gisteren'"
    )
    assert any("Niet te meten" in one for one in await page.evaluate(FAULTS_SEEN))


async def test_the_worst_chain_is_reached_with_the_keyboard_alone(page, board):
    await opened(page, await board())
    for _ in range(25):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.closest('.now') !== null"):
            break
    await page.keyboard.press("Enter")
    await page.wait_for_selector("h1:has-text('Zaaksysteem Zwijndrecht: storing')")
