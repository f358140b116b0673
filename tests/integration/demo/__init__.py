"""The demo: what it makes up, and how it starts."""
