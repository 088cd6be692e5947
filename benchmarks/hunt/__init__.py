"""Hunts for inputs that hurt the server: tables, runs, addresses, sessions, kills."""
