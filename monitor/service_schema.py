"""The section `service:` as data: every setting, its shape and its one line of documentation."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from monitor.secret import SECRET, URL
from topology.catalogue.shape import Either, Id, Key, Many, Record, Scalar
from topology.catalogue.words import CLOCK, DAY, TEXT, WHOLE_SECONDS, choice, whole

if TYPE_CHECKING:
    from topology.catalogue.reading import Path, Reading
    from topology.catalogue.shape import Told

__all__ = ["OPTIONS", "SERVICE", "Address"]

_PORTS = 65_535


class Address(NamedTuple):
    """A host and a port; text form `host:port`, IPv6 in brackets. Port 0 = any free one."""

    host: str
    port: int

    def __str__(self) -> str:
        """Turn it into `host:port`."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def _address(text: str) -> Address:
    host, _, port = text.rpartition(":")
    if int(port) > _PORTS:
        raise ValueError(f"a port is at most {_PORTS}")
    return Address(host.strip("[]"), int(port))


_ADDRESS = r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):\d{1,5}"
ADDRESS = Scalar(
    "an address such as 127.0.0.1:8470",
    _ADDRESS,
    _address,
    {"type": "string", "pattern": f"^{_ADDRESS}$"},
)
SERVERS = Many(ADDRESS, least=1)
_PREFIX = Scalar(
    "a prefix of topic names, such as keten.",
    r"[A-Za-z0-9._-]{1,100}",
    str,
    {"type": "string", "pattern": r"^[A-Za-z0-9._-]{1,100}$"},
)


def _security_rule(told: Told, path: Path, into: Reading) -> None:
    login = "SASL" in str(told.read.get("protocol", ""))
    missing = [key for key in ("mechanism", "user", "password") if key not in told.names]
    if login and missing:
        into.error(path, "missing-key", f"SASL needs {', '.join(f'`{key}`' for key in missing)}")


def _kafka_rule(told: Told, path: Path, into: Reading) -> None:
    if told.read.get("log") == "kafka" and "kafka" not in told.names:
        into.error((*path, "log"), "missing-key", "`log: kafka` needs `kafka: {servers: [..]}`")


def _snmp_rule(told: Told, path: Path, into: Reading) -> None:
    names = told.names
    version = told.read.get("version", "3" if "user" in names else "2c")
    for_version = {"2c": ("version", "community"), "3": ("version", "user", "auth", "priv")}
    needed = {"2c": "community", "3": "user"}[version]
    if needed not in names:
        into.error(path, "missing-key", f"SNMP {version} needs `{needed}`")
    for key in sorted(names & {"community", "user", "auth", "priv"}):
        if key not in for_version[version]:
            into.error((*path, key), "wrong-key", f"`{key}` is not for SNMP {version}; remove it")
    if "priv" in names and "auth" not in names:
        into.error((*path, "priv"), "missing-key", "`priv` needs `auth` beside it")


SECURITY = Record(
    "the security of Kafka",
    {
        "protocol": Key(
            choice("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"),
            "How to connect.",
            required=True,
        ),
        "ca": Key(TEXT, "Path of the certificates to trust.", absent="the system's"),
        "certificate": Key(TEXT, "Path of our own certificate."),
        "key": Key(TEXT, "Path of the key of our own certificate."),
        "mechanism": Key(choice("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"), "How to log in."),
        "user": Key(TEXT, "Who logs in."),
        "password": Key(SECRET, "Its password: {env: NAME} or {file: PATH}."),
    },
    _security_rule,
)

KAFKA = Record(
    "the Kafka settings",
    {
        "servers": Key(SERVERS, "Brokers to begin with, host:port.", required=True),
        "prefix": Key(_PREFIX, "What topic names begin with.", absent="keten."),
        "security": Key(SECURITY, "TLS and login.", absent="none"),
    },
)

_AUTH = Record(
    "authentication",
    {
        "type": Key(
            choice("MD5", "SHA1", "SHA224", "SHA256", "SHA384", "SHA512"),
            "The hash.",
            required=True,
        ),
        "secret": Key(SECRET, "The passphrase: {env: NAME} or {file: PATH}.", required=True),
    },
)
_PRIV = Record(
    "privacy",
    {
        "type": Key(choice("DES", "AES128", "AES192", "AES256"), "The cipher.", required=True),
        "secret": Key(SECRET, "The passphrase: {env: NAME} or {file: PATH}.", required=True),
    },
)

CREDENTIALS = Record(
    "credentials",
    {
        "id": Key(
            Id("credentials"), "What `probe: {snmp: {credentials: ..}}` names.", required=True
        ),
        "snmp": Key(
            Record(
                "SNMP credentials",
                {
                    "version": Key(choice("2c", "3"), "Version.", absent="3 with `user`, else 2c"),
                    "community": Key(SECRET, "The community of v2c: {env: ..} or {file: ..}."),
                    "user": Key(TEXT, "The user of v3."),
                    "auth": Key(_AUTH, "How the user of v3 is authenticated.", absent="not"),
                    "priv": Key(_PRIV, "How v3 is encrypted.", absent="not"),
                },
                _snmp_rule,
            ),
            "How to be let in over SNMP.",
            required=True,
        ),
    },
)

