"""What did the operator write? Plain values turned into a Catalogue, or every problem at once."""

from topology.catalogue.assembly import build, canonical, compose, fingerprint

__all__ = ["build", "canonical", "compose", "fingerprint"]
