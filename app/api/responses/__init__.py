"""Answers that Starlette has not: typed streams, work that ends with its client."""
