"""The packet: what the Board gets for a meeting, as one PDF."""
