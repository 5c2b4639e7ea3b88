"""What is up now, and why? The state of everything, stepped one event at a time on the compiled graph."""
