"""What a fit says of any user and item, of newcomers, and what it recommends."""
