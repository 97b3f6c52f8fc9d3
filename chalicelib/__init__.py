"""Groundswell: petitions, Board review and charges of member groups.

Every function imports this package, so it stays empty of work.
"""
