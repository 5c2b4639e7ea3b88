"""A file of targets to the agents to ask."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from events.errors import ConfigError
from monitor.cli.probe import secret_of
from probes.discovery.survey import Seed
from probes.port import SnmpCredential
from probes.snmp.engine import Agent, split_address

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["read_seeds"]

_FORM = 'write it as [{"name": "sw-1", "address": "192.0.2.10", "community": "env:LAN_RO"}]'


def read_seeds(path: str, timeout_s: float, retries: int) -> list[Seed]:
    """Turn a file of targets into seeds.

    Args:
        path: A list of `name`, `address`, `community` and, where wanted, `contexts`.
        timeout_s: Seconds a try.
        retries: Tries after the first.

    Raises:
        ConfigError: What is wrong with it, and where.
    """
    try:
        read = json.loads(Path(path).read_bytes())
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise ConfigError(f"{path}: is not JSON: {error}") from None
    if not isinstance(read, list) or not read:
        raise ConfigError(f"{path}: holds no list of targets; {_FORM}")
    seeds = [_seed(one, f"{path}: target {n}", timeout_s, retries) for n, one in enumerate(read, 1)]
    names = [seed.name for seed in seeds]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ConfigError(f"{path}: more than one target is called {', '.join(twice)}")
    return seeds


def _seed(one: object, place: str, timeout_s: float, retries: int) -> Seed:
    if not isinstance(one, dict):
        raise ConfigError(f"{place}: is no mapping; {_FORM}")
    name, address, community = (_text(one, key, place) for key in ("name", "address", "community"))
    contexts = one.get("contexts", [])
    if not isinstance(contexts, list) or not all(isinstance(each, str) for each in contexts):
        raise ConfigError(f"{place}: `contexts` is a list of communities")
    try:
        host, port = split_address(address)
    except ValueError as error:
        raise ConfigError(f"{place}: {error}") from None
    agent = Agent(
        host=host,
        port=port,
        credential=_credential(community, place),
        timeout_s=timeout_s,
        retries=retries,
    )
    return Seed(
        name=name, agent=agent, contexts=tuple(_credential(each, place) for each in contexts)
    )


def _text(one: Mapping[str, object], key: str, place: str) -> str:
    value = one.get(key)
    if not isinstance(value, str) or not value:
        raise ConfigError(f"{place}: `{key}` is missing or no text; {_FORM}")
    return value


def _credential(community: str, place: str) -> SnmpCredential:
    return SnmpCredential(community=secret_of(community, f"{place}: community"))
