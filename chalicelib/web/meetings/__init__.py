"""Pages and API of Board meetings."""
