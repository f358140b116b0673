"""Transport tests."""
