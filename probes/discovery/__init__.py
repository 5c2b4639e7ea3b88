"""What devices say of each other, to the wires between them (pure)."""
