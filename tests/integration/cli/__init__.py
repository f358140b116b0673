"""The `meterhouse` command, run as people run it."""
