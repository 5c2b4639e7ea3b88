"""Minutes that add up: what chains were over time, what is excluded, whose it is, the figures."""
