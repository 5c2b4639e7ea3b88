"""A catalogue compiled to gates on integer vertices, for the live path."""
