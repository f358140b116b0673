"""Routes in OpenAI's form."""
