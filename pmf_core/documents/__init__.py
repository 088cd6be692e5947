"""Sections of sentences, figures, charts and tables, and the one HTML page that they make."""
