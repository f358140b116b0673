"""Measures the gateway beside other gateways, in one run: `python -m benchmarks.peers`."""
