"""Requests and answers that an operator has stored."""
