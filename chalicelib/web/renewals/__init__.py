"""Pages and API of renewals."""
