"""The only loops: probe, engine, notify, web."""
