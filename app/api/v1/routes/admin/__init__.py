"""Routes for admins alone."""
