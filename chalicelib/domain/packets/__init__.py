"""Packets: their versions and editions."""
