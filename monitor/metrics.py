"""The service's own metrics for Prometheus: chains, components, incidents, and how the service itself fares.

Names, labels and meanings: docs/metrics.md, held against this file by a test. Device series, which can be
hundreds of thousands, come from `monitor.exposition`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from prometheus_client import Metric

    from events.contract import IncidentData, StateData
    from monitor.exposition import DeviceBlocks, DeviceSeries
    from topology.model import Catalogue, Component, Link, SharedRisk

__all__ = ["CHAIN_STATES", "COMPONENT_STATES", "CONTENT_TYPE", "Metrics", "Picture"]

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
CHAIN_STATES = ("up", "degraded", "down", "unknown", "maintenance")
COMPONENT_STATES = ("up", "degraded", "down", "unknown", "unreachable", "maint")
PRIORITIES = ("P1", "P2", "P3", "P4")
CHAIN_NUMBERS = 7
"""Samples of a chain beside those of its states."""
LARGE = 20_000
"""Samples from which a scrape is rendered outside the event loop, so that it does not stall the board.
What it shows is copied on the loop before: a thread must not read what the loop is changing."""


class Picture(Protocol):
    """What is known now: the projector, as far as metrics need it."""

    @property
    def states(self) -> Mapping[str, StateData]:
        """The last state of each component and chain by id; absent = never told."""
        ...

    @property
    def open_incidents(self) -> Iterable[IncidentData]:
        """Incidents that are not closed."""
        ...


class Metrics:
    """Every metric of one process.

    Args:
        catalogue: For the labels that are looked up.
        picture: What is known now; None in a process that does not follow the states.
        devices: Series of polled devices; None in a process that does not poll.
        version: Of this software.
        margins: Kappa of the chains for which it has been counted.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        *,
        picture: Picture | None,
        devices: DeviceSeries | None,
        version: str,
        margins: Callable[[], Mapping[str, int]] = dict,
    ) -> None:
        self.registry = CollectorRegistry()
        self._devices = devices
        self._collectors: list[_Copying] = []
        self._catalogue = catalogue
        registry = self.registry
        info = Gauge("keten_build_info", "Always 1.", ["version", "catalogue"], registry=registry)
        info.labels(version, catalogue.version[:12]).set(1)
        if picture is not None:
            self._add(_Chains(catalogue, picture, margins))
            self._add(_Components(catalogue, picture))
            self._add(_Incidents(picture))

    def gauge(self, name: str, text: str, read: Callable[[], float]) -> None:
        """Show a number that somebody else keeps, read at each scrape."""
        self._add(_Counts(name, text, None, lambda: {"": read()}, GaugeMetricFamily))

    def total(self, name: str, text: str, read: Callable[[], float]) -> None:
        """Show a count that somebody else keeps, read at each scrape."""
        self._add(_Counts(name, text, None, lambda: {"": read()}))

    def gauges(
        self, name: str, text: str, read: Callable[[], Mapping[str, float]], label: str
    ) -> None:
        """Show numbers that somebody else keeps, by one label, read at each scrape."""
        self._add(_Counts(name, text, label, read, GaugeMetricFamily))

    def counter(
        self, name: str, text: str, read: Callable[[], Mapping[str, float]], label: str
    ) -> None:
        """Show counts that somebody else keeps, by one label, read at each scrape."""
        self._add(_Counts(name, text, label, read))

    async def render(self) -> bytes:
        """Everything as Prometheus text; large scrapes leave the event loop alone."""
        for each in self._collectors:
            each.copy()
        devices = self._devices.copy() if self._devices is not None else None
        measured = self._devices.samples if self._devices is not None else 0
        if measured + self._own_samples > LARGE:
            return await asyncio.to_thread(self._text, devices)
        return self._text(devices)

    @property
    def _own_samples(self) -> int:
        catalogue = self._catalogue
        parts = (catalogue.components, catalogue.links, catalogue.shared_risks)
        shown = len(COMPONENT_STATES) * sum(map(len, parts))
        return shown + (len(CHAIN_STATES) + CHAIN_NUMBERS) * len(catalogue.chains)

    def _add(self, collector: _Copying) -> None:
        self._collectors.append(collector)
        self.registry.register(collector)

    def _text(self, devices: DeviceBlocks | None) -> bytes:
        own = generate_latest(self.registry)
        return own if devices is None else own + devices.render()


class _Copying(Collector):
    """A collector that shows what it copied last."""

    def copy(self) -> None:
        """Copy on the event loop what `collect` shows, perhaps on a thread."""
        raise AssertionError("each collector copies in its own way")


