"""Fits that are kept: requested, queued, stored, compared and repeated."""
