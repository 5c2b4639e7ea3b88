"""Pictures of the pages for the documentation and for a person to look at: `make screenshots`.

Looks for what a picture shows and a number can tell as well: scroll bars on the wall, text cut off, a page
that is wider than the screen, errors on the console.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import NamedTuple

from aiohttp import web
from playwright.async_api import async_playwright

from monitor.web.live import Feed
from monitor.web.options import Notice, Notices, Options
from monitor.web.routes import build
from tests.png import slim
from tests.web.browser import launch
from tests.web.pictures import NOW, picture

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"


class Shot(NamedTuple):
    name: str
    path: str
    width: int
    height: int
    chains: int = 14
    troubled: bool = True
    notice: bool = False
    dead: bool = False
    whole: bool = False
    wide: bool = False


SHOTS = (
    Shot("wall-dark", "/?wall&theme=dark", 1920, 1080),
    Shot("wall-light", "/?wall&theme=light", 1920, 1080),
    Shot("wall-21-chains", "/?wall&theme=dark", 1920, 1080, chains=21, notice=True),
    Shot("wall-english", "/?wall&theme=dark&lang=en", 1920, 1080),
    Shot("wall-english-wide", "/?wall&theme=light&lang=en", 1920, 1080, chains=21, wide=True),
    Shot("wall-calm", "/?wall&theme=dark", 1920, 1080, chains=21, troubled=False),
    Shot("wall-offline", "/?wall&theme=dark", 1920, 1080, dead=True),
    Shot("board-dark", "/?theme=dark", 1920, 1080, whole=True),
    Shot("board-1280-light", "/?theme=light", 1280, 800, chains=21, whole=True),
    Shot("chain-dark", "/chains/zaak-zwd?theme=dark", 1920, 1080, whole=True),
    Shot("incidents-light", "/incidents?theme=light", 1280, 800, whole=True),
    Shot("board-phone-light", "/?theme=light", 390, 844, whole=True),
    Shot("board-phone-dark", "/?theme=dark&lang=en", 390, 844, chains=21, whole=True),
    Shot("chain-phone-light", "/chains/zaak-ptd?theme=light", 390, 844, whole=True),
    Shot("wall-phone", "/?wall&theme=dark&lang=en", 390, 844, whole=True),
    Shot("incidents-phone", "/incidents?theme=dark", 390, 844, whole=True),
    Shot("board-320", "/?theme=light", 320, 640, whole=True),
)

FAULTS_SEEN = """() => {
  const found = [];
  const root = document.documentElement;
  const wide = root.scrollWidth - root.clientWidth;
  if (wide > 0) found.push(`page ${wide} px too wide`);
  const wall = document.body.classList.contains('wall') && innerWidth > 960;
  if (wall && root.scrollHeight > root.clientHeight) found.push('the wall scrolls');
  // Owners may be shortened sideways: the strip and the page of the chain tell them whole.
  const longer = [...document.querySelectorAll('.row .owner')];
  for (const one of longer) one.hidden = true;
  const name = (one) => `${one.className} ${one.textContent.trim().replace(/\\s+/g, ' ').slice(0, 50)}`;
  for (const one of document.querySelectorAll('a, p, b, span, h1, h2, h3, time, dd, button, .row, .tile')) {
    if (one.closest('.unseen, .skip') || getComputedStyle(one).display === 'inline') continue;
    const wide = one.clientWidth && one.scrollWidth > one.clientWidth + 1;
    if (wide && !one.matches('.hop .supplier')) found.push(`cut off: ${name(one)}`);
    const high = one.scrollHeight - one.clientHeight;
    if (one.matches('.row, .tile') && high > 1) found.push(`${high} px too high: ${name(one)}`);
  }
  const around = (one, frame) => one.closest(frame).getBoundingClientRect();
  for (const one of document.querySelectorAll('.hop .note > *, .row .state > *, .row .name > a, .tile > *')) {
    const box = one.getBoundingClientRect();
    if (!box.width || one.closest('.unseen')) continue;
    const room = around(one, '.hop, .state, .row, .tile');
    const row = around(one, '.row, .tile');
    const across = Math.max(room.left - box.left, box.right - room.right);
    const out = Math.round(Math.max(across, row.top - box.top, box.bottom - row.bottom));
    if (out > 1) found.push(`${out} px outside its place: ${name(one)}`);
  }
  for (const one of longer) one.hidden = false;
  return found;
}"""


async def serve(shot):
    """Serve the picture of a shot on a free port of loopback."""
    projector, clock = picture(shot.chains, troubled=shot.troubled, wide=shot.wide)
    feed = Feed(clock, epoch="shot")
    notices = Notices(feed) if shot.notice else None
    if notices:
        notices.announce(
            Notice(
                time=NOW,
                title_nl="Beide WAN-lijnen van Zwijndrecht vallen uit",
                title_en="Both WAN lines of Zwijndrecht fail",
                text_nl="Twee ketens vallen stil; één oorzaak, van de lijnenleverancier.",
                text_en="Two chains stop; one cause, owned by the supplier of the lines.",
            )
        )
    options = Options(clock=clock, environment="voorbeeld", version="0.1", notices=notices)
    runner = web.AppRunner(build(projector, feed, options))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    return runner, runner.addresses[0][1]


async def take(browser, shot):
    """Take one picture; return what is wrong with it."""
    runner, port = await serve(shot)
    size = {"width": shot.width, "height": shot.height}
    page = await browser.new_page(viewport=size, locale="nl-NL")
    complaints = []
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(f"http://127.0.0.1:{port}{shot.path}")
    await page.wait_for_selector("#bar[data-link=live]")
    if shot.dead:
        await runner.cleanup()
        await page.wait_for_selector("#bar[data-link=lost]")
        complaints.clear()
    complaints += dict.fromkeys(await page.evaluate(FAULTS_SEEN))
    taken = await page.screenshot(full_page=shot.whole)
    (PICTURES / f"{shot.name}.png").write_bytes(slim(taken))
    await page.close()
    await runner.cleanup()
    return complaints


async def main(wanted):
    PICTURES.mkdir(parents=True, exist_ok=True)
    wrong = 0
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**launch())
        for shot in SHOTS:
            if not wanted or shot.name in wanted:
                complaints = await take(browser, shot)
                wrong += len(complaints)
                print(shot.name, *complaints, sep="\n  ")
        await browser.close()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
