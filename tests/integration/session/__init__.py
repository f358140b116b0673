"""Signing in with a browser, and everything that tries to get in with it."""
