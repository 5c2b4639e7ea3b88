"""Evidence of one component turned into its state: gaps, age, pending checks (CORE.md 1.2)."""
