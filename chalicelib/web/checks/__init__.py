"""Pages and API of checks of a text as it is written."""
