"""The least explanation of what fails: frontier rule A (CORE.md 3.2)."""
