"""Vendors as declarations: what a device's own MIB holds, read by rules that an operator can write."""
