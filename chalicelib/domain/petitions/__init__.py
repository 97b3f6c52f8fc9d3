"""Petitions for a group: their states, their text, and each command on them."""
