"""The simulator, piece by piece."""
