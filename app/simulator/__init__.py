"""A fake Hugging Face, as an ASGI app of its own."""
