"""From a file that somebody has to ratings: text, columns, numbers, and what is refused."""
