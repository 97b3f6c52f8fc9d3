"""Use cases of packets."""
