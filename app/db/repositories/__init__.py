"""All SQL, one module a table family."""
