"""Meterhouse: a self-hosted gateway for a team's AI calls."""

__version__ = "0.1.0"
