"""What is to be expected: predicted availability, what each part means for it, what the OLAs promise."""

from topology.reliability.prediction import reliability
from topology.reliability.promises import unkept_promises

__all__ = ["reliability", "unkept_promises"]
