"""Hugging Face's server for embeddings, rerankers and classifiers."""
