"""Settings: command line, then KETEN_*, then `service:`; secrets only by reference, and never shown."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from events.errors import ConfigError
from monitor.catalogue_files import load
from monitor.reports.schedule import ClosingRule
from monitor.service_schema import OPTIONS, SERVICE, variable
from monitor.settings import Address, Settings, address, read
from tests.catalogue.samples import WHOLE, written
from topology.catalogue import build

GEHEIM = "s3cr3t-that-must-not-show"

SECTION = """\
service:
  data: gegevens
  listen: 127.0.0.1:1111
  log: kafka
  language: en
  retention: 30d
  snmp: {engine: pysnmp}
  kafka:
    servers: ["kafka-1:9092", "[::1]:9093"]
    prefix: regio.
    security: {protocol: SASL_SSL, ca: /etc/ca.pem, mechanism: SCRAM-SHA-512, user: keten,
      password: {env: KAFKA_PW}}
  credentials:
    - {id: ro, snmp: {community: {env: RO}}}
    - id: v3
      snmp:
        user: mon
        auth: {type: SHA256, secret: {file: v3.auth}}
        priv: {type: AES128, secret: {env: PRIV}}
  channels:
    - {id: beheer, webhook: {url: {env: HOOK}, secret: {env: SIGN}}}
    - {id: lokaal, webhook: {url: "http://localhost:9/x"}}
  vantage: poller-2
"""
TWO_POINTS = """\
vantage_points:
  - {id: poller-1, attached_to: core-1, via: l-poller-1}
  - {id: poller-2, attached_to: app, via: l-poller-2}
