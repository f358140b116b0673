"""What a call of a Hugging Face task asks for, and how much of it there is."""
