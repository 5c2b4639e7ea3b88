"""Reports: facts turned into figures that add up, and figures into pages. The arithmetic is pure."""
