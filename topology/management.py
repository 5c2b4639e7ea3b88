"""What a vantage point can reach through what: plain adjacency for root cause (CORE.md 3.1)."""
