"""Root causes: everything that was seen, turned into the least that can be wrong (CORE.md 3)."""
