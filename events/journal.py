"""The event log on one machine: an append-only SQLite journal that several processes may read."""
