"""Use cases of Board meetings."""
