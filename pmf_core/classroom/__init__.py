"""A class that rates together: rooms and members, their ratings, the game with the model."""
