"""Health, readiness, metrics and the offline API reference."""
