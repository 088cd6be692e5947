"""Compiled loops over plain arrays; no configuration and no frame."""
