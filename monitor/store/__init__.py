"""What is kept for good: the facts of the accounts and the closed months, in SQLite or PostgreSQL."""
