"""Use cases of renewals."""