"""
ENVIRON = {"KAFKA_PW": GEHEIM, "RO": GEHEIM, "PRIV": GEHEIM, "HOOK": GEHEIM, "SIGN": GEHEIM}


@pytest.fixture
def directory(tmp_path):
    (tmp_path / "v3.auth").write_text(GEHEIM + "\n", encoding="utf-8")
    (tmp_path / "v3.auth").chmod(0o600)
    return written(tmp_path, a=WHOLE, b=SECTION, c=TWO_POINTS)


def settings(directory, environ=ENVIRON, **overrides) -> Settings:
    return read(load(directory), directory, environ, overrides)


def refused(directory, environ=ENVIRON, **overrides):
    with pytest.raises(ConfigError) as caught:
        settings(directory, environ, **overrides)
    assert GEHEIM not in str(caught.value)
    return [(Path(p.file).name, p.line, p.column, p.code) for p in caught.value.problems]


def test_everything_in_the_section_reaches_the_settings(directory):
    got = settings(directory)
    assert got.data == directory / "gegevens"
    assert got.listen == ("127.0.0.1", 1111)
    assert (got.log, got.language, got.snmp_engine) == ("kafka", "en", "pysnmp")
    assert got.retention_s == 30 * 86_400
    assert got.kafka.servers == ("kafka-1:9092", "[::1]:9093")
    assert got.kafka.options() == {
        "security_protocol": "SASL_SSL",
        "ssl_cafile": "/etc/ca.pem",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "keten",
        "sasl_plain_password": GEHEIM,
    }
    assert got.credentials["ro"].version == "2c"
    assert got.credentials["ro"].community.reveal() == GEHEIM
    v3 = got.credentials["v3"]
    assert (v3.version, v3.user, v3.auth_type, v3.priv_type) == ("3", "mon", "SHA256", "AES128")
    assert v3.auth_secret.reveal() == GEHEIM, "the line end of a secret file is not part of it"
    assert got.channels["beheer"].url.reveal() == GEHEIM
    assert got.channels["lokaal"].url.reveal() == "http://localhost:9/x"
    assert got.channels["lokaal"].secret is None
    assert got.problems == ()


def test_without_a_section_the_documented_defaults_hold(tmp_path):
    got = settings(written(tmp_path, a=WHOLE), {})
    assert got.data == tmp_path / ".keten"
    assert (str(got.listen), str(got.traps)) == ("127.0.0.1:8470", "127.0.0.1:9162")
    assert (got.log, got.language, got.snmp_engine) == ("journal", "nl", "fast")
    assert got.kafka.prefix == "keten."


def test_the_command_line_goes_before_the_environment_and_that_before_the_files(directory):
    environ = ENVIRON | {"KETEN_LISTEN": "127.0.0.1:2222"}
    assert settings(directory, environ).listen.port == 2222
    assert settings(directory, environ, listen="127.0.0.1:3333").listen.port == 3333
    assert settings(directory, environ, listen=None).listen.port == 2222
    assert settings(directory, ENVIRON | {"KETEN_LISTEN": ""}).listen.port == 1111


@pytest.mark.parametrize("option", OPTIONS)
def test_every_option_may_come_from_the_environment(directory, option):
    values = {
        "data": "/elders",
        "listen": "[::1]:1",
        "traps": "127.0.0.2:162",
        "log": "journal",
        "kafka_servers": "a:1, b:2",
        "kafka_prefix": "x.",
        "vantage": "poller-1",
        "language": "nl",
        "closing": "by-hand",
        "retention": "1d",
        "snmp_engine": "fast",
    }
    got = settings(directory, ENVIRON | {variable(option): values[option]})
    assert got != settings(directory)
    assert got == settings(directory, **{option: values[option]})


def test_a_data_directory_from_outside_the_files_is_where_the_caller_stands(directory):
    assert settings(directory, data="hier").data == Path("hier")


@pytest.mark.parametrize("listen", ["0.0.0.0:80", "192.0.2.1:80", "[::]:80", "board.example:80"])
def test_an_address_that_is_not_loopback_is_refused_because_there_is_no_login(directory, listen):
    assert refused(directory, listen=listen) == [("--listen", 0, 0, "not-loopback")]


@pytest.mark.parametrize("listen", ["127.0.0.1:0", "127.9.9.9:80", "localhost:80", "[::1]:80"])
def test_every_loopback_address_will_do(directory, listen):
    assert str(settings(directory, listen=listen).listen) == listen


def test_a_wrong_value_is_told_where_it_came_from(directory):
    environ = ENVIRON | {"KETEN_LANGUAGE": "fr", "KETEN_LISTEN": "127.0.0.1:70000"}
    assert refused(directory, environ, snmp_engine="slow") == [
        ("--snmp-engine", 0, 0, "bad-value"),
        ("KETEN_LANGUAGE", 0, 0, "bad-value"),
        ("KETEN_LISTEN", 0, 0, "bad-value"),
    ]


def test_a_secret_that_is_not_there_is_told_at_its_place(directory):
    (directory / "v3.auth").unlink()
    environ = ENVIRON | {"PRIV": ""}
    del environ["RO"]
    assert refused(directory, environ) == [
        ("b.yaml", 14, 34, "no-secret"),
        ("b.yaml", 18, 38, "no-secret"),
        ("b.yaml", 19, 38, "no-secret"),
    ]


def test_a_secret_file_that_everybody_may_read_is_a_warning_in_check_too(directory):
    (directory / "v3.auth").chmod(0o644)
    assert [(one.severity, one.code) for one in settings(directory).problems] == [
        ("warning", "secret-mode")
    ]
    found = {(one.severity, one.code) for one in load(directory, examine=True).problems}
    assert ("warning", "secret-mode") in found


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe", b"x" * 70_000])
def test_a_secret_file_without_a_usable_secret_is_refused(directory, content):
    (directory / "v3.auth").write_bytes(content)
    assert [code for *_, code in refused(directory)] == ["no-secret"]


def test_no_repr_and_no_str_shows_a_secret(directory):
    got = settings(directory)
    for shown in (repr(got), str(got), repr(got.kafka), repr(got.credentials), f"{got.channels}"):
        assert GEHEIM not in shown


LITERAL = {
    "a community": f"credentials: [{{id: a, snmp: {{community: {GEHEIM}}}}}]",
    "a community that is a list": f"credentials: [{{id: a, snmp: {{community: [{GEHEIM}]}}}}]",
    "a passphrase": f"credentials: [{{id: a, snmp: {{user: u, auth: {{type: MD5, secret: {GEHEIM}}}}}}}]",
    "a password": "kafka: {servers: ['a:1'], security: {protocol: SASL_SSL, mechanism: PLAIN, user: u,"
    f" password: {GEHEIM}}}}}",
    "a webhook": f"channels: [{{id: a, webhook: {{url: 'https://hooks.example/{GEHEIM}'}}}}]",
    "a signing secret": f"channels: [{{id: a, webhook: {{url: 'http://[::1]/', secret: {GEHEIM}}}}}]",
    "a URL that is none": f"channels: [{{id: a, webhook: {{url: 'http://[{GEHEIM}'}}}}]",
    "a secret as name of a variable": f"credentials: [{{id: a, snmp: {{community: {{env: '{GEHEIM}!'}}}}}}]",
}


@pytest.mark.parametrize("name", LITERAL)
def test_a_literal_secret_is_an_error_that_does_not_repeat_it(tmp_path, name):
    with pytest.raises(ConfigError) as caught:
        load(written(tmp_path, a=f"service:\n  {LITERAL[name]}\n"))
    assert GEHEIM not in str(caught.value)
    codes = {problem.code for problem in caught.value.problems}
    assert codes & {"literal-secret", "bad-value"}


WRONG = {
    "v2c without community": ("credentials: [{id: a, snmp: {version: 2c}}]", "missing-key"),
    "v3 without user": ("credentials: [{id: a, snmp: {version: 3}}]", "missing-key"),
    "v2c with a user": (
        "credentials: [{id: a, snmp: {version: 2c, user: u, community: {env: A}}}]",
        "wrong-key",
    ),
    "privacy without authentication": (
        "credentials: [{id: a, snmp: {user: u, priv: {type: DES, secret: {env: A}}}}]",
        "missing-key",
    ),
    "a secret in two places": (
        "credentials: [{id: a, snmp: {community: {env: A, file: b}}}]",
        "secret-form",
    ),
    "a secret in no place": ("credentials: [{id: a, snmp: {community: {}}}]", "secret-form"),
    "Kafka without servers": ("log: kafka", "missing-key"),
    "SASL without a user": (
        "kafka: {servers: ['a:1'], security: {protocol: SASL_SSL}}",
        "missing-key",
    ),
    "two channels of one id": (
        "channels: [{id: a, webhook: {url: {env: A}}}, {id: a, webhook: {url: {env: A}}}]",
        "duplicate-id",
    ),
    "a server without port": ("kafka: {servers: [a]}", "bad-value"),
    "a language that is not there": ("language: de", "bad-value"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_setting_that_makes_no_sense_is_refused(tmp_path, name):
    section, code = WRONG[name]
    with pytest.raises(ConfigError) as caught:
        load(written(tmp_path, a=f"service:\n  {section}\n"))
    assert [problem.code for problem in caught.value.problems] == [code]


def test_a_probe_whose_credentials_are_nowhere_is_refused_when_the_service_starts(tmp_path):
    text = WHOLE.replace("{id: sw-1,", "{id: sw-1, probe: {snmp: {credentials: ro}},")
    catalogue = load(written(tmp_path, a=text))  # calculations do not need them
    with pytest.raises(ConfigError, match="`sw-1` is polled with credentials `ro`"):
        read(catalogue, tmp_path, {})


def test_a_variable_that_looks_like_a_setting_is_a_warning_and_those_of_others_are_not(directory):
    environ = ENVIRON | {
        "KETEN_LISTN": "127.0.0.1:1",
        "KETEN_SERVICE_HOST": "10.0.0.1",
        "KETEN_URL": "http://127.0.0.1:1",
    }
    found = settings(directory, environ).problems
    assert [one.file for one in found] == ["KETEN_LISTN"]
    assert "KETEN_LISTEN" in found[0].message


def test_the_address_of_a_running_service_needs_no_secret(directory):
    assert address(load(directory), {}) == Address("127.0.0.1", 1111)
    assert address(load(directory), {"KETEN_LISTEN": "[::1]:5"}) == ("::1", 5)
    assert str(address(build({}), {})) == "127.0.0.1:8470"
    with pytest.raises(ConfigError, match="KETEN_LISTEN"):
        address(build({}), {"KETEN_LISTEN": "hier"})


def test_every_option_is_a_key_of_the_section():
    for where in OPTIONS.values():
        shape = SERVICE
        for name in where:
            shape = shape.keys[name].shape


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ("", ClosingRule()),
        ("automatic", ClosingRule()),
        ("by-hand", None),
        ("{}", ClosingRule()),
        ('{day: 5, at: "07:30"}', ClosingRule(day=5, at=time(7, 30))),
        ("{calendar: altijd}", ClosingRule(calendar="altijd")),
    ],
)
def test_a_month_closes_by_itself_unless_it_is_said_otherwise(tmp_path, said, rule):
    section = f"service:\n  closing: {said}\n" if said else ""
    assert settings(written(tmp_path, a=WHOLE, b=section), {}).closing == rule


@pytest.mark.parametrize(
    ("said", "code", "column"),
    [
        ("{day: 0}", "bad-value", 18),
        ("{day: 16}", "bad-value", 18),
        ('{at: "24:00"}', "bad-value", 17),
        ("{calendar: kantor}", "unknown-id", 23),
        ("sometimes", "bad-value", 12),
        ("{days: 3}", "unknown-key", 13),
    ],
)
def test_a_closing_that_cannot_be_is_refused_with_its_place(tmp_path, said, code, column):
    directory = written(tmp_path, a=WHOLE, b=f"service:\n  closing: {said}\n")
    assert refused(directory, {}) == [("b.yaml", 2, column, code)]


def test_of_several_vantage_points_the_named_one_is_polled_from(tmp_path):
    directory = written(tmp_path, a=WHOLE, b=TWO_POINTS)
    named = settings(directory, {}, vantage="poller-2")
    assert (named.vantage, named.problems) == ("poller-2", ())
    silent = settings(directory, {})
    assert silent.vantage == "poller-1"
    assert [problem.code for problem in silent.problems] == ["vantage-not-named"]


def test_a_catalogue_without_vantage_points_has_none_to_poll_from(tmp_path):
    assert settings(written(tmp_path, a=WHOLE), {}).vantage is None


def test_a_vantage_point_that_does_not_exist_is_refused_with_the_one_that_was_meant(tmp_path):
    directory = written(tmp_path, a=WHOLE, b=TWO_POINTS)
    with pytest.raises(ConfigError, match="did you mean `poller-2`"):
        settings(directory, {}, vantage="poler-2")
