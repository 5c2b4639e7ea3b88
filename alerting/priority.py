"""Users affected and urgency turned into a proposed priority (CORE.md 6)."""
