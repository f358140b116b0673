"""Hugging Face's router."""
