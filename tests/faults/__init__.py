"""Processes killed, ports taken, brokers gone: the service as its operators meet it."""
