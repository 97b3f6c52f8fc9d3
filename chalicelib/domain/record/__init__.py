"""The record: events chained by digest, and its seals."""
