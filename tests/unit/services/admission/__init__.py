"""Limits, budgets, and who is let in."""
