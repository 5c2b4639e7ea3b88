"""What comes late, twice, out of order or is corrected: the ledger gives the report of the lines."""

from __future__ import annotations

import asyncio
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.contract import STATES, State
from tests.services import ROOT
from tests.store.dying import LATE
from tests.store.late import Office, at, correction, saw

PROBED = ("core-1", "sw-1", "ap-1")
STATUS = st.sampled_from(["up", "up", "down", "down", "degraded", "unknown"])
DELAY = st.sampled_from([0, 0, 0, 2, 4, 90, 600])


@st.composite
def arrivals(draw):
    """Half an hour of observations, each with the second in which it arrives; sorted by that."""
    seen, arriving = [], []
    for number in range(draw(st.integers(2, 12))):
        when = draw(st.integers(0, 60)) * 30
        subject, kind = draw(
            st.sampled_from(
                [*((one, "reach") for one in PROBED), ("zaak", "recorded"), ("core-1", "recorded")]
            )
        )
        one = saw(f"o-{number}", subject, draw(STATUS), when, kind)
        seen.append((when, one))
        arriving.append((when + draw(DELAY), one))
        if draw(st.booleans()) and draw(st.booleans()):
            arriving.append((when + draw(DELAY), one))
    for number in range(draw(st.integers(0, 3))):
        _, wrong = draw(st.sampled_from(seen))
        when = draw(st.integers(0, 2400))
        moved = draw(st.none() | st.integers(0, min(60, when // 30)).map(lambda n: n * 30))
        status = draw(st.none() | STATUS)
        arriving.append((when, correction(f"k-{number}", wrong.id, status, moved, when)))
    return sorted(arriving, key=lambda one: (one[0], one[1].id))


def run(story):
    """Run a story on an office of its own."""

    async def told():
        directory = Path(tempfile.mkdtemp())
        office = Office(directory)
        try:
            return await story(office)
        finally:
            await office.close()
            shutil.rmtree(directory, ignore_errors=True)

    return asyncio.run(told())


def assert_same(there, here):
    assert there["chains"] == here["chains"] or there["chains"]["zaak-balie"] == {
        **here["chains"]["zaak-balie"],
        "revision": None,
    }
    assert there["digest"] == here["digest"]


@settings(max_examples=25, deadline=None)
@given(arrivals())
def test_the_ledger_gives_the_report_of_the_lines_whenever_they_came(arriving):
    async def story(office):
        await office.start()
        await office.arrive(arriving)
        await office.over()
        return await office.reports()

    assert_same(*run(story))


def test_an_outage_of_twenty_minutes_ago_counts():
    async def story(office):
        await office.start()
        await office.arrive([(n * 700, saw(f"o-0{n}", "zaak", "up", n * 700)) for n in range(1, 3)])
        await office.arrive([(1500, saw("o-4", "zaak", "up", 1500))])
        await office.arrive(
            [(1501, saw("o-2", "zaak", "down", 300)), (1501, saw("o-3", "zaak", "up", 500))]
        )
        await office.over()
        assert office.engine.counts.rebuilds
        told = [one for one in await office.read(STATES) if isinstance(one, State)]
        return await office.reports(), [one for one in told if one.data.rewrites]

    (there, here), taken_back = run(story)
    assert there["chains"]["zaak-balie"]["down"] == 200
    assert_same(there, here)
    assert taken_back


@pytest.mark.slow
@pytest.mark.parametrize("step", ["before", "half", "after"])
def test_an_engine_killed_between_folding_again_and_saying_it_says_it_once_after_the_restart(
    tmp_path, step
):
    dying = subprocess.run(
        [sys.executable, "-m", "tests.store.dying", str(tmp_path), step],
        cwd=ROOT,
        check=False,
        capture_output=True,
        timeout=60,
    )
    assert dying.returncode == -signal.SIGKILL, dying.stderr[-2000:]

    async def go_on():
        office = Office(tmp_path)
        await office.clock.jump(at(1700))
        await office.say(*(event for _, event in LATE))  # whoever got no answer says it again
        taken_back = []
        for _ in range(2):
            await office.start()
            await office.stop()
            said = [one for one in await office.read(STATES) if isinstance(one, State)]
            taken_back.append([one.id for one in said if one.data.rewrites])
        await office.start()
        await office.over()
        reports = await office.reports()
        await office.close()
        return reports, taken_back

    (there, here), (once, twice) = asyncio.run(go_on())
    assert there["chains"]["zaak-balie"]["down"] == 230
    assert_same(there, here)
    assert once
    assert once == twice
