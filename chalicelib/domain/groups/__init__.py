"""Chartered groups: charges, conveners, check-ins, and what falls due."""
