"""Renewals of a group's charge."""
