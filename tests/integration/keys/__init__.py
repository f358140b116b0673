"""Keys and usage through the real application."""
