"""Verbs of the family `live`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.cli.verb import Verb

VERBS: tuple[Verb, ...] = ()
