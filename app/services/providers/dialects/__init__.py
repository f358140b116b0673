"""Wire dialects shared by providers."""
