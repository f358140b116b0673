"""What the gateway does, one capability a module or package."""
