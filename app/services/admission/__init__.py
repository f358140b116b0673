"""What is let in: limits, budgets, and what is held for a call."""
