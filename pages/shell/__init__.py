"""What knows no model: router, address, settings, cache, and how things are shown."""
