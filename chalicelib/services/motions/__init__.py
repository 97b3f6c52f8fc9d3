"""Use cases of motions and votes."""
