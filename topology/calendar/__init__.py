"""Agreed service time in seconds, local days and months as spans, Dutch holidays."""

from topology.calendar.holidays import dutch_holidays, easter_sunday
from topology.calendar.localtime import (
    day_start,
    is_timezone,
    local_day,
    month_span,
    wall_instant,
)
from topology.calendar.service_time import ServiceTime

__all__ = [
    "ServiceTime",
    "day_start",
    "dutch_holidays",
    "easter_sunday",
    "is_timezone",
    "local_day",
    "month_span",
    "wall_instant",
]
