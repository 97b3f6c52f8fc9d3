"""Pages and API of signatures."""
