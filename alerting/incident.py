"""One incident: one root cause, its chains, its life."""
