"""Deltas turned into one live stream for any number of viewers (server-sent events).

Deltas are gathered for a quarter of a second, the last of a key wins, and are encoded once for all
viewers. What was sent is kept for a while, so that a viewer that comes back gets what it missed; one that
was away too long is told to fetch the page anew. A viewer that does not keep up is dropped, not buffered.

Source: UX.md 4, stream contract; HTML Living Standard 9.2 (server-sent events).
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Mapping

    from events.clock import Clock
    from monitor.projector import Delta

__all__ = ["TOPICS", "Feed", "Frame", "Viewer"]

WINDOW_S = 0.25
"""How long deltas are gathered: under what an eye calls at once (UX.md 9.3 asks 500 ms)."""
HEARTBEAT_S = 5.0
"""Viewers call the link dead after 12 s: two heartbeats and a bit."""
HISTORY = 2_000
"""Frames kept for viewers that come back: ten seconds without Wi-Fi in the worst storm, hours in calm."""
QUEUE = 100
"""Frames a viewer may be behind before it is dropped: five heartbeats' worth of the worst storm."""

TOPICS: Mapping[str, frozenset[str]] = {
    "chains": frozenset({"chain", "hop"}),
    "components": frozenset({"comp"}),
    "incidents": frozenset({"incident"}),
}
"""What a viewer may ask for, and the event names that it then gets besides those that all get."""
FOR_ALL = frozenset({"hello", "hb", "notice"})


class Frame(NamedTuple):
    """One event of the stream as it goes over the line; sequence 0 = not kept."""

    sequence: int
    name: str
    text: bytes


@dataclass(eq=False, slots=True)
class Viewer:
    """One open stream.

    Args:
        names: Event names that it wants.
        queue: What still has to be sent; None ends the stream.
    """

    names: frozenset[str]
    queue: asyncio.Queue[Frame | None] = field(default_factory=lambda: asyncio.Queue(QUEUE))
    dropped: bool = False

    def offer(self, frame: Frame) -> bool:
        """Queue a frame if the viewer wants it; False = it does not keep up."""
        if frame.name not in self.names:
            return True
        try:
            self.queue.put_nowait(frame)
        except asyncio.QueueFull:
            return False
        return True

    def end(self) -> None:
        """Let the stream end, whatever is still queued."""
        while not self.queue.empty():
            self.queue.get_nowait()
        self.queue.put_nowait(None)


class Feed:
    """The hub between the projector and the viewers.

    Args:
        clock: For the window and the heartbeat.
        epoch: Names this run of the process; a sequence number means something only within it.
        build: Names the pages and scripts served; another one makes a wall board load itself anew.
        beat: What a heartbeat says: the two clocks.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        epoch: str,
        build: str = "",
        beat: Callable[[], Mapping[str, object]] = dict,
    ) -> None:
        self.build = build
        self.beat = beat
        self.dropped = 0
        """Viewers that did not keep up."""
        self._clock = clock
        self._epoch = epoch
        self._sequence = 0
        self._pending: dict[tuple[str, str], Delta] = {}
        self._history: deque[Frame] = deque(maxlen=HISTORY)
        self._viewers: set[Viewer] = set()
        self._closed = False

    @property
    def position(self) -> str:
        """The id of the last frame sent: what a page made now is up to date with, at least."""
        return f"{self._epoch}-{self._sequence}"

    @property
    def viewers(self) -> int:
        """Open streams."""
        return len(self._viewers)

    def publish(self, deltas: Iterable[Delta]) -> None:
        """Take in what changed; it goes out with the next window."""
        for delta in deltas:
            self._pending[delta.topic, delta.key] = delta

    async def run(self) -> None:
        """Send a window's deltas and the heartbeats until cancelled."""
        beaten = self._clock.monotonic()
        while True:
            await self._clock.sleep(WINDOW_S)
            self.flush()
            if self._clock.monotonic() - beaten >= HEARTBEAT_S:
                beaten = self._clock.monotonic()
                self._send(Frame(0, "hb", _frame("hb", None, self.beat())))

    def flush(self) -> None:
        """Send what was gathered, one frame for each event name."""
        gathered, self._pending = self._pending, {}
        by_name: dict[str, list[Mapping[str, object]]] = {}
        for delta in gathered.values():
            by_name.setdefault(delta.topic, []).append(delta.data)
        for name, data in by_name.items():
            self._sequence += 1
            text = _frame(name, f"{self._epoch}-{self._sequence}", data)
            frame = Frame(self._sequence, name, text)
            self._history.append(frame)
            self._send(frame)

    @asynccontextmanager
    async def subscribe(
        self, names: frozenset[str], last_id: str | None = None
    ) -> AsyncIterator[Viewer]:
        """Open a stream: `hello`, then what was missed since `last_id`, then what comes.

        Args:
            names: Event names wanted besides `hello` and `hb`.
            last_id: The last `id` that the viewer got; one that is not kept makes `hello` say `resync`.
        """
        viewer = Viewer(names | FOR_ALL)
        missed = self._missed(last_id)
        viewer.offer(Frame(0, "hello", self._hello(resync=missed is None)))
        viewer.offer(Frame(0, "hb", _frame("hb", None, self.beat())))
        if all(viewer.offer(frame) for frame in missed or ()) and not self._closed:
            self._viewers.add(viewer)
        else:
            viewer.end()
        try:
            yield viewer
        finally:
            self._viewers.discard(viewer)

    def close(self) -> None:
        """End every stream; those that ask later end at once."""
        self._closed = True
        for viewer in self._viewers:
            viewer.end()
        self._viewers.clear()

    def _hello(self, *, resync: bool) -> bytes:
        data = {
            "seq": self._sequence,
            "build": self.build,
            "epoch": self._epoch,
            "resync": resync,
        }
        return _frame("hello", f"{self._epoch}-{self._sequence}" if resync else None, data)

    def _missed(self, last_id: str | None) -> list[Frame] | None:
        """Turn the last id a viewer got into what it missed; None = cannot be told."""
        epoch, _, digits = (last_id or "").rpartition("-")
        if epoch != self._epoch or not digits.isascii() or not digits.isdigit():
            return None
        sequence = int(digits[:18])
        oldest = self._history[0].sequence if self._history else self._sequence + 1
        if not oldest - 1 <= sequence <= self._sequence:
            return None
        missed = [frame for frame in self._history if frame.sequence > sequence]
        return missed if len(missed) < QUEUE // 2 else None  # fetching the page anew is cheaper

    def _send(self, frame: Frame) -> None:
        slow = [viewer for viewer in self._viewers if not viewer.offer(frame)]
        for viewer in slow:
            self.dropped += 1
            self._viewers.discard(viewer)
            viewer.dropped = True
            viewer.end()


def _frame(name: str, id_: str | None, data: object) -> bytes:
    head = f"id: {id_}\n" if id_ else ""
    return f"event: {name}\n{head}data: ".encode() + msgspec.json.encode(data) + b"\n\n"
