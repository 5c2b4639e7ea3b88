"""A mapping turned into a Catalogue, or every problem at once."""
