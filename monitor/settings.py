"""The one reader of settings: command line, then `KETEN_*`, then the section `service:`.

Source: DESIGN.md section 6; docs/catalogue.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from events.errors import ConfigError, Problem
from monitor.reports.schedule import ClosingRule
from monitor.secret import Reference, Vault, is_loopback
from monitor.service_schema import OPTIONS, SERVICE, Address, split, variable
from probes.port import Secret, SnmpCredential
from topology.catalogue.reading import Reading, capped, nearest
from topology.impact.freezes import Freeze

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from topology.catalogue.reading import Path as Where
    from topology.catalogue.reading import Place, Places
    from topology.model import Catalogue, Component, SharedRisk

__all__ = ["Address", "Kafka", "Settings", "Webhook", "address", "read"]

DEFAULT_LISTEN = Address("127.0.0.1", 8470)
DEFAULT_TRAPS = Address("127.0.0.1", 9162)
_OUTWARD = ("credentials", "channels")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kafka:
    """Where Kafka is.

    Args:
        servers: `host:port` of brokers.
        prefix: What topic names begin with.
        security: In the words of kafka-python; a password is a Secret.
    """

    servers: tuple[str, ...] = ()
    prefix: str = "keten."
    security: Mapping[str, str | Secret] = field(default_factory=dict)

    def options(self) -> dict[str, str]:
        """Turn the security into plain options, secrets revealed: for the client only."""
        return {
            name: value.reveal() if isinstance(value, Secret) else value
            for name, value in self.security.items()
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """A channel that posts notifications; the URL may hold a token and so is a secret."""

    id: str
    url: Secret
    secret: Secret | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the running service needs to know besides the catalogue. No repr shows a secret.

    Args:
        directory: The catalogue directory.
        data: The data directory.
        freezes: When nothing may be changed.
        vantage: The vantage point that the probes of this process stand at; None = there are none.
        store: Address of the PostgreSQL that keeps the ledger; None = a SQLite file in `data`.
        closing: When a month closes by itself; None = by hand.
        retention_s: How long the log keeps what is not compacted; None = what each topic says.
        problems: Warnings: what works but should not stay so.
    """

    directory: Path
    data: Path
    listen: Address = DEFAULT_LISTEN
    traps: Address = DEFAULT_TRAPS
    log: str = "journal"
    kafka: Kafka = field(default_factory=Kafka)
    credentials: Mapping[str, SnmpCredential] = field(default_factory=dict)
    channels: Mapping[str, Webhook] = field(default_factory=dict)
    freezes: tuple[Freeze, ...] = ()
    vantage: str | None = None
    store: Secret | None = None
    closing: ClosingRule | None = field(default_factory=ClosingRule)
    language: str = "nl"
    retention_s: int | None = None
    snmp_engine: str = "fast"
    problems: tuple[Problem, ...] = ()


def read(
    catalogue: Catalogue,
    directory: Path,
    environ: Mapping[str, str],
    overrides: Mapping[str, str | None] | None = None,
    *,
    log_only: bool = False,
    ledger: bool = True,
) -> Settings:
    """Turn the section `service:`, the environment and the command line into Settings.

    Args:
        catalogue: Loaded from `directory`.
        directory: The catalogue directory; relative paths in the files start here.
        environ: The process environment.
        overrides: Options of the command line by name (`listen`, `kafka_servers`); None = not given.
        log_only: Leave out what opens devices and channels: who only reads the log has no such secrets.
        ledger: Open the secret of the store too.

    Raises:
        ConfigError: Every problem with its place; never a secret.
    """
    sources = _Sources(catalogue.service, directory, environ, overrides or {})
    into = Reading(sources)
    left_out = {*(_OUTWARD if log_only else ()), *(() if ledger else ("store",))}
    tree = {k: v for k, v in sources.tree.items() if k not in left_out}
    values: Any = SERVICE.read(tree, ("service",), into)
    if not log_only:
        _check_probes(catalogue, into)
        _check_vantage(catalogue, values.get("vantage"), into)
    _check_closing(catalogue, values.get("closing"), into)
    _check_variables(environ, into, _references(values))
    if "listen" in values and not is_loopback(values["listen"].host):
        into.error(("service", "listen"), "not-loopback", _NOT_LOOPBACK)
    if into.failed:
        raise ConfigError(capped(into.problems))
    vault = Vault(directory, environ, into)
    settings = _settings(values, sources, vault, into, list(catalogue.vantage_points))
    if into.failed:
        raise ConfigError(capped(into.problems))
    return settings


