"""The composition root: the only place where adapters are built and roles are put together."""

from __future__ import annotations

import asyncio
import math
import os
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING

from aiohttp import web

from alerting.channels.webhook import Webhook
from events import ids, span
from events.errors import ConfigError
from events.journal_file import JournalLock
from events.topics import kept_for
from monitor.exposition import DeviceSeries
from monitor.ledger import Keeping
from monitor.logs import logger
from monitor.margins import Margins
from monitor.metrics import CONTENT_TYPE, Metrics
from monitor.projector import Projector
from monitor.roles.engine import Engine
from monitor.roles.follow import Follow
from monitor.roles.notify import Notify
from monitor.roles.probe import ProbeRole, Tap
from monitor.snapshot import Snapshots
from monitor.targets import targets
from monitor.web.live import Feed
from monitor.web.options import Notice, Notices, Options
from monitor.web.routes import build
from probes.publisher import SpoolingPublisher
from probes.runner import Runner
from probes.snmp.fast import FastEngine
from probes.snmp.poll import SnmpProbe
from probes.snmp.traps import TrapReceiver
from probes.spool import Spool
from topology.compiled import Compiled

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from events.clock import Clock
    from events.log import Log
    from monitor.demo.script import Announcement
    from monitor.settings import Settings
    from probes.snmp.engine import Engine as SnmpEngine
    from topology.model import Catalogue

__all__ = ["ROLES", "Announce", "Plan", "log_settings", "open_log", "serve"]

ROLES = ("probe", "engine", "notify", "web")
CLOSE_S = 5.0
"""Longest wait for one part to close; the rest closes all the same."""


