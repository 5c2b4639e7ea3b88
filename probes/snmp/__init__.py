"""Looking at devices over SNMP."""
