"""What goes wrong on purpose, and what must hold then."""
