"""Pure functions between wire forms and domain types."""
