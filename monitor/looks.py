"""What is to be looked at next, in words: pages and command line say the same.

Source: CORE.md 3.1 (next test); the ways are those of `topology.rootcause.nexttest`.
"""

from __future__ import annotations

from monitor.language import N_

__all__ = ["LOOKS"]

LOOKS = {
    "port": N_("kijk of de poort van {subject} op {seen_from} signaal heeft"),
    "reach": N_("kijk of {subject} antwoordt"),
    "battery": N_("kijk of {subject} op noodstroom draait"),
    "elsewhere": N_("kijk vanaf een ander meetpunt of {subject} antwoordt"),
    "inspect": N_("laat ter plaatse naar {subject} kijken"),
}
"""Way of looking to what is said of it."""
