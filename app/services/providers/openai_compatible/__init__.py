"""Any server that speaks OpenAI's dialect."""
