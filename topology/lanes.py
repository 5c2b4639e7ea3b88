"""Incremental states of every chain: three lanes of bit masks over the compiled gates (CORE.md 2.1)."""
