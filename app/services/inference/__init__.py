"""The path of one call."""
