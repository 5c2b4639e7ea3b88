"""Changed component states turned into changed chains, each with its start and the faults that hurt it.

Source: CORE.md 1.3; DESIGN.md 3 (chain state).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from topology.lanes import Lanes
from topology.live.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from topology.gates import Gates
    from topology.model import Catalogue

__all__ = ["ChainRecord", "Chains", "Move"]

FAULTY = ("down", "degraded")


class ChainRecord(Struct):
    """The verdict on one chain; `since` None = since the first event."""

    state: str
    since: datetime | None = None
    flags: list[str] = []
    users_certain: int = 0
    users_possible: int = 0
    causes: list[str] = []
    redundancy_lost: bool = False


class Move(NamedTuple):
    """A component, link or shared risk that went from one state to another at some moment.

    `felled`: it is down because of these, not by itself.
    """

    since: datetime
    id: str
    old: str
    new: str
    felled: tuple[str, ...] = ()


class Chains:
    """All chains of a domain.

    Args:
        states: Everything that is not up, with its state.
        records: Chain to its verdict; filled when empty, written here, frozen with the state.
        felled: What is down because of something else, with that; a chain blames that.

    Attributes:
        scope: What each chain rests on.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        gates: Gates,
        states: Mapping[str, str],
        records: dict[str, ChainRecord],
        felled: Mapping[str, tuple[str, ...]],
    ) -> None:
        self._records = records
        self._felled = {id_: causes for id_, causes in felled.items() if causes}
        clean = Lanes(gates)
        self._lanes = clean.copy()
        self._lanes.set(states)
        self.scope = Scope(catalogue, self._lanes, clean)
        self._faults = {id_: state for id_, state in states.items() if state in FAULTY}
        for id_ in catalogue.chains:
            if id_ not in records:
                records[id_] = self._read(id_)
        self._hurt: dict[str, set[str]] = {}
        for id_, record in records.items():
            for cause in record.causes:
                self._hurt.setdefault(cause, set()).add(id_)
        self._blind: list[str] = []

    def follow(self, moves: Sequence[Move], blind: Iterable[str]) -> list[str]:
        """Take what moved into the chains; return the chains whose verdict differs now, sorted.

        Args:
            moves: Everything whose state changed.
            blind: The monitoring faults of now.
        """
        for move in moves:
            self._faults.pop(move.id, None)
            if move.new in FAULTY:
                self._faults[move.id] = move.new
        before = self._walk(moves)
        hurt = {move.id: self._blamed(move.id) for move in moves if move.old in FAULTY}
        for move in moves:
            self._felled.pop(move.id, None)
            if move.felled:
                self._felled[move.id] = move.felled
        concerned = before.keys() | self._concerned(moves, hurt) | self._blinded(sorted(blind))
        for id_ in concerned - before.keys():
            before[id_] = replace(self._records[id_])
        self._blame(sorted(concerned))
        return [id_ for id_ in sorted(concerned) if self._records[id_] != before[id_]]

    def _walk(self, moves: Sequence[Move]) -> dict[str, ChainRecord]:
        """Replay the moves in the order in which they began, so that a chain is dated by what felled it."""
        by_start: dict[datetime, dict[str, str]] = {}
        for move in moves:
            by_start.setdefault(move.since, {})[move.id] = move.new
        before: dict[str, ChainRecord] = {}
        for start in sorted(by_start):
            for id_ in self._lanes.set(by_start[start]):
                record = self._records[id_]
                first = before.setdefault(id_, record)
                now = self._read(id_)
                now.causes = record.causes
                now.since = start if now.state != record.state else record.since
                if now.state == first.state:
                    now.since = first.since
                self._records[id_] = now
        return before

    def _read(self, id_: str) -> ChainRecord:
        verdict = self._lanes.verdict(id_)
        return ChainRecord(
            verdict.state,
            flags=list(verdict.flags),
            users_certain=verdict.users_certain,
            users_possible=verdict.users_possible,
            redundancy_lost=verdict.redundancy_lost,
        )

    def _blamed(self, id_: str) -> tuple[str, ...]:
        return self._felled.get(id_, (id_,))

    def _concerned(self, moves: Sequence[Move], hurt: Mapping[str, tuple[str, ...]]) -> set[str]:
        """Chains that a fault which came or went may hurt, or hurt until now."""
        concerned: set[str] = set()
        for move in moves:
            if move.new in FAULTY:
                concerned |= self.scope.reach(move.id, move.new)
            for cause in hurt.get(move.id, ()):
                concerned |= self._hurt.get(cause, set())
        return concerned

    def _blinded(self, blind: list[str]) -> set[str]:
        if blind == self._blind:
            return set()
        hurt = {chain for via in self._blind for chain in self._hurt.get(via, ())}
        self._blind = blind
        return hurt | {id_ for id_, record in self._records.items() if record.state == "unknown"}

    def _blame(self, chains: Sequence[str]) -> None:
        bad = [id_ for id_ in chains if self._records[id_].state != "up"]
        found = self.scope.hurting(bad, self._faults)
        for id_ in chains:
            record = self._records[id_]
            causes = sorted({one for fault in found.get(id_, ()) for one in self._blamed(fault)})
            if record.state == "unknown":
                causes = [*causes, *self._blind]
            if causes == record.causes:
                continue
            for gone in set(record.causes) - set(causes):
                self._hurt[gone].discard(id_)
            for cause in causes:
                self._hurt.setdefault(cause, set()).add(id_)
            self._records[id_] = replace(record, causes=causes)

    def blind_from(self, causes: Iterable[str]) -> None:
        """Tell which monitoring faults the chains were last blamed with, after a restart."""
        self._blind = sorted(causes)
