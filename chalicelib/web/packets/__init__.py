"""Pages and API of packets."""
