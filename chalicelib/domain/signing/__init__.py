"""Signatures: signed, confirmed, matched with the roster, decided by staff, counted."""
