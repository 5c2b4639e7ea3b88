"""Proof of the rules of `topology`."""
