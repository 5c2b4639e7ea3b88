"""The account of a chain from its definition, second by second; sets, lists and naive loops.

Of the product nothing but the nouns; chain states come from the oracle of all completions.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import cache
from itertools import combinations, permutations
from typing import TYPE_CHECKING

from tests.topology.oracle import Definition, completions

if TYPE_CHECKING:
    from events.contract import Change, State
    from tests.accounts.world import World
    from topology.model import Calendar, Chain

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SUMMER = timedelta(hours=2)
"""Of Amsterdam: the worlds lie in summer."""


def second(when: datetime) -> int:
    return int((when - EPOCH).total_seconds())


class Oracle:
    def __init__(self, world: World) -> None:
        self.world = world
        self.rules = Definition(world.catalogue)
        self._judged: dict[tuple[str, frozenset[tuple[str, str]]], str] = {}
        self._keys: dict[object, list[frozenset[str]]] = {}
        self._states: dict[int, dict[str, str]] = {}
        self._wins: dict[tuple[str, frozenset[str]], bool] = {}
        self.work = self._agreed()

    # --- what was, at a second --------------------------------------------------------------

    def raw(self, id_: str, at: int) -> str:
        """The last verdict at or before a second; nobody probes in these worlds, so up before."""
        said = "up"
        for one in self.world.states:
            if one.subject == id_ and second(one.time) <= at:
                said = one.data.state
        return said

    def _agreed(self) -> list[tuple[range, set[str], list[str] | None]]:
        last: dict[str, Change] = {}
        for one in sorted(self.world.changes, key=lambda c: (c.recorded, c.id)):
            last[one.subject] = one
        found = []
        for one in last.values():
            data = one.data
            if data.agreed_at is None or data.agreed_at > data.start:
                continue
            ends = [data.end] if data.completed_at is None else [data.end, data.completed_at]
            window = range(second(data.start), second(min(ends)))
            found.append((window, set(data.components), data.declared_impact))
        return found

    def states(self, at: int) -> dict[str, str]:
        if at in self._states:
            return self._states[at]
        found = self._states[at] = {}
        for id_ in self.rules.ids:
            state = self.raw(id_, at)
            planned = any(at in window and id_ in what for window, what, _ in self.work)
            if planned and state not in {"up", "degraded"}:
                state = "maint"
            if state != "up":
                found[id_] = state
        return found

    def chain_state(self, chain: Chain, at: int) -> str:
        states = self.states(at)
        key = (chain.id, frozenset(states.items()))
        if key not in self._judged:
            self._judged[key] = self._judge(chain, states)
        return self._judged[key]

    def _judge(self, chain: Chain, states: dict[str, str]) -> str:
        """The state table of CORE.md 1.3, from all completions; these levels ask no redundancy."""
        group, ids = self.world.catalogue.groups[chain.source], self.rules.ids
        served = [
            self.rules.served(chain, world) for world in completions(states, ids, maint=False)
        ]
        planned = [
            self.rules.served(chain, world) for world in completions(states, ids, maint=True)
        ]
        if max(planned) < group.min:
            return "down"
        if max(served) < group.min:
            return "maintenance"
        if min(served) < group.min:
            return "unknown"
        only_up = {id_ for id_ in ids if states.get(id_, "up") == "up"}
        whole = self.rules.served(chain, only_up) >= group.min and min(served) >= group.full
        return "up" if whole else "degraded"

    def excluded(self, chain: Chain, at: int) -> bool:
        return any(
            at in window
            and (chain.id in said if said is not None else self.falls(chain, frozenset(what)))
            for window, what, said in self.work
        )

    def falls(self, chain: Chain, down: frozenset[str]) -> bool:
        """Whether the chain does not work with exactly these down."""
        key = (chain.id, down)
        if key not in self._wins:
            left = set(self.rules.ids) - down
            least = self.world.catalogue.groups[chain.source].min
            self._wins[key] = self.rules.served(chain, left) < least
        return self._wins[key]

    def in_service(self, calendar: Calendar, at: int) -> bool:
        if calendar.always:
            return True
        wall = EPOCH + timedelta(seconds=at) + SUMMER
        return any(
            wall.weekday() in hours.days and hours.start <= wall.time() < hours.end
            for hours in calendar.hours
            if hours.end is not None
        )

    # --- the account ------------------------------------------------------------------------

    def countable(self, chain: Chain, at: int) -> bool:
        level = self.world.catalogue.levels[chain.level]
        calendar = self.world.catalogue.calendars[level.calendar]
        return self.in_service(calendar, at) and not self.excluded(chain, at)

    def buckets(self, chain: Chain) -> Counter[str]:
        level = self.world.catalogue.levels[chain.level]
        calendar = self.world.catalogue.calendars[level.calendar]
        count: Counter[str] = Counter()
        for at in range(self.world.start, self.world.end):
            if self.in_service(calendar, at):
                count["service"] += 1
                out = self.excluded(chain, at)
                count["excluded" if out else self.chain_state(chain, at)] += 1
        return count

    def interruptions(self, chain: Chain) -> int:
        gap = self.world.catalogue.levels[chain.level].merge_gap_s
        bad = [
            at
            for at in range(self.world.begin, self.world.end)
            if self.chain_state(chain, at) == "down"
            or (self.chain_state(chain, at) == "maintenance" and not self.excluded(chain, at))
        ]
        runs: list[list[int]] = []
        for at in bad:
            if runs and at - runs[-1][-1] - 1 <= gap:
                runs[-1].append(at)
            else:
                runs.append([at])
        firsts = [next((at for at in run if self.countable(chain, at)), None) for run in runs]
        return sum(first is not None and first >= self.world.start for first in firsts)

    # --- whose it is ------------------------------------------------------------------------

    def wins(self, chain: Chain, at: int, coalition: frozenset[str]) -> bool:
        """Whether the chain is down when only what these suppliers have down is down."""
        states = self.states(at)
        fallen = {id_ for id_, state in states.items() if state == "down"}
        return self.falls(
            chain, frozenset(i for i in fallen if not coalition.isdisjoint(self.owners(i, at)))
        )

    def felled_by(self, id_: str, at: int) -> set[str]:
        """The risks that the last verdict which speaks of this second blames for it."""
        blamed: set[str] = set()
        for one in self.world.states:
            if one.subject != id_ or (second(one.time) > at and one.data.state != "down"):
                continue
            starts = {risk: self._start(one, risk) for risk in self._named(one)}
            if min(starts.values(), default=second(one.time)) <= at:
                blamed = {risk for risk, start in starts.items() if start <= at}
        return blamed

    def _named(self, verdict: State) -> set[str]:
        named = set(verdict.data.causes) & set(self.world.catalogue.shared_risks)
        return named if verdict.data.state in {"down", "unreachable"} else set()

    def _start(self, verdict: State, risk: str) -> int:
        """From its start on, but not from before the risk failed as it was known when it was said."""
        known = [o for o in self.world.states if o.subject == risk and o.time <= verdict.time]
        broken = bool(known) and known[-1].data.state in {"down", "degraded"}
        if verdict.data.state != "down" or not broken:
            return second(verdict.time)
        since = max(second(verdict.data.since), second(known[-1].data.since))
        return min(since, second(verdict.time))

    def owners(self, id_: str, at: int) -> set[str]:
        """Whose it is that something is down: each of these could have felled it."""
        return {self.owner(one) for one in self.felled_by(id_, at) or {id_}}

    def owner(self, id_: str) -> str:
        catalogue = self.world.catalogue
        for nouns in (catalogue.components, catalogue.links, catalogue.shared_risks):
            if id_ in nouns:
                return nouns[id_].supplier or "onbekend"
        raise KeyError(id_)

    def key(self, chain: Chain, at: int) -> list[frozenset[str]]:
        fallen = frozenset(i for i, state in self.states(at).items() if state == "down")
        whose = {i: frozenset(self.owners(i, at)) for i in fallen}
        asked = (chain.id, frozenset(whose.items()))
        if asked in self._keys:
            return self._keys[asked]
        parties = sorted(set().union(*whose.values()))
        everyone = [
            frozenset(some)
            for size in range(len(parties) + 1)
            for some in combinations(parties, size)
        ]
        winning = [some for some in everyone if self.wins(chain, at, some)]
        least = [one for one in winning if not any(other < one for other in winning)]
        found = self._keys[asked] = [one or frozenset({"onbekend"}) for one in least]
        return found

    def shares(self, chain: Chain) -> tuple[Counter[str], dict[str, Fraction], dict[str, Fraction]]:
        by_key: Counter[str] = Counter()
        fair: dict[str, Fraction] = {}
        held: dict[str, Fraction] = {}
        past: list[list[frozenset[str]]] = []
        began: list[frozenset[str]] = []
        holders: list[frozenset[str]] = []
        for at in range(self.world.begin, self.world.end):
            if self.chain_state(chain, at) != "down":
                past = []
                continue
            key = self.key(chain, at)
            if not past:
                began = list(key)
            past.append(key)
            kept = [one for one in began if streak(one, past) == len(past)]
            if kept:
                holders = kept
            elif len(holders) > 1 or not any(one <= holders[0] for one in key):
                holders = [min(key, key=lambda one: (-streak(one, past), text(one)))]
            if at < self.world.start or not self.countable(chain, at):
                continue
            by_key["|".join(sorted(map(text, key)))] += 1
            for one, share in by_permutations(tuple(key)).items():
                fair[one] = fair.get(one, Fraction(0)) + share
            together = frozenset().union(*holders)
            for one in together:
                held[one] = held.get(one, Fraction(0)) + Fraction(1, len(together))
        return by_key, fair, held


def text(coalition: frozenset[str]) -> str:
    return "&".join(sorted(coalition))


def streak(coalition: frozenset[str], past: list[list[frozenset[str]]]) -> int:
    """For how many seconds up to now a coalition has been enough."""
    count = 0
    for key in reversed(past):
        if not any(one <= coalition for one in key):
            break
        count += 1
    return count


@cache
def by_permutations(key: tuple[frozenset[str], ...]) -> dict[str, Fraction]:
    """Who makes it fall, over all orders in which the parties may fail."""
    parties = sorted(frozenset().union(*key))
    orders = list(permutations(parties))
    count: Counter[str] = Counter()
    for order in orders:
        failed: set[str] = set()
        for one in order:
            failed.add(one)
            if any(some <= failed for some in key):
                count[one] += 1
                break
    return {one: Fraction(times, len(orders)) for one, times in count.items()}
