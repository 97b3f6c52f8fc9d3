"""Puts an installation on AWS, and rehearses that locally. Nothing here reaches a function."""
