"""Sweeps through a model, chains of them, and where they run."""