CHANNEL = Record(
    "a channel",
    {
        "id": Key(Id("channel"), "Its id.", required=True),
        "webhook": Key(
            Record(
                "a webhook",
                {
                    "url": Key(
                        URL,
                        "Where to post: {env: ..}, {file: ..} or a loopback URL.",
                        required=True,
                    ),
                    "secret": Key(SECRET, "Signs each post.", absent="not signed"),
                },
            ),
            "Posts every notification as a CloudEvent.",
            required=True,
        ),
    },
)

_POSTGRESQL = Record(
    "the store",
    {
        "postgresql": Key(
            SECRET,
            "Where PostgreSQL is, as postgresql://user:password@host:5432/name: {env: ..} or {file: ..}.",
            required=True,
        )
    },
)


def _freeze_rule(told: Told, path: Path, into: Reading) -> None:
    first, last = told.read.get("from"), told.read.get("to")
    if isinstance(first, date) and isinstance(last, date) and first > last:
        into.error((*path, "to"), "freeze-order", "a freeze ends on or after the day it begins")


FREEZE = Record(
    "a freeze",
    {
        "id": Key(Id("freeze"), "Its id.", required=True),
        "name": Key(TEXT, "What people call it.", absent="its id"),
        "from": Key(DAY, "First local day without changes.", required=True),
        "to": Key(DAY, "Last local day without changes; it counts too.", required=True),
    },
    _freeze_rule,
)


def _closing_rule(told: Told, path: Path, into: Reading) -> None:
    if "at" in told.read and told.read["at"] is None:
        into.error((*path, "at"), "bad-value", "a day ends at 24:00; write a time of it, to 23:59")


MOST_WORKING_DAYS = 15
"""Every month has so many with ordinary weeks; later is a month behind."""

CLOSING = Record(
    "the closing of months",
    {
        "day": Key(
            whole(1, MOST_WORKING_DAYS), "On which working day after the month.", absent="3"
        ),
        "at": Key(CLOCK, "At what local time of that day.", absent='"09:00"'),
        "calendar": Key(
            TEXT,
            "Id of the calendar whose days with service are the working days.",
            absent="Monday to Friday without the Dutch public holidays",
        ),
    },
    _closing_rule,
)

SERVICE = Record(
    "the settings",
    {
        "data": Key(TEXT, "Data directory, relative to the catalogue.", absent=".keten"),
        "listen": Key(ADDRESS, "Where the board and the API listen.", absent="127.0.0.1:8470"),
        "traps": Key(ADDRESS, "Where traps are received (UDP).", absent="127.0.0.1:9162"),
        "log": Key(choice("journal", "kafka"), "What carries the events.", absent="journal"),
        "kafka": Key(KAFKA, "Where Kafka is."),
        "credentials": Key(Many(CREDENTIALS), "How devices let the probes in."),
        "channels": Key(Many(CHANNEL), "Where notifications go."),
        "vantage": Key(
            TEXT,
            "Where this process polls from, of several vantage points.",
            absent="the first",
        ),
        "store": Key(
            Either(text=choice("sqlite"), mapping=_POSTGRESQL),
            "Where the ledger is kept: sqlite (`ledger.db` in the data directory), or PostgreSQL.",
            absent="sqlite",
        ),
        "closing": Key(
            Either(text=choice("automatic", "by-hand"), mapping=CLOSING),
            "How a month is closed: by itself when it is over, on the day said here, or by `keten close`.",
            absent="automatic",
        ),
        "freezes": Key(Many(FREEZE), "When nothing may be changed; `keten changes` warns."),
        "language": Key(choice("nl", "en"), "Language of pages and letters.", absent="nl"),
        "retention": Key(
            WHOLE_SECONDS,
            "How long the log keeps what it keeps by age; never commands.",
            absent="what each topic says",
        ),
        "snmp": Key(
            Record(
                "the SNMP settings",
                {"engine": Key(choice("fast", "pysnmp"), "Which engine polls.", required=True)},
            ),
            "How SNMP is spoken.",
            absent="engine fast",
        ),
    },
    _kafka_rule,
)

OPTIONS: dict[str, tuple[str, ...]] = {
    "data": ("data",),
    "listen": ("listen",),
    "traps": ("traps",),
    "log": ("log",),
    "kafka_servers": ("kafka", "servers"),
    "kafka_prefix": ("kafka", "prefix"),
    "vantage": ("vantage",),
    "language": ("language",),
    "closing": ("closing",),
    "retention": ("retention",),
    "snmp_engine": ("snmp", "engine"),
}
"""Settings that the command line (`--snmp-engine`) and the environment (`KETEN_SNMP_ENGINE`) may set,
to where they stand under `service:`."""


def variable(option: str) -> str:
    """Turn an option into its environment variable."""
    return "KETEN_" + option.upper()


def split(option: str, text: str) -> object:
    """Turn the text of an option into the plain value that would stand in the files."""
    if option == "kafka_servers":
        return [part for part in re.split(r"[,\s]+", text) if part]
    return text
