"""The graph people and analyses see, as networkx graphs."""
