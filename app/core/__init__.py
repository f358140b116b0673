"""Configuration, errors, clock, ids, secrets, logging and metrics."""