class Announce:
    """What the demo tells its visitors, handed on once there is a board; nothing outside the demo."""

    def __init__(self, clock: Clock) -> None:
        self.notices: Notices | None = None
        self._clock = clock

    def __call__(self, told: Announcement) -> None:
        """Show it on the board."""
        if self.notices is not None:
            self.notices.announce(
                Notice(
                    time=self._clock.now(),
                    title_nl=told.title_nl,
                    title_en=told.title_en,
                    text_nl=told.text_nl,
                    text_en=told.text_en,
                )
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one process is to run.

    Args:
        catalogue: Checked.
        settings: Read.
        roles: Some of `ROLES`.
        beside: Further jobs of the same life, such as the script of the demo.
        environment: Shown on every page.
        announce: What the demo tells its visitors; None outside the demo.
        ready: Told the URL once the service answers.
    """

    catalogue: Catalogue
    settings: Settings
    clock: Clock
    roles: Sequence[str] = ROLES
    beside: Sequence[Callable[[], Coroutine[None, None, None]]] = ()
    environment: str = ""
    announce: Announce | None = None
    ready: Callable[[str], None] = lambda _url: None


def log_settings(directory: Path, overrides: Mapping[str, str | None]) -> Settings:
    """The settings of who only reads the log: no secret of a device or channel is opened.

    Raises:
        ConfigError: Everything that is wrong, with its place.
    """
    from monitor.catalogue_files import load
    from monitor.settings import read

    return read(load(directory), directory, os.environ, overrides, log_only=True, ledger=False)


def open_log(settings: Settings, clock: Clock, *, read_only: bool = False) -> Log:
    """Open the event log that the settings name.

    Raises:
        DirectoryInUse: Another process writes the journal.
        LogUnavailable: There is no journal to read yet.
        ConfigError: Kafka without servers, or a directory that cannot be used.
    """
    kept = None if settings.retention_s is None else timedelta(seconds=settings.retention_s)
    if settings.log == "kafka":
        return _kafka(settings, clock, kept)
    from events.journal import JournalLog

    return JournalLog(settings.data, clock, read_only=read_only, topics=kept_for(kept))


def _kafka(settings: Settings, clock: Clock, retention: timedelta | None) -> Log:
    if not settings.kafka.servers:
        raise ConfigError(
            "log: kafka needs to know where Kafka is: add service.kafka.servers or --kafka-servers"
        )
    from events.kafka import KafkaLog, KafkaSettings

    return KafkaLog(
        KafkaSettings(
            servers=",".join(settings.kafka.servers),
            prefix=settings.kafka.prefix,
            security=settings.kafka.options(),
            retention=retention,
        ),
        clock,
    )


async def serve(plan: Plan) -> None:
    """Run the roles of a plan until cancelled, then close everything in reverse order.

    Raises:
        ConfigError: Something cannot be had: an address, a directory.
        DirectoryInUse: Another process has the data directory.
    """
    async with AsyncExitStack() as stack:
        service = _Service(plan, stack)
        await service.build()
        async with asyncio.TaskGroup() as group:
            for job in (*service.jobs, *plan.beside):
                group.create_task(_named(job))
            plan.ready(service.url)


async def _named(job: Callable[[], Coroutine[None, None, None]]) -> None:
    """Run a job; when it breaks, say whose end ends the process."""
    try:
        await job()
    except Exception as error:
        name = getattr(job, "__qualname__", repr(job))
        logger("app").critical("role.broken", role=name, reason=f"{type(error).__name__}: {error}")
        raise


@dataclass
class _Service:
    """Builds the parts of one process and knows their jobs."""

    plan: Plan
    stack: AsyncExitStack
    jobs: list[Callable[[], Coroutine[None, None, None]]] = field(default_factory=list)
    url: str = ""

    async def build(self) -> None:
        """Open the log and build every part; what is built is closed in reverse order."""
        plan, settings = self.plan, self.plan.settings
        devices = DeviceSeries()
        log = open_log(settings, plan.clock)
        self._closing(log.close)
        projector = Projector(plan.catalogue)
        feed = Feed(plan.clock, epoch=ids.derive(plan.clock.now(), os.getpid())[:12])
        follow = Follow(log, plan.clock, projector, feed.publish)
        compiled = Compiled.of(plan.catalogue)
        margins = Margins(projector, compiled.gates)
        metrics = Metrics(
            plan.catalogue,
            picture=projector,
            devices=devices,
            version=version("ketenmonitor"),
            margins=margins.some,
        )
        engine = await self._engine(log, compiled, metrics) if "engine" in plan.roles else None
        if engine is not None:
            self._ledger(log, engine, metrics)
        if "probe" in plan.roles:
            await self._probe(log, devices, metrics)
        if "notify" in plan.roles:
            self._notify(log)
        self._clocks(projector, metrics)
        self.jobs.append(follow.run)
        await self._serve(projector, feed, follow, engine, metrics, margins)

    def _closing(self, close: Callable[[], Awaitable[None]]) -> None:
        async def bounded() -> None:
            try:
                async with asyncio.timeout(CLOSE_S):
                    await close()
            except TimeoutError:
                logger("app").warning("part.slow_to_close", seconds=CLOSE_S)

        self.stack.push_async_callback(bounded)

    # --- roles --------------------------------------------------------------------------------

    async def _engine(self, log: Log, compiled: Compiled, metrics: Metrics) -> Engine:
        directory = self.plan.settings.data / f"engine-default-{self.plan.settings.log}"
        directory.mkdir(parents=True, exist_ok=True)
        lock = JournalLock(directory)
        self.stack.callback(lock.release)
        engine = Engine(log, self.plan.clock, compiled, Snapshots(directory))
        self.jobs.append(engine.run)
        metrics.counter("keten_events", "Events folded.", lambda: engine.counts.events, "type")
        metrics.total("keten_deadletters", "Records set aside.", lambda: engine.counts.deadletters)
        engine.voice.show(metrics)
        metrics.gauge(
            "keten_engine_watermark_timestamp_seconds",
            "Everything observed before this moment has been judged.",
            lambda: _timestamp(engine.watermark),
        )
        metrics.gauge(
            "keten_engine_last_event_timestamp_seconds",
            "Time of the last event folded.",
            lambda: _timestamp(engine.last_event),
        )
        metrics.gauges(
            "keten_log_lag_records",
            "Records in the log that are not folded yet.",
            lambda: engine.lag,
            "topic",
        )
        return engine

    def _ledger(self, log: Log, engine: Engine, metrics: Metrics) -> None:
        """Beside the engine: who judges also says up to when everything is judged."""
        plan = self.plan
        keeping = Keeping(log, plan.clock, plan.settings, plan.catalogue, lambda: engine.judged)
        self._closing(keeping.close)
        self.jobs += [keeping.run, keeping.closing.run]
        keeping.show(metrics)

    async def _probe(self, log: Log, devices: DeviceSeries, metrics: Metrics) -> None:
        plan, settings = self.plan, self.plan.settings
        spool = Spool(settings.data / "spool" / "probe.db")
        self.stack.callback(spool.close)
        publisher = SpoolingPublisher(log, spool, plan.clock)
        tap = Tap(publisher, devices)
        probe = SnmpProbe(self._engines(), plan.clock)
        vantage = settings.vantage
        name = vantage or "main"
        runner = Runner(probe, plan.clock, tap.publish, name=name, vantage=vantage)
        traps = TrapReceiver(plan.clock, tap.publish, runner.look_now, name=name)
        role = ProbeRole(
            runner=runner, probe=probe, traps=traps, publisher=publisher, devices=devices
        )
        self._closing(role.close)
        await role.listen(settings.traps.host, settings.traps.port)
        role.watch(targets(plan.catalogue, settings.credentials))
        self.jobs.append(role.run)
        metrics.counter("keten_probe_looks", "Looks by what came of them.", role.looks, "status")
        metrics.total("keten_probe_overruns", "Looks skipped.", lambda: role.runner.counts.overruns)
        metrics.gauge("keten_probe_targets", "Targets.", lambda: role.runner.targets)
        metrics.gauge("keten_spool_events", "Events waiting on disk.", lambda: len(spool))
        metrics.total("keten_spool_dropped", "Events dropped.", lambda: sum(spool.dropped.values()))

    def _engines(self) -> Mapping[str, SnmpEngine]:
        """The SNMP engine of each version; pysnmp is loaded only when it is wanted."""
        from probes.snmp.reference import ReferenceEngine

        reference = ReferenceEngine()
        if self.plan.settings.snmp_engine == "pysnmp":
            return {"2c": reference, "3": reference}
        return {"2c": FastEngine(self.plan.clock), "3": reference}

    def _notify(self, log: Log) -> None:
        channels = self.plan.settings.channels.values()
        if not channels:
            logger("notify").warning(
                "channels.missing", cure="add service.channels to the catalogue; nobody is told"
            )
        for one in channels:
            sign = one.secret.reveal if one.secret else None
            channel = Webhook(one.id, one.url.reveal, secret=sign, now=self.plan.clock.now)
            role = Notify(log, self.plan.clock, channel)
            self._closing(role.close)
            self.jobs.append(role.run)

    def _clocks(self, projector: Projector, metrics: Metrics) -> None:
        metrics.gauge(
            "keten_sources_silent",
            "Sources not heard for longer than they promise.",
            lambda: projector.clocks(self.plan.clock.now()).silent,
        )

    # --- http ---------------------------------------------------------------------------------

    async def _serve(
        self,
        projector: Projector,
        feed: Feed,
        follow: Follow,
        engine: Engine | None,
        metrics: Metrics,
        margins: Margins,
    ) -> None:
        plan = self.plan
        notices = Notices(feed) if plan.announce else None
        if plan.announce is not None:
            plan.announce.notices = notices
        options = Options(
            language=plan.settings.language,
            environment=plan.environment,
            version=version("ketenmonitor"),
            clock=plan.clock,
            ready=lambda: _unready(follow, engine),
            status=_Status(engine) if engine else None,
            notices=notices,
            kappa=margins.kappa,
        )
        app = build(projector, feed, options)

        async def scrape(_request: web.Request) -> web.Response:
            return web.Response(body=await metrics.render(), headers={"Content-Type": CONTENT_TYPE})

        app.router.add_get("/metrics", scrape)
        await self._listen(app)

    async def _listen(self, app: web.Application) -> None:
        """Answer on the address of the settings.

        Raises:
            ConfigError: The address is in use, or not ours.
        """
        listen = self.plan.settings.listen
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0)
        await runner.setup()
        self._closing(runner.cleanup)
        site = web.TCPSite(runner, listen.host, listen.port)
        try:
            await site.start()
        except OSError as error:
            raise ConfigError(
                f"{listen.host}:{listen.port} cannot be had ({error.strerror}): another program has it,"
                " or another keten; choose one with --listen (demo: --port)"
            ) from error
        host, port = runner.addresses[0][:2]
        self.url = f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


class _Status:
    """The engine's word on how far it is, for `keten status`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def status(self) -> Mapping[str, object]:
        told = self._engine.status()
        watermark = span.text(told.watermark) if told.watermark else None
        known = {"catalogue": self._engine.version, "waiting_corrections": told.waiting}
        return {"digest": told.digest, "watermark": watermark, **known}


def _unready(follow: Follow, engine: Engine | None) -> str | None:
    """What the service is still doing before its answers are of now; None = nothing."""
    if not follow.caught_up.is_set():
        return "the log is being read"
    if engine is not None and not engine.is_ready:
        return "the engine folds what the log holds"
    return None


def _timestamp(moment: datetime | None) -> float:
    """Unix time for a gauge; NaN while there is none."""
    return moment.timestamp() if moment else math.nan
