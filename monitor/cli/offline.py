"""Verbs of the family `offline`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.cli.verb import Verb

VERBS: tuple[Verb, ...] = ()
