"""The script is legal, heals what it breaks, and what it promises is what the topology says."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from events.clock import ManualClock
from monitor.demo.lan import POLLER_LINK, region
from monitor.demo.player import Player
from monitor.demo.script import ROUND_S, SCENES, steps
from monitor.demo.world import World
from topology.evaluate import evaluate

if TYPE_CHECKING:
    from monitor.demo.command import Command
    from monitor.demo.script import Announcement, Scene
    from topology.model import Catalogue

QUIET_S = 20
"""Between a repair and the next fault: the board is green again and incidents are closed."""


def test_every_scene_heals_well_before_the_next_begins_and_the_last_before_the_round_ends() -> None:
    begins = [*(scene.at_s for scene in SCENES), ROUND_S]
    assert begins == sorted(begins)
    for scene, (_, following) in zip(SCENES, pairwise(begins), strict=True):
        assert max(after for after, _ in scene.actions) <= scene.repaired_s
        assert scene.at_s + scene.repaired_s + QUIET_S <= following
    assert max(later - earlier for earlier, later in pairwise(begins)) <= 75


def test_the_first_fault_gives_a_visitor_time_to_see_the_board_green() -> None:
    assert SCENES[0].at_s >= 15


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.key)
def test_every_action_is_legal_and_undone_by_the_end_of_its_scene(scene: Scene) -> None:
    world = World(region())
    for _, action in scene.actions[:-1]:
        world.apply(action)
        assert scene.key == "flapping" or world.broken()
    assert world.apply(scene.actions[-1][1])
    assert not world.broken()


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.key)
def test_what_a_scene_promises_follows_from_its_causes(scene: Scene, catalogue: Catalogue) -> None:
    promised = scene.expected
    states = dict.fromkeys(promised.causes, "down")
    if POLLER_LINK in promised.causes:
        states = {one.id: "unknown" for one in catalogue.components.values() if one.probe}
    chains = evaluate(catalogue, states)["chains"]
    hurt = {id_: found["state"] for id_, found in chains.items() if found["state"] != "up"}
    assert set(hurt) == set(promised.chains)
    assert set(hurt.values()) == {promised.worst}


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.key)
def test_the_owners_are_the_suppliers_of_the_causes(scene: Scene, catalogue: Catalogue) -> None:
    every = {**catalogue.components, **catalogue.links, **catalogue.shared_risks}
    owners = [every[cause].supplier for cause in scene.expected.causes if cause in every]
    assert tuple(owners) == scene.expected.owners


def test_every_scene_is_told_in_two_languages() -> None:
    assert len({scene.key for scene in SCENES}) == len(SCENES) >= 7
    for scene in SCENES:
        told = (scene.title_nl, scene.title_en, scene.text_nl, scene.text_en)
        assert len(set(told)) == 4
        assert all(told)


class Stage:
    """Keeps what the player does, and when."""

    def __init__(self) -> None:
        self.clock = ManualClock(datetime(2026, 6, 9, 7, tzinfo=UTC))
        self.sent: list[tuple[float, Command]] = []
        self.said: list[tuple[float, Announcement]] = []
        self.player = Player(self.clock, self, self._announce)

    def send(self, commands: list[Command]) -> None:
        self.sent += [(self.clock.monotonic(), one) for one in commands]

    def _announce(self, said: Announcement) -> None:
        self.said.append((self.clock.monotonic(), said))


async def _playing(
    stage: Stage, seconds: float, *, pause: tuple[float, float] | None = None
) -> None:
    task = asyncio.ensure_future(stage.player.play())
    if pause is not None:
        await stage.clock.advance(pause[0])
        stage.player.pause()
        await stage.clock.advance(pause[1])
        stage.player.resume()
        seconds -= sum(pause)
    await stage.clock.advance(seconds)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_the_player_tells_and_does_everything_at_its_moment() -> None:
    stage = Stage()
    await _playing(stage, 90)
    first, second = SCENES[:2]
    assert [(at, said.scene, said.phase) for at, said in stage.said] == [
        (first.at_s, first.key, "fault"),
        (first.at_s + first.repaired_s, first.key, "repair"),
        (second.at_s, second.key, "fault"),
    ]
    assert {at for at, _ in stage.sent} == {20, 55, 85}


async def test_the_script_goes_round_and_every_round_is_the_same() -> None:
    stage = Stage()
    await _playing(stage, 2 * ROUND_S + 10)
    rounds = [
        [(at - n * ROUND_S, one) for at, one in stage.sent if n * ROUND_S <= at < (n + 1) * ROUND_S]
        for n in (0, 1)
    ]
    assert rounds[0] == rounds[1]
    assert len(rounds[0]) > 100


async def test_a_paused_script_stands_still_and_goes_on_where_it_was() -> None:
    stage = Stage()
    await _playing(stage, 160, pause=(30, 60))
    assert [at for at, _ in stage.said] == [20, 55 + 60, 85 + 60]


def test_what_is_said_of_a_fault_is_said_before_it_happens() -> None:
    first = [step for step in steps() if step.at_s == SCENES[0].at_s]
    assert first[0].announcement is not None
    assert first[1].action is not None