class _Chains(_Copying):
    def __init__(
        self, catalogue: Catalogue, picture: Picture, margins: Callable[[], Mapping[str, int]]
    ) -> None:
        self._catalogue = catalogue
        self._picture = picture
        self._margins = margins
        self._told: Mapping[str, StateData] = {}
        self._kappa: Mapping[str, int] = {}

    def copy(self) -> None:
        self._told, self._kappa = dict(self._picture.states), dict(self._margins())

    def collect(self) -> Iterator[Metric]:
        yield self._info()
        yield self._states()
        yield from self._numbers()

    def _info(self) -> Metric:
        labels = ["chain", "name", "group", "service", "level", "organisation", "site"]
        info = GaugeMetricFamily("keten_chain_info", "Always 1.", labels=labels)
        for chain in self._catalogue.chains.values():
            site = self._catalogue.groups[chain.source].site or ""
            place = self._catalogue.sites.get(site)
            organisation = (place.organisation if place else None) or ""
            info.add_metric(
                [chain.id, chain.name, chain.source, chain.to, chain.level, organisation, site], 1
            )
        return info

    def _states(self) -> Metric:
        family = GaugeMetricFamily(
            "keten_chain_state",
            "1 for the state of the chain, 0 for the others; a chain never told is unknown.",
            labels=["chain", "state"],
        )
        for chain in self._catalogue.chains:
            told = self._told.get(chain)
            now = told.state if told else "unknown"
            for state in CHAIN_STATES:
                family.add_metric([chain, state], float(state == now))
        return family

    def _numbers(self) -> Iterator[Metric]:
        kappa = GaugeMetricFamily(
            "keten_chain_kappa", "Further failures to lose it, 3 = three or more.", labels=["chain"]
        )
        required = GaugeMetricFamily(
            "keten_chain_redundancy_required", "Of the service level.", labels=["chain"]
        )
        lost = GaugeMetricFamily(
            "keten_chain_redundancy_lost",
            "1 = up, with less redundancy than agreed.",
            labels=["chain"],
        )
        since = GaugeMetricFamily(
            "keten_chain_state_since_timestamp_seconds", "Start of this state.", labels=["chain"]
        )
        users = GaugeMetricFamily("keten_chain_users", "Users of the chain.", labels=["chain"])
        affected = GaugeMetricFamily(
            "keten_chain_users_affected",
            "Users who cannot work: certainly, or possibly (unknown counted as down).",
            labels=["chain", "bound"],
        )
        for id_, count in self._kappa.items():
            kappa.add_metric([id_], count)
        for chain in self._catalogue.chains.values():
            wanted = self._catalogue.levels[chain.level].redundancy
            required.add_metric([chain.id], wanted)
            users.add_metric([chain.id], self._catalogue.groups[chain.source].users)
            told = self._told.get(chain.id)
            if told is None:
                continue
            since.add_metric([chain.id], told.since.timestamp())
            affected.add_metric([chain.id, "certain"], told.users_certain)
            affected.add_metric([chain.id, "possible"], told.users_possible)
            lost.add_metric([chain.id], float(told.redundancy_lost))
        yield from (kappa, required, lost, since, users, affected)


class _Components(_Copying):
    def __init__(self, catalogue: Catalogue, picture: Picture) -> None:
        self._picture = picture
        parts: list[Component | Link | SharedRisk] = [
            *catalogue.components.values(),
            *catalogue.links.values(),
            *catalogue.shared_risks.values(),
        ]
        self._labels = {part.id: _component_labels(part) for part in parts}
        self._told: Mapping[str, StateData] = {}

    def copy(self) -> None:
        self._told = dict(self._picture.states)

    def collect(self) -> Iterator[Metric]:
        family = GaugeMetricFamily(
            "keten_component_state",
            "1 for the state of the component, 0 for the others; absent = never told.",
            labels=["component", "kind", "site", "supplier", "state"],
        )
        for component, labels in self._labels.items():
            told = self._told.get(component)
            if told is not None:
                for state in COMPONENT_STATES:
                    family.add_metric([*labels, state], float(state == told.state))
        yield family


def _component_labels(part: Component | Link | SharedRisk) -> list[str]:
    kind = getattr(part, "kind", "link")
    return [part.id, kind, getattr(part, "site", None) or "", part.supplier or ""]


class _Incidents(_Copying):
    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._open: Sequence[IncidentData] = ()

    def copy(self) -> None:
        self._open = list(self._picture.open_incidents)

    def collect(self) -> Iterator[Metric]:
        family = GaugeMetricFamily(
            "keten_incidents_open", "Open incidents by proposed priority.", labels=["priority"]
        )
        counts = dict.fromkeys(PRIORITIES, 0)
        for incident in self._open:
            name = incident.priority or "none"
            counts[name] = counts.get(name, 0) + 1
        for priority, count in counts.items():
            family.add_metric([priority], count)
        yield family


class _Counts(_Copying):
    def __init__(
        self,
        name: str,
        text: str,
        label: str | None,
        read: Callable[[], Mapping[str, float]],
        family: type[CounterMetricFamily | GaugeMetricFamily] = CounterMetricFamily,
    ) -> None:
        self._name, self._text, self._read, self._family = name, text, read, family
        self._labels = [] if label is None else [label]
        self._values: Mapping[str, float] = {}

    def copy(self) -> None:
        self._values = dict(self._read())

    def collect(self) -> Iterator[Metric]:
        family = self._family(self._name, self._text, labels=self._labels)
        for value, count in self._values.items():
            family.add_metric([value] if self._labels else [], count)
        yield family
