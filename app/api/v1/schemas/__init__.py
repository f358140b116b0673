"""Pydantic wire forms, one module a resource."""
