"""Use cases of the membership roster."""
