"""Budgets and limits over the real application, as they are managed."""
