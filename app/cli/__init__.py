"""The `meterhouse` command."""
