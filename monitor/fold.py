"""Topology and alerting folded together: events in, verdicts and events out. Pure."""
