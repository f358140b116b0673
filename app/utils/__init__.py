"""Pure functions that a stranger could use."""
