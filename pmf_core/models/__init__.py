"""What a model is: its settings, its parts, its statement in PyMC, and what it must beat."""
