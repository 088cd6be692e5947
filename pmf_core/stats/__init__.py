"""Arrays in, numbers out: scores, convergence, rank histograms."""
