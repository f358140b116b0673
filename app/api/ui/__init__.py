"""The web UI's shell and static files."""
