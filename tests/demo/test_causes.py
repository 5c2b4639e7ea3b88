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
    from monitor.demo.wire import Wire
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
            self.hear(at, device, kind="reach", status="up" if answers else "down", vantage=POLLER)
        for number, wire in enumerate(region().wires.values()):
            at = now + timedelta(milliseconds=200 + number)
            for end in wire.ends if wire.cables else ():
                if end not in self._silent:
                    status = self._port(wire, end)
                    self.hear(at, wire.id, kind="port", status=status, seen_from=end)

    def _port(self, wire: Wire, end: str) -> str:
        dark = [socket in self._dark for socket in wire.sockets if socket[0] == end]
        return "down" if all(dark) else "degraded" if any(dark) else "up"

    def look_at_core(self, now: datetime) -> None:
        """The devices of the data centre answer."""
        for number, device in enumerate(d for d in region().devices if d.startswith("dc-")):
            at = now + timedelta(milliseconds=number)
            self.hear(at, device, kind="reach", status="up", vantage=POLLER)

    def hear(self, at: datetime, subject: str, **data: str) -> None:
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
    doubts = {id_: cause.data.flags for id_, cause in watch.causes.items() if cause.data.flags}
    assert doubts == {}, "the map of the demo is right"


@pytest.mark.parametrize("scene", STEADY, ids=lambda scene: scene.key)
def test_no_cause_but_the_promised_ones_is_ever_named(scene: Scene, watch: Watch) -> None:
    _play(scene, watch, until_s=scene.repaired_s + 15)
    assert watch.named == set(scene.expected.causes)
    assert not watch.causes
    assert {one.data.state for one in watch.chains.values()} == {"up"}


def test_power_is_not_blamed_for_what_nobody_has_asked_since_the_line_came_back(
    watch: Watch,
) -> None:
    """Seen in the running demo: a router is back, the switches behind it wait for their turn."""
    at = START + timedelta(seconds=20)
    for device in ("sld-cpe-1", "sld-cpe-2", "sld-acc-2", "sld-acc-1"):
        watch.hear(at, device, kind="reach", status="down", vantage=POLLER)
        at += timedelta(seconds=1)
        for line, router in (("wan-sld-1", "dc-rtr-1"), ("wan-sld-2", "dc-rtr-2")):
            watch.hear(at, line, kind="port", status="down", seen_from=router)
    for wait_s in (1, 7):  # the second is after the longest wait for a verdict
        watch.look_at_core(at + timedelta(seconds=wait_s))
    assert set(watch.causes) == {"wan-sld-1", "wan-sld-2"}
    watch.hear(at + timedelta(seconds=9), "sld-cpe-2", kind="reach", status="up", vantage=POLLER)
    assert "power-sld" not in watch.named


def test_power_is_not_blamed_for_what_failed_behind_lines_of_which_one_is_back(
    watch: Watch,
) -> None:
    """Seen in the running demo: one line is mended, a switch answers, those behind it wait for their turn."""
    behind = [f"sld-{kind}-{n}" for kind in ("cpe", "dist", "acc") for n in (1, 2)]
    at = START + timedelta(seconds=20)
    for wait_s in (0, 4, 8):
        for device in behind:
            watch.hear(
                at + timedelta(seconds=wait_s), device, kind="reach", status="down", vantage=POLLER
            )
        for line, router in (("wan-sld-1", "dc-rtr-1"), ("wan-sld-2", "dc-rtr-2")):
            watch.hear(
                at + timedelta(seconds=wait_s), line, kind="port", status="down", seen_from=router
            )
        watch.look_at_core(at + timedelta(seconds=wait_s + 1))
    assert set(watch.causes) == {"wan-sld-1", "wan-sld-2"}
    back = at + timedelta(seconds=10)
    watch.hear(back, "wan-sld-1", kind="port", status="up", seen_from="dc-rtr-1")
    watch.hear(back, "sld-dist-1", kind="reach", status="up", vantage=POLLER)
    for link in ("l-sld-acc-1-sld-dist-1", "l-sld-acc-2-sld-dist-1"):
        watch.hear(back, link, kind="port", status="up", seen_from="sld-dist-1")
    watch.look_at_core(back + timedelta(seconds=1))
    assert "power-sld" not in watch.named
