"""Pages and API of the record."""
