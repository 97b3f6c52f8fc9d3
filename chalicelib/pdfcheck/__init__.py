"""Checks whether a PDF keeps the standards that it claims: PDF/UA-1 and PDF/A-3u."""
