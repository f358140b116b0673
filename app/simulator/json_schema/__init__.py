"""Makes the smallest JSON value that a JSON Schema accepts."""
