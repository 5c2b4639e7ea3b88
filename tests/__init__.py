"""Proof of the rules. Shared with benchmarks: nothing."""
