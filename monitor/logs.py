"""How the service speaks to its operators: one structured line per thing that happened, on stderr.

Event names are static (`noun.past_verb`), facts are keys, units are in the keys. A loss is said once,
and its recovery once (STYLE.md 3).
"""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from structlog.typing import EventDict, Processor, WrappedLogger

__all__ = ["configure", "logger"]

SECRET_WORDS = ("secret", "password", "community", "token", "authorization")


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger that carries the name of its room."""
    bound: structlog.stdlib.BoundLogger = structlog.get_logger(room=name)
    return bound


def configure(*, level: str = "info", pretty: bool | None = None) -> None:
    """Set up logging once, at the start of a process.

    Args:
        level: debug, info, warning or error.
        pretty: Lines for people; None = when stderr is a terminal, else one JSON object a line.
    """
    for_people = sys.stderr.isatty() if pretty is None else pretty
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(colors=False)
        if for_people
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            hide_secrets,
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=_to_stderr,
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(stream=sys.stderr, level=logging.ERROR, format="%(name)s: %(message)s")


def _to_stderr(*_: object) -> structlog.PrintLogger:
    """Look stderr up when a line is written: it may have been replaced since."""
    return structlog.PrintLogger(sys.stderr)


def hide_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace values under keys that name a secret: the last net, not the first."""
    for key in event:
        if any(word in key.lower() for word in SECRET_WORDS):
            event[key] = "***"
    return event