def address(
    catalogue: Catalogue,
    environ: Mapping[str, str],
    overrides: Mapping[str, str | None] | None = None,
) -> Address:
    """Turn the settings into the address where the service listens; opens no secret.

    Raises:
        ConfigError: The address that was given is not one.
    """
    sources = _Sources(catalogue.service, Path(), environ, overrides or {})
    into = Reading(sources)
    told = {key: value for key, value in sources.tree.items() if key == "listen"}
    values: Any = SERVICE.read(told, ("service",), into)
    if into.failed:
        raise ConfigError(capped(into.problems))
    listen: Address = values.get("listen", DEFAULT_LISTEN)
    return listen


_NOT_LOOPBACK = (
    "any address but loopback needs a login, which is not built yet; listen on 127.0.0.1 and put a reverse"
    " proxy with a login in front of it"
)


class _Sources:
    """The three sources laid over each other, each value with its place."""

    def __init__(
        self,
        service: Mapping[str, object],
        directory: Path,
        environ: Mapping[str, str],
        overrides: Mapping[str, str | None],
    ) -> None:
        self.directory = directory
        self._laid: dict[Where, str] = {}
        self._files: Places | None = None
        self.tree: dict[str, Any] = dict(service)
        for option, where in OPTIONS.items():
            name = variable(option)
            if environ.get(name):
                self._lay(where, split(option, environ[name]), name)
            given = overrides.get(option)
            if given is not None:
                self._lay(where, split(option, given), "--" + option.replace("_", "-"))

    def _lay(self, where: tuple[str, ...], value: object, name: str) -> None:
        self._laid["service", *where] = name
        if len(where) == 1:
            self.tree[where[0]] = value
            return
        outer = self.tree.get(where[0])
        self.tree[where[0]] = {**(outer if isinstance(outer, dict) else {}), where[1]: value}

    def laid(self, *where: str) -> bool:
        """Tell whether the environment or the command line set it."""
        return ("service", *where) in self._laid

    def of(self, path: Where) -> Place:
        """Turn the path of a value into the variable, the option or the place in the files."""
        for length in range(len(path), 1, -1):
            if path[:length] in self._laid:
                return (self._laid[path[:length]], 0, 0)
        return self._merged().of(path)

    def of_key(self, path: Where) -> Place:
        """Turn the path of a value into the place of its key."""
        return self.of(path) if path in self._laid else self._merged().of_key(path)

    def _merged(self) -> Places:
        if self._files is None:
            from monitor.catalogue_files import Merged  # read again only when something is wrong

            self._files = Merged(self.directory)
        return self._files


def _check_probes(catalogue: Catalogue, into: Reading) -> None:
    known = into.ids.get("credentials", {})
    looked_at: tuple[Component | SharedRisk, ...] = (
        *catalogue.components.values(),
        *catalogue.shared_risks.values(),
    )
    missing: dict[str, str] = {}
    for one in looked_at:
        if one.probe and one.probe.credentials and one.probe.credentials not in known:
            missing.setdefault(one.probe.credentials, one.id)
    for name, example in missing.items():
        into.error(
            ("service", "credentials"),
            "unknown-id",
            f"`{example}` is polled with credentials `{name}`, which are not there;"
            f" add {{id: {name}, snmp: {{..}}}}",
        )


def _check_vantage(catalogue: Catalogue, named: str | None, into: Reading) -> None:
    points = list(catalogue.vantage_points)
    where = ("service", "vantage")
    if named is not None and named not in points:
        meant = nearest(named, points)
        cure = f"did you mean `{meant}`?" if meant else "name one of `vantage_points`"
        into.error(where, "unknown-id", f"no vantage point `{named}`; {cure}")
    elif named is None and len(points) > 1:
        into.note(
            ("service",),
            "warning",
            "vantage-not-named",
            f"{len(points)} vantage points, and this process polls from `{points[0]}`; run one probe"
            " process at each, with --vantage",
        )


def _check_closing(catalogue: Catalogue, told: Any, into: Reading) -> None:
    named = told.get("calendar") if isinstance(told, dict) else None
    if named is not None and named not in catalogue.calendars:
        meant = nearest(named, list(catalogue.calendars))
        cure = f"did you mean `{meant}`?" if meant else "name one of `calendars`"
        where = ("service", "closing", "calendar")
        into.error(where, "unknown-id", f"no calendar `{named}`; {cure}")


