"""Where calls go, and where they go next."""
