"""What a model is made of, an ingredient a file."""
