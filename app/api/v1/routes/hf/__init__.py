"""Routes in Hugging Face's own form."""
