"""How much of a task there is."""
