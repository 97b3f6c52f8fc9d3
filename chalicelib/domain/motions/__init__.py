"""Motions: moved, amended, voted on, decided."""
