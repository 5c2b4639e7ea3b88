"""A simulated office LAN on loopback: real SNMP agents, scripted faults."""
