"""The engine names, for every scene of the script, the cause that the script promises."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from events import ids
from events.contract import Notification, Observation, ObservationData, RootCause, State
from events.span import moment
from monitor.demo.lan import POLLER, POLLER_LINK, region
from monitor.demo.script import SCENES
from monitor.demo.world import World
from monitor.fold import Fold

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.demo.command import Command
    from monitor.demo.script import Scene
    from topology.model import Catalogue

START = moment(1_780_000_000)
CYCLE_S = 5
LOOKS_AGAIN_AFTER_S = 1.5
"""A failure has everything around it looked at once more: here simply everything."""


class Watch:
    """A poller without a network: it looks at what the agents would show."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._fold = Fold.start(catalogue)
        self._silent: set[str] = set()
        self._dark: set[tuple[str, str]] = set()
        self.causes: dict[str, RootCause] = {}
        self.chains: dict[str, State] = {}
        self.named: set[str] = set()
        self.notices: list[str] = []

    def obey(self, commands: list[Command]) -> None:
        for one in commands:
            if one.do in {"hush", "speak"}:
                (self._silent.add if one.do == "hush" else self._silent.discard)(one.device)
            elif one.do == "port":
                (self._dark.discard if one.up else self._dark.add)((one.device, one.port))

    def look(self, now: datetime) -> None:
        for number, device in enumerate(region().devices):
            at = now + timedelta(milliseconds=number)
            answers = device not in self._silent
            self._see(at, device, kind="reach", status="up" if answers else "down", vantage=POLLER)
        for number, wire in enumerate(region().wires.values()):
            at = now + timedelta(milliseconds=200 + number)
            for end, port in zip(wire.ends, wire.ports or (), strict=False):
                if end not in self._silent:
                    status = "down" if (end, port) in self._dark else "up"
                    self._see(at, wire.id, kind="port", status=status, seen_from=end)

    def _see(self, at: datetime, subject: str, **data: str) -> None:
        seen = ObservationData(**data)
        event = ids.event(Observation, source="probe/p1", subject=subject, time=at, data=seen)
        self._keep(self._fold.step(event))

    def _keep(self, events: list) -> None:
        for event in events:
            if isinstance(event, RootCause):
                if event.data.status == "open":
                    self.causes[event.subject] = event
                    self.named.add(event.subject)
                else:
                    self.causes.pop(event.subject, None)
            elif isinstance(event, Notification) and event.data.decision == "send":
                self.notices.append(event.data.action)
            elif isinstance(event, State) and event.data.of == "chain":
                self.chains[event.subject] = event


def _play(scene: Scene, watch: Watch, *, until_s: float, since_s: float = 0.0) -> None:
    """Run a scene from one moment to another, looking once a cycle and once more."""
    world, actions = World(region()), list(scene.actions)
    if since_s:
        for _, action in actions:
            world.apply(action)
    at = since_s
    while at < until_s:
        while not since_s and actions and actions[0][0] <= at:
            watch.obey(world.apply(actions.pop(0)[1]))
        watch.look(START + timedelta(seconds=at))
        watch.look(START + timedelta(seconds=at + LOOKS_AGAIN_AFTER_S))
        at += CYCLE_S


CALM = -10.0
STEADY = [scene for scene in SCENES if scene.key != "flapping"]


@pytest.fixture
def watch(catalogue: Catalogue) -> Watch:
    made = Watch(catalogue)
    for at in (CALM, CALM + CYCLE_S):
        made.look(START + timedelta(seconds=at))
    assert not made.causes
    assert {one.data.state for one in made.chains.values()} == {"up"}
    return made


@pytest.mark.parametrize("scene", STEADY, ids=lambda scene: scene.key)
def test_the_board_shows_what_the_scene_promises_and_is_green_after_it(
    scene: Scene, watch: Watch
) -> None:
    repairs = max(after for after, _ in scene.actions)
    _play(scene, watch, until_s=min(30, repairs))
    promised = scene.expected
    assert set(watch.causes) == set(promised.causes)
    hurt = {id_: one.data.state for id_, one in watch.chains.items() if one.data.state != "up"}
    assert hurt == dict.fromkeys(promised.chains, promised.worst)
    blind = {id_ for id_, cause in watch.causes.items() if cause.data.monitoring_fault}
    assert blind == ({POLLER_LINK} & set(promised.causes))


STALE: set[str] = set()
"""While these heal, the engine still judges some devices by what was seen before the repair."""


@pytest.mark.parametrize(
    "scene",
    [
        pytest.param(
            scene,
            marks=[
                pytest.mark.xfail(reason="judged by evidence older than the repair", strict=False)
            ]
            * (scene.key in STALE),
            id=scene.key,
        )
        for scene in STEADY
    ],
)
def test_no_cause_but_the_promised_ones_is_ever_named(scene: Scene, watch: Watch) -> None:
    _play(scene, watch, until_s=scene.repaired_s + 15)
    assert watch.named == set(scene.expected.causes)
    assert not watch.causes
    assert {one.data.state for one in watch.chains.values()} == {"up"}
