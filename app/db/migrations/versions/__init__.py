"""One module a revision, by date."""
