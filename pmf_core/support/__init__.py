"""Errors in one form, folders, and what else needs no other package."""