def _check_variables(environ: Mapping[str, str], into: Reading, used: frozenset[str]) -> None:
    """Name variables that look like a setting with a typing error; others may belong to others."""
    known = [variable(option) for option in OPTIONS]
    for name in sorted(environ):
        if not name.startswith("KETEN_") or name in known or name in used or name == "KETEN_URL":
            continue
        meant = nearest(name, known)
        if meant is not None:
            what = f"{name} is not a setting; did you mean {meant}?"
            into.problems.append(Problem(name, 0, 0, "warning", "unknown-key", what))


def _references(values: object) -> frozenset[str]:
    """Turn read settings into the names of the environment variables that hold their secrets."""
    if isinstance(values, Reference):
        return frozenset({values.env} if values.env else ())
    parts: Iterable[object] = ()
    if isinstance(values, dict):
        parts = values.values()
    elif isinstance(values, tuple):
        parts = values
    return frozenset(name for part in parts for name in _references(part))


def _settings(
    values: Any, sources: _Sources, vault: Vault, into: Reading, vantages: list[str]
) -> Settings:
    directory = sources.directory
    data = Path(values.get("data", ".keten"))
    return Settings(
        directory=directory,
        data=data if sources.laid("data") else directory / data,
        listen=values.get("listen", DEFAULT_LISTEN),
        traps=values.get("traps", DEFAULT_TRAPS),
        log=values.get("log", "journal"),
        kafka=_kafka(values.get("kafka", {}), vault),
        credentials={
            one["id"]: _credential(one["snmp"], ("service", "credentials", index, "snmp"), vault)
            for index, one in enumerate(values.get("credentials", ()))
        },
        channels={
            one["id"]: _webhook(one, ("service", "channels", index, "webhook"), vault)
            for index, one in enumerate(values.get("channels", ()))
        },
        freezes=tuple(
            Freeze(id=one["id"], name=one.get("name", one["id"]), first=one["from"], last=one["to"])
            for one in values.get("freezes", ())
        ),
        vantage=values.get("vantage", next(iter(vantages), None)),
        store=_store(values.get("store", "sqlite"), vault),
        closing=_closing(values.get("closing", "automatic")),
        language=values.get("language", "nl"),
        retention_s=values.get("retention"),
        snmp_engine=values.get("snmp", {}).get("engine", "fast"),
        problems=tuple(sorted(into.problems)),
    )


_KAFKA_WORDS = {
    "protocol": "security_protocol",
    "ca": "ssl_cafile",
    "certificate": "ssl_certfile",
    "key": "ssl_keyfile",
    "mechanism": "sasl_mechanism",
    "user": "sasl_plain_username",
    "password": "sasl_plain_password",
}


def _kafka(read: Mapping[str, Any], vault: Vault) -> Kafka:
    security = read.get("security", {})
    where: Where = ("service", "kafka", "security", "password")
    return Kafka(
        servers=tuple(str(server) for server in read.get("servers", ())),
        prefix=read.get("prefix", "keten."),
        security={
            word: vault.open(security[key], where) if key == "password" else security[key]
            for key, word in _KAFKA_WORDS.items()
            if key in security
        },
    )


def _store(read: Any, vault: Vault) -> Secret | None:
    if read == "sqlite":
        return None
    return vault.open(read["postgresql"], ("service", "store", "postgresql"))


def _closing(read: Any) -> ClosingRule | None:
    if isinstance(read, str):
        return None if read == "by-hand" else ClosingRule()
    return ClosingRule(**read)


def _credential(read: Mapping[str, Any], path: Where, vault: Vault) -> SnmpCredential:
    def opened(*keys: str) -> Secret | None:
        found: Any = read
        for key in keys:
            found = found.get(key) if found else None
        return vault.open(found, (*path, *keys)) if found else None

    return SnmpCredential(
        version=read.get("version", "3" if "user" in read else "2c"),
        community=opened("community"),
        user=read.get("user"),
        auth_type=read.get("auth", {}).get("type"),
        auth_secret=opened("auth", "secret"),
        priv_type=read.get("priv", {}).get("type"),
        priv_secret=opened("priv", "secret"),
    )


def _webhook(read: Mapping[str, Any], path: Where, vault: Vault) -> Webhook:
    webhook = read["webhook"]
    secret = webhook.get("secret")
    return Webhook(
        id=read["id"],
        url=vault.open(webhook["url"], (*path, "url")),
        secret=vault.open(secret, (*path, "secret")) if secret else None,
    )
