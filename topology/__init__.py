"""What is up, and why? Pure: no IO, no clock, no chance."""
