"""Pages and API of the membership roster."""
