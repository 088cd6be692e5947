"""Charts: tidy frame in, Altair chart out; width and theme are set by whoever shows them."""
