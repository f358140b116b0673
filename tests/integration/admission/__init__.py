"""Calls that count into budgets and limits, over real sockets."""
