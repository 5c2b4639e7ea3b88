"""The event log in memory: the fake that passes the same contract suite."""
