"""People and teams through the whole application."""
