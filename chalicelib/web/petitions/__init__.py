"""Pages and API of petitions."""
