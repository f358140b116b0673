"""Wire forms of OpenAI's API."""
