"""Puts an installation on AWS, and rehearses that on a local one. Nothing here reaches a function."""
