"""What pages share; only they and app.py import it."""
