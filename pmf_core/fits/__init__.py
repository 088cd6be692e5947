"""Fits: made by a MAP, by Gibbs or by NUTS; labelled, watched and stored."""
