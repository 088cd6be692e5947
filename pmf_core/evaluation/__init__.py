"""How good a fit is, and whether it can be trusted."""
