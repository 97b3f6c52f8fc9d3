"""The membership roster."""
