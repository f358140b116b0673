"""The contract of a provider, and the providers."""
