"""Measures the gateway against a null route and against a direct call: `python -m benchmarks`."""
