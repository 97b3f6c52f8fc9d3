"""Checks of a text as it is written. They warn and refuse nothing."""
