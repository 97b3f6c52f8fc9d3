"""Pages and API of personal data."""
