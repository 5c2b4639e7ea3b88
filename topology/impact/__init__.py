"""What would happen if: the impact of parts that fail or are worked on, and the change calendar. Pure."""
