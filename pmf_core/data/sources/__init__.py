"""Where ratings come from, a source a file."""
