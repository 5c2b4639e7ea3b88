"""Two readings of sysUpTime to what happened between them (pure).

sysUpTime counts hundredths of a second modulo 2**32 and passes zero every 497 days; going back means a
restart only when the wrap does not explain it.
"""

from __future__ import annotations

__all__ = ["MODULUS", "restarted"]

MODULUS = 2**32
TOLERANCE_CS = 30_000
"""Five minutes: agents that count badly, and polls that were late."""
DRIFT = 0.01


def restarted(before: int, after: int, elapsed_s: float) -> bool:
    """Whether a device restarted between two readings.

    Args:
        before: First sysUpTime, hundredths of a second.
        after: Second sysUpTime.
        elapsed_s: Seconds between the readings on our clock.
    """
    if after >= before:
        return False
    expected = before + elapsed_s * 100
    tolerance = TOLERANCE_CS + elapsed_s * 100 * DRIFT
    return expected + tolerance < MODULUS or abs(after + MODULUS - expected) > tolerance
