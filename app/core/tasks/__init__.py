"""The catalogue of Hugging Face tasks: what each takes, gives, and is measured in."""
